//! From what a body says to what the backend is told: where policies meet outcomes.

use std::sync::PoisonError;
use std::sync::atomic::Ordering;
use std::time::Duration;

use crate::docket::backend::call::{Again, Verdict};
use crate::docket::delivery::RunContext;
use crate::docket::handler::Outcome;
use crate::docket::model::envelope;
use crate::docket::model::failure::{Failure, FailureKind};
use crate::docket::model::time::When;
use crate::docket::policy::{Policy, Repeat};
use crate::docket::submit::HORIZON;

use crate::docket::worker::session::Shared;

pub(crate) fn verdict(context: &RunContext, outcome: Outcome) -> Verdict {
    let shared = context.worker.shared();
    let default = Policy::default();
    let policy = shared
        .handler
        .policy(&context.claimed.task)
        .unwrap_or(&default);
    let last_run = shared.is_last_run(context);
    let ended = Ended {
        context,
        policy,
        last_run,
    };
    let max_result = shared.docket.options().max_result;
    let max_note = shared.docket.options().max_payload;
    match outcome {
        Outcome::Completed(result) if result.len() > max_result => ended.failed(
            Failure::new(
                FailureKind::Result,
                format!(
                    "the result is {} bytes long, the limit is {max_result}",
                    result.len()
                ),
            )
            .final_now(),
            None,
        ),
        Outcome::Completed(result) => match ended.again() {
            Ok(again) => Verdict::Completed { result, again },
            Err(failure) => Verdict::Failed {
                failure,
                again: None,
            },
        },
        Outcome::Failed(failure) => ended.failed(failure, None),
        Outcome::Retry { after, mut failure } => {
            failure.retryable = true;
            ended.failed(failure, after)
        }
        Outcome::Snooze { .. } | Outcome::Park { .. } if last_run => Verdict::Cancelled {
            reason: "it has run as often as it was to".into(),
        },
        Outcome::Snooze { after } => Verdict::Snoozed {
            after: after.min(HORIZON),
        },
        Outcome::Park { note } if note.len() > max_note => ended.failed(
            Failure::new(
                FailureKind::Result,
                format!(
                    "the note is {} bytes long, the limit is {max_note}",
                    note.len()
                ),
            )
            .final_now(),
            None,
        ),
        Outcome::Park { note } => Verdict::Parked { note },
        Outcome::Discard { reason } => Verdict::Cancelled { reason },
        Outcome::Undecodable { reason } => Verdict::Buried {
            reason: format!("its payload cannot be read: {reason}"),
        },
    }
}

/// A run that has ended.
struct Ended<'a> {
    context: &'a RunContext,
    policy: &'a Policy,
    last_run: bool,
}

impl Ended<'_> {
    fn failed(&self, failure: Failure, after: Option<Duration>) -> Verdict {
        if failure.retryable
            && !self.last_run
            && let Some(pause) = self
                .policy
                .retry
                .draw_pause_after(self.context.claimed.attempt)
        {
            return Verdict::Retry {
                failure,
                after: after.unwrap_or(pause).min(HORIZON),
            };
        }
        // A failure that stands comes before an unreadable next payload.
        let again = self.again().unwrap_or(None);
        Verdict::Failed { failure, again }
    }

    /// The next run of a perpetual task.
    fn again(&self) -> Result<Option<Again>, Failure> {
        let plan = self.context.next();
        if plan.stop || self.last_run {
            return Ok(None);
        }
        let by_policy = || match self.policy.repeat.as_ref()? {
            Repeat::Every(every) => Some(When::After(*every)),
            Repeat::Cron(cron) => cron.next_after(self.context.now()).map(When::At),
        };
        let when = match plan.when.or_else(by_policy) {
            Some(When::After(delay)) => When::After(delay.min(HORIZON)),
            Some(When::At(moment)) => When::At(moment.min(self.context.now() + HORIZON)),
            Some(When::Now) => When::Now,
            None => return Ok(None),
        };
        let body = plan
            .payload
            .map(|payload| envelope::seal(&payload, self.context.trace()))
            .transpose()
            .map_err(|problem| {
                Failure::new(
                    FailureKind::Result,
                    format!("the payload of the next run is not a JSON document: {problem}"),
                )
                .final_now()
            })?;
        Ok(Some(Again { when, body }))
    }
}

impl Shared {
    /// Counts a run against the key's quota, where it has one; false when there is none left.
    pub(crate) fn may_run(&self, key: &str) -> bool {
        if !self.has_quotas.load(Ordering::Acquire) {
            return true;
        }
        let mut quotas = self.quotas.lock().unwrap_or_else(PoisonError::into_inner);
        match quotas.get_mut(key) {
            None => true,
            Some(0) => false,
            Some(left) => {
                *left -= 1;
                true
            }
        }
    }

    fn is_last_run(&self, context: &RunContext) -> bool {
        if !self.has_quotas.load(Ordering::Acquire) {
            return false;
        }
        let quotas = self.quotas.lock().unwrap_or_else(PoisonError::into_inner);
        quotas.get(&context.claimed.key) == Some(&0)
    }
}
