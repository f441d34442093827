//! Applies the options of a task to its submissions: priority, limits and debouncing.

use serde_json::Value;

use crate::background::task::{Arguments, TaskEntry};
use crate::docket::error::DocketError;
use crate::docket::model::key::Key;
use crate::docket::model::submission::{
    ConcurrencyLimit, Cooldown, Limits, RateLimit, Submission, WhileRunning,
};
use crate::docket::policy::Policy;

impl TaskEntry {
    /// Returns the policy, or an error if an option is invalid.
    pub(crate) fn policy(&self) -> Result<&'static Policy, DocketError> {
        let policy = self.policy.as_ref().map_err(Clone::clone)?;
        policy.check()?;
        Ok(policy)
    }

    /// Applies the policy to a submission that a caller adds.
    pub(crate) fn with_policy(
        &self,
        submission: Submission,
        arguments: &Arguments,
    ) -> Result<Submission, DocketError> {
        let policy = self.policy.as_ref().map_err(Clone::clone)?;
        let submission = self.with_limits(submission, policy, arguments);
        Ok(match policy.debounce {
            // A new execution replaces the waiting one with the same key. A key from the caller
            // overrides this one.
            Some(quiet) => submission
                .key(Key::from(self.lane(
                    "debounce",
                    self.lanes.debounce,
                    arguments,
                )))
                .after(quiet)
                .replace(WhileRunning::Queue),
            None => submission,
        })
    }

    /// Applies the priority and the limits. They apply to submissions of callers and to the automatic
    /// ones of workers.
    pub(crate) fn with_limits(
        &self,
        submission: Submission,
        policy: &Policy,
        arguments: &Arguments,
    ) -> Submission {
        let lane = |kind, argument| self.lane(kind, argument, arguments);
        let limits = Limits {
            concurrency: policy.concurrency.map(|at_most| ConcurrencyLimit {
                lane: lane("concurrency", self.lanes.concurrency).into(),
                at_most,
            }),
            rate: policy.rate_limit.map(|(at_most, per)| RateLimit {
                lane: lane("rate_limit", self.lanes.rate_limit).into(),
                at_most,
                per,
            }),
            cooldown: policy.cooldown.map(|quiet| Cooldown {
                lane: lane("cooldown", self.lanes.cooldown).into(),
                quiet,
            }),
        };
        submission.priority(policy.priority).limits(limits)
    }

    /// Returns the name of the lane: the executions of the task with the same value of `argument` share a
    /// limit.
    fn lane(&self, kind: &str, argument: Option<&str>, arguments: &Arguments) -> String {
        match argument.and_then(|name| arguments.get(name)) {
            Some(Value::String(text)) => format!("{}/{kind}/{text}", self.name),
            Some(value) => format!("{}/{kind}/{value}", self.name),
            None => format!("{}/{kind}", self.name),
        }
    }
}
