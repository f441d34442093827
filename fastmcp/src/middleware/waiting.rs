//! [`is_waiting_for_client`]: recognizes a request that has not failed, although it has ended with an error.

use crate::component::request_error::RequestError;
use crate::error::Error;

/// Returns whether a request has ended only because the client has to answer a question first. The same request then
/// runs again with the answer, through all middleware (MCP 2026-07-28, "Multi Round-Trip Requests"). The same is true for
/// a call that continues as a task of a [remote server](crate::guide::composition#remote-servers): the client polls the
/// task, without this middleware.
///
/// A middleware that counts or logs errors should leave these out. It must return them, or the question or the task is lost.
pub fn is_waiting_for_client(error: &Error) -> bool {
    let error = error.downcast_ref();
    matches!(error, Some(RequestError::Suspended | RequestError::Task(_)))
}
