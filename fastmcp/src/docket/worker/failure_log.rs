//! Logs the runs that failed, once for each attempt.
//!
//! Executions whose worker was lost are logged by the backend, because no worker ends them.

use crate::docket::backend::call::Settlement;
use crate::docket::current_execution::CurrentExecution;
use crate::docket::model::failure::FailureKind;
use crate::docket::model::outcome::Outcome;

/// Logs a run that failed: as a warning if it is retried, as an error otherwise. `is_logged` is true if the body has
/// logged its own error.
pub(crate) fn log(execution: &CurrentExecution, settlement: &Settlement, is_logged: bool) {
    let (task, key, attempt) = (execution.task(), execution.key(), execution.attempt());
    match &settlement.outcome {
        Outcome::Failed(failure) if is_logged && failure.kind == FailureKind::Error => {}
        Outcome::Retry { failure, after } => {
            let delay = after.unwrap_or_default();
            tracing::warn!(%task, %key, attempt, ?delay, error = %failure, "a task failed and will be retried");
        }
        Outcome::Failed(failure) if settlement.rerun.is_some() => {
            tracing::error!(%task, %key, attempt, error = %failure, "a task failed; its next run is scheduled");
        }
        Outcome::Failed(failure) => {
            tracing::error!(%task, %key, attempt, error = %failure, "a task failed");
        }
        // The reason may contain values of arguments, which are logged only if the task allows it.
        Outcome::Undecodable { .. } => tracing::error!(
            %task, %key, attempt,
            "a task cannot decode its payload: dead letter; its record has the reason"
        ),
        _ => {}
    }
}
