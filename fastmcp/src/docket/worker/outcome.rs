//! Applies a task's policy to the outcome of a run: decides on retries, next runs and size limits.

use std::time::Duration;

use crate::docket::backend::call::{Rerun, Settlement};
use crate::docket::current_execution::CurrentExecution;
use crate::docket::model::envelope;
use crate::docket::model::failure::{Failure, FailureKind};
use crate::docket::model::outcome::Outcome;
use crate::docket::model::time::{MAX_DELAY, When};
use crate::docket::policy::{Policy, Repeat};

/// The cancellation reason of executions that `Worker::run_at_most` has ended.
pub(crate) const RUNS_USED_UP: &str = "the limit of `run_at_most` is reached";

/// A run that has ended, and the policy of its task.
pub(crate) struct Ended<'a> {
    pub(crate) execution: &'a CurrentExecution,
    pub(crate) policy: &'a Policy,
    /// True if `Worker::run_at_most` allows no further run.
    pub(crate) is_last_run: bool,
}

impl Ended<'_> {
    /// Returns the settlement for the outcome that the body has returned.
    pub(crate) fn settlement(&self, outcome: Outcome) -> Settlement {
        let options = self.execution.worker_ref().docket().options();
        match outcome {
            Outcome::Completed(result) if result.len() > options.max_result => {
                self.failed(too_large("result", result.len(), options.max_result), None)
            }
            Outcome::Completed(result) => match self.rerun() {
                Ok(rerun) => self.settle(Outcome::Completed(result), rerun),
                Err(failure) => self.settle(Outcome::Failed(failure), None),
            },
            Outcome::Failed(failure) => self.failed(failure, None),
            Outcome::Retry { after, mut failure } => {
                failure.retryable = true;
                self.failed(failure, after)
            }
            Outcome::Snooze { .. }
            | Outcome::Park { .. }
            | Outcome::Suspend(_)
            | Outcome::Release
            | Outcome::UnknownTask
                if self.is_last_run =>
            {
                let reason = RUNS_USED_UP.into();
                self.settle(Outcome::Discard { reason }, None)
            }
            Outcome::Snooze { after } => {
                let after = after.min(MAX_DELAY);
                self.settle(Outcome::Snooze { after }, None)
            }
            Outcome::Park { note } if note.len() > options.max_payload => {
                self.failed(too_large("note", note.len(), options.max_payload), None)
            }
            Outcome::Suspend(suspension) if suspension.note_len() > options.max_payload => {
                let length = suspension.note_len();
                self.failed(too_large("note", length, options.max_payload), None)
            }
            Outcome::Undecodable { reason } => {
                let reason = format!("cannot decode the payload: {reason}");
                self.settle(Outcome::Undecodable { reason }, None)
            }
            other => self.settle(other, None),
        }
    }

    fn settle(&self, outcome: Outcome, rerun: Option<Rerun>) -> Settlement {
        Settlement {
            lease: self.execution.lease(),
            outcome,
            rerun,
            discard_failed: self.policy.discard_failed,
        }
    }

    fn failed(&self, failure: Failure, after: Option<Duration>) -> Settlement {
        let attempt = self.execution.attempt();
        if failure.retryable
            && !self.is_last_run
            && let Some(pause) = self.policy.retry.draw_pause_after(attempt)
        {
            let after = Some(after.unwrap_or(pause).min(MAX_DELAY));
            return self.settle(Outcome::Retry { after, failure }, None);
        }
        // If the payload of the next run is invalid as well, report the failure of this run, which is more useful.
        let rerun = self.rerun().unwrap_or(None);
        self.settle(Outcome::Failed(failure), rerun)
    }

    /// Returns the next run of a perpetual task. The plan of the body takes precedence over the policy.
    fn rerun(&self) -> Result<Option<Rerun>, Failure> {
        let plan = self.execution.next_plan();
        if plan.stop || self.is_last_run {
            return Ok(None);
        }
        let by_policy = || match self.policy.repeat.as_ref()? {
            Repeat::Every(every) => Some(When::After(*every)),
            Repeat::Cron(cron) => cron.next_after(self.execution.now()).map(When::At),
        };
        let timetable = match plan.when {
            Some(_) => None,
            None => self.policy.repeat.as_ref().map(Repeat::timetable),
        };
        let when = match plan.when.or_else(by_policy) {
            Some(When::After(delay)) => When::After(delay.min(MAX_DELAY)),
            Some(When::At(moment)) => When::At(moment.min(self.execution.now() + MAX_DELAY)),
            Some(When::Now) => When::Now,
            None => return Ok(None),
        };
        let envelope = plan
            .payload
            .map(|payload| envelope::seal(&payload, self.execution.trace()))
            .transpose()
            .map_err(|problem| {
                Failure::new(
                    FailureKind::Result,
                    format!("the payload of the next run is not a JSON document: {problem}"),
                )
                .final_now()
            })?;
        Ok(Some(Rerun {
            when,
            envelope,
            timetable,
        }))
    }
}

fn too_large(what: &str, length: usize, limit: usize) -> Failure {
    Failure::new(
        FailureKind::Result,
        format!("the {what} is {length} bytes long; the limit is {limit}"),
    )
    .final_now()
}
