//! How far a running execution has come, as its body tells and others read.

use serde::{Deserialize, Serialize};

/// How far an execution has come.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProgressReport {
    /// Steps done.
    pub done: u64,
    /// Steps in all, where the body knows.
    pub total: Option<u64>,
    /// What the body is doing now.
    pub message: Option<String>,
}

impl ProgressReport {
    /// The share that is done, from 0 to 1; `None` without a total.
    ///
    /// ```
    /// use fastmcp::docket::ProgressReport;
    ///
    /// let report = ProgressReport { done: 3, total: Some(4), message: None };
    /// assert_eq!(report.fraction(), Some(0.75));
    /// ```
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "a share for people to look at")]
    pub fn fraction(&self) -> Option<f64> {
        match self.total {
            Some(0) | None => None,
            Some(total) => Some((self.done as f64 / total as f64).min(1.0)),
        }
    }
}
