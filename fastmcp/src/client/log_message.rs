//! [`LogMessage`]: a log message of a server.

use serde_json::Value;

use crate::client::member::take;
use crate::context::client_channel::LogLevel;

/// The names of the levels in the protocol (MCP, "Logging").
const LEVELS: [(&str, LogLevel); 8] = [
    ("debug", LogLevel::Debug),
    ("info", LogLevel::Info),
    ("notice", LogLevel::Notice),
    ("warning", LogLevel::Warning),
    ("error", LogLevel::Error),
    ("critical", LogLevel::Critical),
    ("alert", LogLevel::Alert),
    ("emergency", LogLevel::Emergency),
];

/// A log message of a server; see [`ClientBuilder::on_log`](crate::client::ClientBuilder::on_log).
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct LogMessage {
    /// The severity. A level that the protocol does not know counts as `Info`.
    pub level: LogLevel,
    /// The part of the server that logs.
    pub logger: Option<String>,
    /// The message: text, or any other JSON.
    pub data: Value,
}

impl LogMessage {
    pub(crate) fn from_params(mut params: Value) -> Self {
        let level = params["level"].as_str().unwrap_or_default();
        let known = LEVELS.iter().find(|(name, _)| *name == level);
        Self {
            level: known.map_or(LogLevel::Info, |(_, level)| *level),
            logger: params["logger"].as_str().map(str::to_owned),
            data: take(&mut params, "data"),
        }
    }
}

/// Returns the name of a level in the protocol.
pub(crate) fn level_name(level: LogLevel) -> &'static str {
    let known = LEVELS.iter().find(|(_, known)| *known == level);
    known.map_or("info", |(name, _)| *name)
}
