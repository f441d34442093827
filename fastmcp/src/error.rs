//! The error that handlers and programs return, and the one that a client always sees whole.

use std::borrow::Cow;
use std::fmt;

/// Any error, with its causes; `?` makes one of whatever implements [`std::error::Error`].
///
/// The library's own errors are typed (such as [`StartError`](crate::StartError) and
/// [`DocketError`](crate::docket::DocketError)); `downcast_ref` gives them back.
pub use anyhow::Error;

/// The `Result` of handlers and programs; see [`Error`].
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// An error whose message is meant for the client: it is shown even by a server that
/// [masks](crate::FastMcp::mask_error_details) the details of other errors.
///
/// ```
/// use fastmcp::{Result, ToolError};
///
/// fn seats(wanted: u32) -> Result<u32> {
///     if wanted > 8 {
///         return Err(ToolError::new("at most 8 seats can be booked at once").into());
///     }
///     Ok(wanted)
/// }
/// # assert_eq!(seats(9).unwrap_err().to_string(), "at most 8 seats can be booked at once");
/// ```
#[derive(Debug, Clone)]
pub struct ToolError {
    message: Cow<'static, str>,
}

impl ToolError {
    /// An error that says `message` to the client.
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

/// An error of the protocol: the client gets a JSON-RPC error in the place of an answer.
///
/// A tool that fails should say so with any other error, which the model reads as the tool's
/// result. This is for what is wrong with the request as such, by the codes of the protocol.
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
    /// What the client is told.
    pub message: String,
    /// What it is told besides.
    pub data: Option<serde_json::Value>,
}

impl ProtocolError {
    /// An error of this code.
    pub fn new(code: i32, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
            data: None,
        }
    }

    /// What the client is told besides the message.
    #[must_use]
    pub fn with_data(mut self, data: impl Into<serde_json::Value>) -> Self {
        self.data = Some(data.into());
        self
    }
}
