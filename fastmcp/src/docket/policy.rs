//! [`Policy`]: the options of a task. `#[task(…)]` creates it.

pub(crate) mod cron;
pub(crate) mod limits;
pub(crate) mod retry;

use std::time::Duration;

use crate::docket::error::DocketError;
use crate::docket::model::submission::Priority;
use crate::docket::model::time::{MAX_DELAY, Timestamp};
use crate::docket::policy::cron::Cron;
use crate::docket::policy::retry::Retry;

/// The options of one task. The default runs a task once, without limits.
///
/// ```
/// use std::time::Duration;
/// use fastmcp::docket::{Policy, Retry};
///
/// let policy = Policy {
///     retry: Retry::attempts(3).delay(Duration::from_secs(1)),
///     timeout: Some(Duration::from_secs(30)),
///     ..Policy::default()
/// };
/// assert!(policy.check().is_ok());
/// ```
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Policy {
    /// The number of attempts, and the pauses between them.
    pub retry: Retry,
    /// The timeout of one run. The body can extend it.
    pub timeout: Option<Duration>,
    /// The schedule of the next run after a run has ended.
    pub repeat: Option<Repeat>,
    /// The maximum number of executions that run at once, across all workers.
    pub concurrency: Option<u32>,
    /// The maximum number of executions that start within a period, across all workers.
    pub rate_limit: Option<(u32, Duration)>,
    /// The time without a submission under the key after which the task runs.
    pub debounce: Option<Duration>,
    /// The time after an execution in which further submissions return that execution instead of creating another.
    pub cooldown: Option<Duration>,
    /// The priority.
    pub priority: Priority,
    /// True if an execution that has failed for the last time is not kept as a dead letter. By default it is kept with
    /// its payload, so that it can be [retried](crate::docket::Docket::retry).
    pub discard_failed: bool,
    /// The names of the arguments that are logged. All others are omitted.
    pub logged: &'static [&'static str],
}

/// The schedule of a perpetual task's next run.
#[derive(Debug, Clone, PartialEq)]
pub enum Repeat {
    /// This time after the end of the previous run.
    Every(Duration),
    /// At the next moment of a schedule.
    Cron(Cron),
}

impl Repeat {
    /// Returns the timetable as text. It is stored with a next run, so that a later program can tell whether its own
    /// differs.
    pub(crate) fn timetable(&self) -> String {
        match self {
            Self::Every(every) => format!("{EVERY}{} us", every.as_micros()),
            Self::Cron(cron) => cron.to_string(),
        }
    }

    /// Returns when an execution is due whose due time `due` was set by the timetable `stored`.
    pub(crate) fn moved(&self, stored: &str, due: Timestamp, now: Timestamp) -> Option<Timestamp> {
        match self {
            Self::Cron(cron) => cron.next_after(now),
            Self::Every(every) => {
                // The interval begins with the end of the last run, which is one stored interval before `due`.
                let begin = stored
                    .strip_prefix(EVERY)
                    .and_then(|rest| rest.strip_suffix(" us")?.parse().ok())
                    .map_or(now, |stored| due - Duration::from_micros(stored));
                Some(begin.min(now) + *every)
            }
        }
    }
}

/// The beginning of the text of an interval.
const EVERY: &str = "every ";

impl Policy {
    /// Checks all options. [`DocketError::Option`] names the first invalid one.
    pub fn check(&self) -> Result<(), DocketError> {
        let refuse = |option, problem: &str| {
            Err(DocketError::Option {
                option,
                problem: problem.into(),
            })
        };
        if self.retry.attempts == 0 {
            return refuse("attempts", "is 0; it must be at least 1");
        }
        if self.concurrency == Some(0) {
            return refuse(
                "concurrency",
                "is 0, so nothing would ever run; it must be at least 1",
            );
        }
        if matches!(self.rate_limit, Some((0, _))) {
            return refuse(
                "rate_limit",
                "is 0, so nothing would ever run; it must be at least 1",
            );
        }
        for (option, span) in [
            ("timeout", self.timeout),
            ("rate_limit", self.rate_limit.map(|(_, per)| per)),
            ("debounce", self.debounce),
            ("cooldown", self.cooldown),
            (
                "every",
                match self.repeat {
                    Some(Repeat::Every(every)) => Some(every),
                    _ => None,
                },
            ),
        ] {
            match span {
                Some(Duration::ZERO) => {
                    return refuse(option, "is zero; it must be positive");
                }
                Some(span) if span > MAX_DELAY => {
                    return refuse(option, "is longer than ten years; check the unit");
                }
                _ => {}
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_names_the_invalid_option() {
        let invalid: [(&str, Policy); 6] = [
            (
                "timeout",
                Policy {
                    timeout: Some(Duration::MAX),
                    ..Policy::default()
                },
            ),
            (
                "attempts",
                Policy {
                    retry: Retry::attempts(0),
                    ..Policy::default()
                },
            ),
            (
                "concurrency",
                Policy {
                    concurrency: Some(0),
                    ..Policy::default()
                },
            ),
            (
                "rate_limit",
                Policy {
                    rate_limit: Some((0, Duration::from_secs(1))),
                    ..Policy::default()
                },
            ),
            (
                "rate_limit",
                Policy {
                    rate_limit: Some((1, Duration::ZERO)),
                    ..Policy::default()
                },
            ),
            (
                "every",
                Policy {
                    repeat: Some(Repeat::Every(Duration::ZERO)),
                    ..Policy::default()
                },
            ),
        ];
        for (name, policy) in invalid {
            match policy.check() {
                Err(DocketError::Option { option, .. }) => assert_eq!(option, name),
                other => panic!("{name}: {other:?}"),
            }
        }
    }
}
