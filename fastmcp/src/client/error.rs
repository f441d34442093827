//! [`ClientError`]: the error of a connection or a request.

use std::fmt;

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
    /// The server does not know the session of the connection, and has not handled the request.
    #[error("the server has ended the session")]
    SessionEnded,
    /// The connection failed, or the peer is not an MCP server.
    #[error("connection error: {0}")]
    Connection(String),
}

pub(crate) fn connection_error(error: impl fmt::Display) -> ClientError {
    ClientError::Connection(error.to_string())
}
