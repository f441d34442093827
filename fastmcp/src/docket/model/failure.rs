//! [`Failure`]: the reason why a run failed, in a form that backends can store.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The reason why a run failed.
///
/// ```
/// use fastmcp::docket::Failure;
///
/// let failure = Failure::error("no such customer").final_now();
/// assert!(!failure.retryable);
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure {
    /// A description for people.
    pub message: String,
    /// The source location (`file:line:column`), if known. Panics always have one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub location: Option<String>,
    /// The kind of failure.
    pub kind: FailureKind,
    /// True if the task's retry policy applies to the failure.
    pub retryable: bool,
}

/// The kinds of failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FailureKind {
    /// The body returned an error.
    Error,
    /// The body panicked.
    Panic,
    /// The body exceeded its timeout.
    Timeout,
    /// A dependency could not be resolved, so the body did not run.
    Dependency,
    /// The result cannot be stored: it cannot be serialized, or it is too large.
    Result,
}

impl Failure {
    /// Creates a retryable failure.
    #[must_use]
    pub fn new(kind: FailureKind, message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            location: None,
            kind,
            retryable: true,
        }
    }

    /// Creates the failure of a body that returned an error.
    #[must_use]
    pub fn error(message: impl Into<String>) -> Self {
        Self::new(FailureKind::Error, message)
    }

    /// Creates the failure of a run whose dependency `name` could not be resolved because of `cause`.
    #[must_use]
    pub fn dependency(name: &str, cause: impl fmt::Display) -> Self {
        Self::new(
            FailureKind::Dependency,
            format!("dependency `{name}`: {cause}"),
        )
    }

    /// Adds the source location.
    #[must_use]
    pub fn at(mut self, location: impl Into<String>) -> Self {
        self.location = Some(location.into());
        self
    }

    /// Makes the failure final: the retry policy does not apply to it.
    #[must_use]
    pub fn final_now(mut self) -> Self {
        self.retryable = false;
        self
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.kind == FailureKind::Panic {
            out.write_str("panicked: ")?;
        }
        out.write_str(&self.message)?;
        match &self.location {
            Some(location) => write!(out, " (at {location})"),
            None => Ok(()),
        }
    }
}
