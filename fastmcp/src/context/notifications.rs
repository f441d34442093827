//! Notifications to the client of a request: progress and log messages.

use serde_json::Value;

use crate::context::client_channel::LogLevel;
use crate::context::request::Context;

impl Context {
    /// Sends a progress notification, if the client requested progress.
    ///
    /// `progress` must increase with each report. `total` is the final value of `progress`, if it can be
    /// determined.
    pub async fn report_progress(&self, progress: f64, total: Option<f64>, message: Option<&str>) {
        let channel = &self.0.client_channel;
        channel.progress(progress, total, message).await;
    }

    /// Sends a log message, if the client accepts messages of this level.
    pub async fn log(&self, level: LogLevel, message: impl Into<Value>) {
        let channel = &self.0.client_channel;
        channel.log(level, &self.0.server, message.into()).await;
    }

    /// Sends a [log message](Self::log) at level `debug`.
    pub async fn debug(&self, message: impl Into<Value>) {
        self.log(LogLevel::Debug, message).await;
    }

    /// Sends a [log message](Self::log) at level `info`.
    pub async fn info(&self, message: impl Into<Value>) {
        self.log(LogLevel::Info, message).await;
    }

    /// Sends a [log message](Self::log) at level `warning`.
    pub async fn warning(&self, message: impl Into<Value>) {
        self.log(LogLevel::Warning, message).await;
    }

    /// Sends a [log message](Self::log) at level `error`.
    pub async fn error(&self, message: impl Into<Value>) {
        self.log(LogLevel::Error, message).await;
    }
}
