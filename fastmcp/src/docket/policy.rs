//! What the author of a task laid down about its runs: plain data, filled in by `#[task(…)]`.

pub(crate) mod cron;
pub(crate) mod retry;

use std::time::Duration;

pub use crate::docket::policy::cron::Cron;
pub use crate::docket::policy::retry::Retry;

use crate::docket::error::DocketError;
use crate::docket::model::submission::Priority;
use crate::docket::submit::HORIZON;

/// How the runs of one task are to be treated. The default runs a task once, with no limit at all.
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
    /// How often a failing run is tried, and with what pauses.
    pub retry: Retry,
    /// How long one run may take; its body can extend it.
    pub timeout: Option<Duration>,
    /// When the task runs again after it has ended.
    pub repeat: Option<Repeat>,
    /// How many run at once, over all workers.
    pub concurrency: Option<u32>,
    /// How many start within a span of time, over all workers.
    pub rate_limit: Option<(u32, Duration)>,
    /// Run once the key has been left alone for so long.
    pub debounce: Option<Duration>,
    /// Take no further submission for so long after one.
    pub cooldown: Option<Duration>,
    /// What is claimed first.
    pub priority: Priority,
    /// The arguments that may stand in logs; all others are left out.
    pub logged: &'static [&'static str],
}

/// When a perpetual task runs again.
#[derive(Debug, Clone, PartialEq)]
pub enum Repeat {
    /// So long after the run before it has ended.
    Every(Duration),
    /// At the next moment of a timetable.
    Cron(Cron),
}

impl Policy {
    /// Whether every option makes sense: [`DocketError::Option`] names the first that does not.
    pub fn check(&self) -> Result<(), DocketError> {
        let refuse = |option, problem: &str| {
            Err(DocketError::Option {
                option,
                problem: problem.into(),
            })
        };
        if self.retry.attempts == 0 {
            return refuse("attempts", "is 0; a task is run at least once");
        }
        if self.concurrency == Some(0) {
            return refuse(
                "concurrency",
                "is 0, so that nothing would ever run; at least 1",
            );
        }
        if matches!(self.rate_limit, Some((0, _))) {
            return refuse(
                "rate_limit",
                "is 0, so that nothing would ever run; at least 1",
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
                    return refuse(option, "is a span of zero; give it a length");
                }
                Some(span) if span > HORIZON => {
                    return refuse(option, "is longer than ten years; was another unit meant?");
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
    fn options_that_make_no_sense_are_named() {
        let spoilt: [(&str, Policy); 6] = [
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
        for (name, policy) in spoilt {
            match policy.check() {
                Err(DocketError::Option { option, .. }) => assert_eq!(option, name),
                other => panic!("{name}: {other:?}"),
            }
        }
    }
}
