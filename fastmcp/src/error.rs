//! The error that handlers and programs return, and the one that a client always sees whole.

use std::{borrow::Cow, fmt};

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
