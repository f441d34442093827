//! [`ClientChannel`]: sends notifications and questions to the client of one request.

use futures_util::future::BoxFuture;
use serde_json::Value;

use crate::context::input::{InputError, Question};

/// The severity of a log message, in ascending order. The levels are those of syslog (RFC 5424).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[allow(missing_docs, reason = "the names of RFC 5424")]
pub enum LogLevel {
    Debug,
    Info,
    Notice,
    Warning,
    Error,
    Critical,
    Alert,
    Emergency,
}

/// Sends messages to the client of one request.
///
/// Notifications have no result. If one cannot be delivered, the client has disconnected, and the
/// request is cancelled anyway.
pub(crate) trait ClientChannel: Send + Sync {
    /// Returns whether the client waits for progress notifications of this request.
    fn wants_progress(&self) -> bool;

    /// Sends a progress notification, if the request has a progress token.
    fn progress<'a>(
        &'a self,
        progress: f64,
        total: Option<f64>,
        message: Option<&'a str>,
    ) -> BoxFuture<'a, ()>;

    /// Sends a log message, if the client accepts messages of this level.
    fn log<'a>(&'a self, level: LogLevel, logger: &'a str, data: Value) -> BoxFuture<'a, ()>;

    /// Sends a question to the client and waits for the answer. A request with an answer log never
    /// calls this.
    fn ask(&self, question: Question) -> BoxFuture<'_, Result<Value, InputError>>;
}
