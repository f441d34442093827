//! The target of the protocol library's log events.

/// The target of the protocol library's log events.
pub(crate) const LOG_TARGET: &str = "rmcp";
