//! What `#[task(…)]` lays down about the task's runs, beside the engine's own `Policy`.

use std::sync::LazyLock;

use serde_json::{Map, Value};

use crate::background::task::TaskEntry;
use crate::docket::error::DocketError;
use crate::docket::model::key::Key;
use crate::docket::model::submission::{
    ConcurrencyLimit, Cooldown, Limits, RateLimit, Submission, WhileRunning,
};
use crate::docket::policy::Policy;

/// A policy that is made when it is first needed; an option may turn out to make no sense.
#[doc(hidden)]
pub type LazyPolicy = LazyLock<Result<Policy, DocketError>>;

/// The argument by which each limit is told apart, where it is.
#[doc(hidden)]
#[derive(Debug, Clone, Copy)]
pub struct Lanes {
    /// Of `concurrency(…, per = argument)`.
    pub concurrency: Option<&'static str>,
    /// Of `rate_limit(…, by = argument)`.
    pub rate_limit: Option<&'static str>,
    /// Of `debounce(…, by = argument)`.
    pub debounce: Option<&'static str>,
    /// Of `cooldown(…, by = argument)`.
    pub cooldown: Option<&'static str>,
}

impl Lanes {
    /// Every limit holds for the task as a whole.
    pub const NONE: Self = Self {
        concurrency: None,
        rate_limit: None,
        debounce: None,
        cooldown: None,
    };
}

impl TaskEntry {
    /// The policy, or the option that makes no sense.
    pub(crate) fn policy(&self) -> Result<&'static Policy, DocketError> {
        let policy = self.policy.as_ref().map_err(Clone::clone)?;
        policy.check()?;
        Ok(policy)
    }

    /// `submission` of this task with `arguments`, under its policy.
    pub(crate) fn under_policy(
        &self,
        submission: Submission,
        arguments: &Map<String, Value>,
    ) -> Result<Submission, DocketError> {
        let policy = self.policy.as_ref().map_err(Clone::clone)?;
        let submission = self.under_limits(submission, policy, arguments);
        Ok(match policy.debounce {
            // All that are to be taken together share a key, unless the caller gives another.
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

    /// `submission` with the priority and the limits of the task, which hold however it came about.
    pub(crate) fn under_limits(
        &self,
        submission: Submission,
        policy: &Policy,
        arguments: &Map<String, Value>,
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

    /// The name of the lane that these arguments belong to.
    fn lane(&self, kind: &str, argument: Option<&str>, arguments: &Map<String, Value>) -> String {
        match argument.and_then(|name| arguments.get(name)) {
            Some(Value::String(text)) => format!("{}/{kind}/{text}", self.name),
            Some(value) => format!("{}/{kind}/{value}", self.name),
            None => format!("{}/{kind}", self.name),
        }
    }
}
