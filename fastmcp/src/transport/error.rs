//! [`TransportError`]: the reason why a transport stopped.

use std::fmt;

/// The error of a transport.
#[derive(Debug)]
pub(crate) enum TransportError {
    /// The address cannot be bound.
    #[cfg(feature = "http")]
    Listen {
        address: String,
        source: std::io::Error,
    },
    /// The connection or the listener failed.
    Connection(String),
}

impl TransportError {
    pub(crate) fn connection(error: impl fmt::Display) -> Self {
        Self::Connection(error.to_string())
    }
}
