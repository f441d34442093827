//! Applies a task's policy to a submission: the priority, and the limits with their lanes.

use crate::docket::model::key::{Key, Name};
use crate::docket::model::submission::{ConcurrencyLimit, Cooldown, Limits, RateLimit, Submission};
use crate::docket::policy::Policy;

impl Submission {
    /// Applies the priority, limits, debounce and cooldown of `policy`.
    ///
    /// `subject` is the value of the argument by which the limits are counted: each value has its own lane. With
    /// `None`, the task has one lane. A debounced submission without a key gets the name of the lane as its key.
    pub fn under(mut self, policy: &Policy, subject: Option<&str>) -> Self {
        self.priority = policy.priority;
        if policy.concurrency.is_none()
            && policy.rate_limit.is_none()
            && policy.cooldown.is_none()
            && policy.debounce.is_none()
        {
            return self;
        }
        let lane = match subject {
            Some(subject) => Name::from(format!("{}/{subject}", self.task)),
            None => self.task.clone(),
        };
        let mut limits = self.limits.take().map_or_else(Limits::default, |it| *it);
        limits.concurrency = policy.concurrency.map(|at_most| ConcurrencyLimit {
            lane: lane.clone(),
            at_most,
        });
        limits.rate = policy.rate_limit.map(|(at_most, per)| RateLimit {
            lane: lane.clone(),
            at_most,
            per,
        });
        limits.cooldown = policy.cooldown.map(|quiet| Cooldown {
            lane: lane.clone(),
            quiet,
        });
        self = self.limits(limits);
        match policy.debounce {
            Some(quiet) => {
                self.key.get_or_insert(Key::from(lane.as_str()));
                self.debounce(quiet)
            }
            None => self,
        }
    }
}
