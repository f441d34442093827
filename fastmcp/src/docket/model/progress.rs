//! [`ProgressReport`]: the progress of an execution.

use serde::{Deserialize, Serialize};

/// The progress of an execution: the steps done, their total, and a message.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProgressReport {
    /// The number of steps done.
    pub done: u64,
    /// The total number of steps, if the body has set it.
    pub total: Option<u64>,
    /// A description of the current step.
    pub message: Option<String>,
}

impl ProgressReport {
    /// Returns the fraction that is done, from 0 to 1; `None` without a total.
    ///
    /// ```
    /// use fastmcp::docket::ProgressReport;
    ///
    /// let report = ProgressReport { done: 3, total: Some(4), message: None };
    /// assert_eq!(report.fraction(), Some(0.75));
    /// ```
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "for display only")]
    pub fn fraction(&self) -> Option<f64> {
        match self.total {
            Some(0) | None => None,
            Some(total) => Some((self.done as f64 / total as f64).min(1.0)),
        }
    }
}
