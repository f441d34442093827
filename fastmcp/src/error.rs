//! The errors that handlers and programs return.

use std::borrow::Cow;
use std::fmt;

/// Any error, with its causes. `?` converts every type that implements [`std::error::Error`].
///
/// The library's own errors are typed, for example [`StartError`](crate::StartError) and
/// [`DocketError`](crate::docket::DocketError); `downcast_ref` returns them.
pub use anyhow::Error;

/// The `Result` of handlers and programs; see [`Error`].
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// An error whose message is intended for the client. A server sends it even if it
/// [masks](crate::FastMcp::mask_error_details) the details of other errors.
///
/// ```
/// use fastmcp::{Result, ToolError};
///
/// fn book(seats: u32) -> Result<u32> {
///     if seats > 8 {
///         return Err(ToolError::new("at most 8 seats can be booked at once").into());
///     }
///     Ok(seats)
/// }
/// # assert_eq!(book(9).unwrap_err().to_string(), "at most 8 seats can be booked at once");
/// ```
#[derive(Debug, Clone)]
pub struct ToolError {
    message: Cow<'static, str>,
}

impl ToolError {
    /// Creates an error with this message.
    pub fn new(message: impl Into<Cow<'static, str>>) -> Self {
        Self {
            message: message.into(),
        }
    }
}

impl fmt::Display for ToolError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for ToolError {}

/// An error of the protocol. The client gets a JSON-RPC error instead of a result.
///
/// For failures of a tool, return any other error: it becomes the tool's result, which the model can
/// read. Use this type for invalid requests, with the error codes of the protocol.
///
/// ```
/// use fastmcp::{ProtocolError, Result};
///
/// fn look_up(id: u64) -> Result<String> {
///     match id {
///         1 => Ok("Ada".into()),
///         _ => Err(ProtocolError::new(-32602, format!("no record {id}")).into()),
///     }
/// }
/// # assert_eq!(look_up(2).unwrap_err().to_string(), "no record 2 (-32602)");
/// ```
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[error("{message} ({code})")]
#[non_exhaustive]
pub struct ProtocolError {
    /// The JSON-RPC error code.
    pub code: i32,
    /// The message for the client.
    pub message: String,
    /// Additional data for the client.
    pub data: Option<serde_json::Value>,
}

impl ProtocolError {
    /// Creates an error with this code and message.
    pub fn new(code: i32, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
            data: None,
        }
    }

    /// Adds data for the client.
    #[must_use]
    pub fn with_data(mut self, data: impl Into<serde_json::Value>) -> Self {
        self.data = Some(data.into());
        self
    }
}
