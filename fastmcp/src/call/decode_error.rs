//! [`DecodeError`]: an error in a value that a client sent, as the client reads it.

use std::fmt;

use crate::call::fault::{Fault, path};

/// The maximum number of errors reported for one argument.
pub(crate) const MAX_ERRORS: usize = 50;

/// An error in a value that a client sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DecodeError {
    /// The path inside the value, such as `items[3].price`; empty for the whole value.
    pub path: String,
    /// The error message.
    pub message: String,
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.path.is_empty() {
            write!(f, "{}: ", self.path)?;
        }
        f.write_str(&self.message)
    }
}

impl std::error::Error for DecodeError {}

impl From<Fault> for DecodeError {
    fn from(fault: Fault) -> Self {
        Self {
            path: path(&fault.place()),
            message: fault.message,
        }
    }
}
