//! Notifications to the client of a request: progress and log messages.

use std::convert::Infallible;
use std::time::Duration;

use serde_json::Value;

use crate::context::client_channel::LogLevel;
use crate::context::request::Context;

impl Context {
    /// Sends a progress notification, if the client requested progress.
    ///
    /// `progress` must increase with each report; a number that does not is replaced by the next
    /// larger float. `total` is its final value, if that is known.
    pub async fn report_progress(&self, progress: f64, total: Option<f64>, message: Option<&str>) {
        let channel = &self.0.client_channel;
        let progress = if channel.wants_progress() {
            self.0.state.progress.next(progress, total)
        } else {
            progress
        };
        channel.progress(progress, total, message).await;
    }

    /// Sends progress whenever the handler has reported none for `interval`, so that the client does
    /// not end the request. Never returns.
    pub(crate) async fn send_heartbeats(&self, interval: Duration) -> Infallible {
        let log = &self.0.state.progress;
        loop {
            let last = log.last_report();
            tokio::time::sleep_until(last + interval).await;
            if log.last_report() == last {
                let (progress, total) = log.repeated();
                self.report_progress(progress, total, None).await;
            }
        }
    }

    /// Returns whether the client waits for progress notifications of this request.
    pub(crate) fn wants_progress(&self) -> bool {
        self.0.client_channel.wants_progress()
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
