//! [`ClientError`]: the error of a connection or a request.

use std::fmt;
use std::time::Duration;

use crate::client::member::take;
use serde_json::Value;

/// The error of a connection or a request.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ClientError {
    /// The server returned a JSON-RPC error.
    #[error("{message} ({code})")]
    Refused {
        /// The JSON-RPC error code.
        code: i32,
        /// The message.
        message: String,
        /// Additional data.
        data: Option<Value>,
    },
    /// The arguments are neither a JSON object nor `null`.
    #[error("arguments must be a JSON object or null, not {0}")]
    Arguments(Value),
    /// The server asks a question that the client cannot answer.
    #[error("cannot answer the server: {0}")]
    Unanswered(String),
    /// The server neither responded nor reported progress in time. The request is cancelled.
    #[error("`{method}` timed out: no response and no progress for {after:?}")]
    Timeout {
        /// The method of the request.
        method: &'static str,
        /// The time without a sign of life.
        after: Duration,
    },
    /// A call did not end in time, whatever progress it reported. The request is cancelled.
    #[error("`{method}` did not end within its deadline of {after:?}")]
    Deadline {
        /// The method of the request.
        method: &'static str,
        /// The time since its start.
        after: Duration,
    },
    /// A tool failed, in a call whose result is a type. In other calls, the failure is a result
    /// ([`ToolResult::is_error`](crate::ToolResult::is_error)).
    #[error("tool `{tool}` failed: {message}")]
    Tool {
        /// The name of the tool.
        tool: String,
        /// The text of its result.
        message: String,
    },
    /// The result of a tool is not a value of the type that the caller expects.
    #[error("cannot decode the result of tool `{tool}`: {problem}")]
    Decode {
        /// The name of the tool.
        tool: String,
        /// The reason.
        problem: String,
    },
    /// The structured content of a tool's result does not match the output schema that the tool lists.
    #[error("the result of tool `{tool}` does not match its output schema{}: {problem}", at(.path))]
    Output {
        /// The name of the tool.
        tool: String,
        /// The place in the structured content, such as `items[2].id`; empty for all of it.
        path: String,
        /// The difference.
        problem: String,
    },
    /// A file of a skill is not the one that the manifest of the skill describes.
    #[cfg(feature = "skills")]
    #[error("{uri}: {reason}")]
    Skill {
        /// The URI of the file.
        uri: String,
        /// The difference.
        reason: crate::client::skill_mismatch::SkillMismatch,
    },
    /// A task was cancelled, so it has no result.
    #[error("task `{0}` was cancelled")]
    TaskCancelled(String),
    /// The server does not know the session of the connection, and has not handled the request.
    #[error("the server has ended the session")]
    SessionEnded,
    /// The connection failed, or the peer is not an MCP server.
    #[error("connection error: {0}")]
    Connection(String),
}

impl ClientError {
    /// Converts the error of a JSON-RPC response.
    pub(crate) fn refused(mut error: Value) -> Self {
        let code = error["code"].as_i64();
        Self::Refused {
            code: code
                .and_then(|code| i32::try_from(code).ok())
                .unwrap_or_default(),
            message: error["message"].as_str().unwrap_or_default().to_owned(),
            data: Some(take(&mut error, "data")).filter(|data| !data.is_null()),
        }
    }
}

fn at(path: &str) -> String {
    if path.is_empty() {
        String::new()
    } else {
        format!(" at `{path}`")
    }
}

pub(crate) fn connection_error(error: impl fmt::Display) -> ClientError {
    ClientError::Connection(error.to_string())
}
