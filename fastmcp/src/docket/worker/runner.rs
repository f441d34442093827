//! One run: the body in its time limit, and the settlement that it comes to.

use std::sync::Arc;

use bytes::Bytes;
use tokio::time::timeout_at;

use crate::docket::backend::{Settlement, Verdict};
use crate::docket::delivery::{Delivery, RunContext, Stop};
use crate::docket::failure::{Failure, FailureKind};
use crate::docket::handler::Outcome;

use super::panics::{Catch, guarded};
use super::session::Shared;
use super::verdict::verdict;

/// Runs the body and leaves its settlement in the worker's inbox, whatever happens to either.
pub(super) async fn run(shared: Arc<Shared>, payload: Bytes, context: Arc<RunContext>) {
    let report = Report {
        shared,
        context,
        told: false,
    };
    let outcome = body(&report, payload).await;
    report.tell(outcome.unwrap_or_else(Outcome::Failed));
}

async fn body(report: &Report, payload: Bytes) -> Result<Outcome, Failure> {
    let context = &report.context;
    let delivery = Delivery::new(payload, context.clone());
    let mut body = Catch(guarded(|| report.shared.handler.run(delivery))?);
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
    shared: Arc<Shared>,
    context: Arc<RunContext>,
    told: bool,
}

impl Report {
    fn tell(mut self, outcome: Outcome) {
        self.told = true;
        let verdict = verdict(&self.shared, &self.context, outcome);
        self.put(verdict);
    }

    fn put(&self, verdict: Verdict) {
        self.shared.inbox.put(Settlement {
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
            // Nobody asked for it: the body's own destructor panicked.
            None => Verdict::Failed {
                failure: Failure::new(FailureKind::Panic, "the run ended without an outcome"),
                again: None,
            },
        });
    }
}
