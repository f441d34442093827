//! [`Directive`]: an error that a task's body returns to be retried, snoozed or discarded.
//!
//! It is part of `call`, because the conversion of every handler's error must keep its type.

use std::borrow::Cow;
use std::fmt;
use std::time::Duration;

use crate::docket::model::failure::Failure;
use crate::docket::model::outcome::Outcome;

/// An error that decides how the execution continues. [`retry`], [`retry_after`], [`snooze`] and [`discard`]
/// create it. A body returns it as a `fastmcp::Error`, with `into()` or `?`.
///
/// ```
/// use std::time::Duration;
///
/// use fastmcp::prelude::*;
/// use fastmcp::task;
///
/// # fn status(_: &str) -> u16 { 429 }
/// #[fastmcp::task(retry(attempts = 5, delay = "1s"))]
/// async fn fetch(url: String) -> Result<String> {
///     match status(&url) {
///         200 => Ok("the page".into()),
///         404 => Err(task::discard("the page is gone").into()),
///         429 => Err(task::retry_after(Duration::from_secs(60), "too many requests").into()),
///         503 => Err(task::snooze(Duration::from_secs(10)).into()),
///         other => Err(ToolError::new(format!("status {other}")).into()),
///     }
/// }
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Directive(Next);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Next {
    Retry {
        after: Option<Duration>,
        reason: Cow<'static, str>,
    },
    Snooze {
        after: Duration,
    },
    Discard {
        reason: Cow<'static, str>,
    },
}

/// Fails this attempt and retries after the delay of the policy, without calling the filter `only_if`. The
/// maximum number of attempts still applies.
pub fn retry(reason: impl Into<Cow<'static, str>>) -> Directive {
    Directive(Next::Retry {
        after: None,
        reason: reason.into(),
    })
}

/// Fails this attempt and retries after `after`, without calling the filter `only_if`. The maximum number
/// of attempts still applies.
pub fn retry_after(after: Duration, reason: impl Into<Cow<'static, str>>) -> Directive {
    Directive(Next::Retry {
        after: Some(after),
        reason: reason.into(),
    })
}

/// Runs the execution again after `after`, without counting this run as an attempt.
pub fn snooze(after: Duration) -> Directive {
    Directive(Next::Snooze { after })
}

/// Ends the execution as cancelled, for work that is no longer needed or can never succeed.
pub fn discard(reason: impl Into<Cow<'static, str>>) -> Directive {
    Directive(Next::Discard {
        reason: reason.into(),
    })
}

impl Directive {
    pub(crate) fn outcome(&self) -> Outcome {
        match &self.0 {
            Next::Retry { after, reason } => Outcome::Retry {
                after: *after,
                failure: Failure::error(reason.clone()),
            },
            Next::Snooze { after } => Outcome::Snooze { after: *after },
            Next::Discard { reason } => Outcome::Discard {
                reason: reason.clone().into_owned(),
            },
        }
    }
}

impl fmt::Display for Directive {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Next::Retry { reason, .. } => write!(f, "retry requested: {reason}"),
            Next::Snooze { after } => write!(f, "snoozed for {after:?}"),
            Next::Discard { reason } => write!(f, "discarded: {reason}"),
        }
    }
}

impl std::error::Error for Directive {}
