//! Why a run failed, in a form that travels.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Why a run failed.
///
/// ```
/// use fastmcp::docket::Failure;
///
/// let failure = Failure::error("no such customer").final_now();
/// assert!(!failure.retryable);
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure {
    /// What went wrong, for a person.
    pub message: String,
    /// Where it went wrong (`file:line:column`), as far as it is known; always for a panic.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub location: Option<String>,
    /// What sort of failure it is.
    pub kind: FailureKind,
    /// Whether the task's retry policy applies.
    pub retryable: bool,
}

/// The sorts of failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FailureKind {
    /// The body returned an error.
    Error,
    /// The body panicked.
    Panic,
    /// The body took longer than its time-out.
    Timeout,
    /// A dependency of the body could not be resolved, so that the body did not run.
    Dependency,
    /// The body's result cannot be kept: it does not serialise, or it is too large.
    Result,
}

impl Failure {
    /// A failure of the sort `kind`, to which the retry policy applies.
    #[must_use]
    pub fn new(kind: FailureKind, message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            location: None,
            kind,
            retryable: true,
        }
    }

    /// The body returned an error.
    #[must_use]
    pub fn error(message: impl Into<String>) -> Self {
        Self::new(FailureKind::Error, message)
    }

    /// The dependency `name` could not be resolved because of `cause`.
    #[must_use]
    pub fn dependency(name: &str, cause: impl fmt::Display) -> Self {
        Self::new(
            FailureKind::Dependency,
            format!("dependency `{name}`: {cause}"),
        )
    }

    /// The same failure with the place where it happened.
    #[must_use]
    pub fn at(mut self, location: impl Into<String>) -> Self {
        self.location = Some(location.into());
        self
    }

    /// The same failure, to which no retry policy applies.
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
