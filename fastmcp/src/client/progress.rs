//! [`ProgressUpdate`]: the progress of a request.

use serde_json::Value;

/// The progress of a request; see [`ToolCall::on_progress`](crate::client::ToolCall::on_progress).
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct ProgressUpdate {
    /// The progress so far. It increases with each update.
    pub progress: f64,
    /// The progress at the end, if it is known.
    pub total: Option<f64>,
    /// What the server is doing.
    pub message: Option<String>,
}

impl ProgressUpdate {
    pub(crate) fn from_params(params: &Value) -> Self {
        Self {
            progress: params["progress"].as_f64().unwrap_or_default(),
            total: params["total"].as_f64(),
            message: params["message"].as_str().map(str::to_owned),
        }
    }
}
