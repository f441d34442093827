//! One run: the body in its time limit, and the settlement that it comes to.

use std::sync::Arc;

use tokio::time::timeout_at;

use crate::docket::backend::call::{Settlement, Verdict};
use crate::docket::delivery::{Delivery, RunContext, Stop};
use crate::docket::handler::Outcome;
use crate::docket::model::envelope;
use crate::docket::model::failure::{Failure, FailureKind};

use crate::docket::worker::outcome::verdict;
use crate::docket::worker::panic_hook::{Catch, guarded};

/// Runs the body and leaves its settlement in the worker's inbox, whatever happens to either.
pub(crate) async fn run(context: Arc<RunContext>) {
    let report = Report {
        context,
        told: false,
    };
    match body(&report.context).await {
        Ok(outcome) => {
            let verdict = verdict(&report.context, outcome);
            report.tell(verdict);
        }
        Err(verdict) => report.tell(verdict),
    }
}

/// What the body comes to; the verdict itself, where there is no body to be run.
async fn body(context: &Arc<RunContext>) -> Result<Outcome, Verdict> {
    let claimed = &context.claimed;
    let shared = context.worker.shared();
    let Some(policy) = shared.handler.policy(&claimed.task) else {
        tracing::warn!(task = %claimed.task, key = %claimed.key, "unknown task: handed on");
        return Err(Verdict::HandOn);
    };
    let opened = envelope::open(&claimed.body).map_err(|problem| {
        tracing::error!(task = %claimed.task, key = %claimed.key, %problem, "undecodable: dead letter");
        Verdict::Buried {
            reason: format!("it cannot be decoded: {problem}"),
        }
    })?;
    if !shared.may_run(&claimed.key) {
        return Err(Verdict::Cancelled {
            reason: "it has run as often as it was to".into(),
        });
    }
    context.prepare(opened.trace, policy.timeout);
    let delivery = Delivery::new(opened.payload, context.clone());
    Ok(match guarded(|| shared.handler.run(delivery)) {
        Ok(body) => in_time(context, Catch(body))
            .await
            .unwrap_or_else(Outcome::Failed),
        Err(panic) => Outcome::Failed(panic),
    })
}

async fn in_time(context: &RunContext, mut body: Catch<Outcome>) -> Result<Outcome, Failure> {
    let Some(mut deadline) = context.deadline() else {
        return body.await;
    };
    loop {
        if let Ok(outcome) = timeout_at(deadline, &mut body).await {
            return outcome;
        }
        match context.deadline() {
            Some(extended) if extended > deadline => deadline = extended,
            _ => break,
        }
    }
    context.cancellation().cancel();
    let took = deadline.duration_since(context.began);
    Err(Failure::new(
        FailureKind::Timeout,
        format!("timed out after {took:?}"),
    ))
}

/// Settles the run exactly once, also when the body is dropped before it has ended.
struct Report {
    context: Arc<RunContext>,
    told: bool,
}

impl Report {
    fn tell(mut self, verdict: Verdict) {
        self.told = true;
        self.put(verdict);
    }

    fn put(&self, verdict: Verdict) {
        self.context.worker.shared().inbox.put(Settlement {
            hold: self.context.hold(),
            verdict,
        });
    }
}

impl Drop for Report {
    fn drop(&mut self) {
        if self.told {
            return;
        }
        self.put(match self.context.stop() {
            Some(Stop::HandBack) => Verdict::HandBack,
            Some(Stop::Cancel | Stop::Lost) => Verdict::Cancelled {
                reason: "dropped, because it did not stop by itself".into(),
            },
            // Nobody asked for it, and the body is innocent: its runtime has ended.
            None if !std::thread::panicking() => Verdict::HandBack,
            // The body's own destructor panicked.
            None => Verdict::Failed {
                failure: Failure::new(FailureKind::Panic, "the run ended without an outcome"),
                again: None,
            },
        });
    }
}
