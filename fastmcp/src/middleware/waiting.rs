//! [`is_waiting_for_client`]: recognizes a request that has asked the client a question.

use crate::component::request_error::RequestError;
use crate::error::Error;

/// Returns whether a request has ended only because the client has to answer a question first. The same request then
/// runs again with the answer, through all middleware (MCP 2026-07-28, "Multi Round-Trip Requests").
///
/// A middleware that counts or logs errors should leave these out. It must return them, or the question is lost.
pub fn is_waiting_for_client(error: &Error) -> bool {
    matches!(error.downcast_ref(), Some(RequestError::Suspended))
}
