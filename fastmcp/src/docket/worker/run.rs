//! One run: executes the body within its timeout, and settles the run in every case.

use std::pin::pin;
use std::sync::Arc;

use tokio::time::timeout_at;

use crate::docket::backend::call::Settlement;
use crate::docket::current_execution::{CurrentExecution, StopReason};
use crate::docket::handler::Handler;
use crate::docket::model::envelope;
use crate::docket::model::failure::{Failure, FailureKind};
use crate::docket::model::outcome::Outcome;
use crate::docket::policy::Policy;
use crate::docket::telemetry::spans::Processing;
use crate::docket::worker::failure_log;
use crate::docket::worker::outcome::{Ended, RUNS_USED_UP};
use crate::docket::worker::panic_hook::{Catch, guarded};

/// Runs the body and pushes its settlement into the worker's buffer, even if the body panics or is dropped.
pub(crate) async fn run(execution: CurrentExecution, handler: Arc<dyn Handler>) {
    let settler = Settler {
        execution,
        is_settled: false,
    };
    let settlement = execute(&settler.execution, &*handler).await;
    let is_logged = handler.logs_errors(settler.execution.task());
    failure_log::log(&settler.execution, &settlement, is_logged);
    settler.settle(settlement);
}

/// Executes the body, if there is one and it can be started.
async fn execute(execution: &CurrentExecution, handler: &dyn Handler) -> Settlement {
    let (key, task) = (execution.key(), execution.task());
    let shared = &execution.worker_ref().shared;
    let without_body = |outcome| Settlement::new(execution.lease(), outcome);
    let Some(policy) = handler.policy(task) else {
        tracing::warn!(%task, %key, "unknown task: offered to another worker");
        return without_body(Outcome::UnknownTask);
    };
    let opened = match envelope::open(execution.envelope()) {
        Ok(opened) => opened,
        Err(problem) => {
            return without_body(Outcome::Undecodable {
                reason: format!("cannot decode the envelope: {problem}"),
            });
        }
    };
    if !shared.quotas.take_run(key) {
        return without_body(Outcome::Discard {
            reason: RUNS_USED_UP.into(),
        });
    }
    let processing = Processing::start(execution, opened.trace.as_ref());
    let body = execute_body(execution, handler, policy, opened);
    let outcome = processing.run(body).await;
    let ended = Ended {
        execution,
        policy,
        is_last_run: shared.quotas.is_used_up(key),
    };
    let settlement = ended.settlement(outcome);
    processing.end(execution, &settlement);
    settlement
}

async fn execute_body(
    execution: &CurrentExecution,
    handler: &dyn Handler,
    policy: &Policy,
    opened: envelope::Opened,
) -> Outcome {
    execution.prepare(opened, policy.timeout);
    match guarded(|| handler.run(execution.clone())) {
        Ok(body) => within_timeout(execution, Catch(body))
            .await
            .unwrap_or_else(Outcome::Failed),
        Err(panic) => Outcome::Failed(panic),
    }
}

async fn within_timeout(
    execution: &CurrentExecution,
    body: Catch<Outcome>,
) -> Result<Outcome, Failure> {
    let mut body = pin!(async {
        match execution.drive(body).await {
            Some(outcome) => outcome,
            None => Ok(execution.suspended()),
        }
    });
    let Some(mut deadline) = execution.deadline() else {
        return body.await;
    };
    loop {
        if let Ok(outcome) = timeout_at(deadline, body.as_mut()).await {
            return outcome;
        }
        // The body may have extended its deadline while we waited for the old one.
        match execution.deadline() {
            Some(extended) if extended > deadline => deadline = extended,
            _ => break,
        }
    }
    execution.token().cancel();
    let elapsed = deadline.duration_since(execution.began());
    Err(Failure::new(
        FailureKind::Timeout,
        format!("timed out after {elapsed:?}"),
    ))
}

/// Settles the run exactly once, even if the tokio task is aborted before the body has ended.
struct Settler {
    execution: CurrentExecution,
    is_settled: bool,
}

impl Settler {
    fn settle(mut self, settlement: Settlement) {
        self.is_settled = true;
        self.push(settlement);
    }

    fn push(&self, settlement: Settlement) {
        let shared = &self.execution.worker_ref().shared;
        shared.settlements.push(settlement);
    }
}

impl Drop for Settler {
    fn drop(&mut self) {
        if self.is_settled {
            return;
        }
        let outcome = match self.execution.stop_reason() {
            Some(StopReason::ShuttingDown) => Outcome::Release,
            Some(StopReason::Cancelled | StopReason::LeaseLost) => Outcome::Discard {
                reason: "dropped, because it did not stop by itself".into(),
            },
            // The runtime was dropped. The body is not at fault, so another worker should run it.
            None if !std::thread::panicking() => Outcome::Release,
            // A destructor of the body panicked while its future was dropped.
            None => Outcome::Failed(Failure::new(
                FailureKind::Panic,
                "the run ended without an outcome",
            )),
        };
        let settlement = Settlement::new(self.execution.lease(), outcome);
        failure_log::log(&self.execution, &settlement, false);
        self.push(settlement);
    }
}
