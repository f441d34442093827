//! The client channel of a running task: progress goes to the docket, where clients poll it.

use std::borrow::Cow;

use futures_util::future::BoxFuture;
use serde_json::Value;

use crate::context::client_channel::{ClientChannel, LogLevel};
use crate::context::input::{InputError, Question};
use crate::docket::model::progress::ProgressReport;
use crate::docket::progress::Progress;

/// Stores the progress of a task in its execution.
pub(crate) struct DocketChannel {
    pub(crate) progress: Progress,
}

impl ClientChannel for DocketChannel {
    /// Returns `false`: the client polls the task and waits for no notification.
    fn wants_progress(&self) -> bool {
        false
    }

    fn progress<'a>(
        &'a self,
        progress: f64,
        total: Option<f64>,
        message: Option<&'a str>,
    ) -> BoxFuture<'a, ()> {
        Box::pin(async move {
            let previous = self.progress.report();
            let report = ProgressReport {
                done: whole(progress),
                total: total.map(whole).or(previous.total),
                message: message.map(ToOwned::to_owned).or(previous.message),
            };
            if let Err(error) = self.progress.set(report).await {
                tracing::debug!(%error, "cannot store the progress of a task");
            }
        })
    }

    /// Writes the message to the server's own log: no client is connected while a task runs.
    fn log<'a>(&'a self, level: LogLevel, logger: &'a str, data: Value) -> BoxFuture<'a, ()> {
        let text = match &data {
            Value::String(text) => Cow::Borrowed(text.as_str()),
            data => Cow::Owned(data.to_string()),
        };
        match level {
            LogLevel::Debug => tracing::debug!(logger, "{text}"),
            LogLevel::Info | LogLevel::Notice => tracing::info!(logger, "{text}"),
            LogLevel::Warning => tracing::warn!(logger, "{text}"),
            _ => tracing::error!(logger, "{text}"),
        }
        Box::pin(std::future::ready(()))
    }

    /// Never called: the questions of a task are stored in its answer log.
    fn ask(&self, _: Question) -> BoxFuture<'_, Result<Value, InputError>> {
        let error = InputError::NotSupported("a task has no connection to its client");
        Box::pin(std::future::ready(Err(error)))
    }
}

/// Rounds a count down to whole steps. Negative numbers and `NaN` become zero.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a float-to-integer cast saturates"
)]
fn whole(count: f64) -> u64 {
    count as u64
}
