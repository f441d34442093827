//! The events that one connection of a session receives.

use futures_util::Stream;
use rmcp::model::{ErrorData, RequestId, ServerJsonRpcMessage};
use rmcp::transport::streamable_http_server::session::ServerSseMessage;

use crate::transport::http::replay::{EventLog, Reader, ReplayFrom};
use crate::transport::http::session::Activity;

/// Returns the events for a connection. The session does not count as idle until the stream is
/// dropped.
pub(crate) fn stream(
    reader: Reader,
    activity: Activity,
) -> impl Stream<Item = ServerSseMessage> + Send + Sync {
    futures_util::stream::unfold((reader, activity), |(mut reader, activity)| async move {
        let event = reader.recv().await?;
        Some((event, (reader, activity)))
    })
}

/// Returns the response to a request whose ID is already in use.
pub(crate) fn duplicate_id(id: &RequestId) -> Reader {
    let text = format!("duplicate request ID `{id}`: a request with this ID is in flight");
    let error = ErrorData::invalid_request(text, None);
    let message = ServerJsonRpcMessage::error(error, Some(id.clone()));
    let log = EventLog::new("duplicate");
    log.push(ServerSseMessage::from_message(message));
    log.end();
    log.read(ReplayFrom::Start)
}

/// Parses an event ID (`number/stream`).
pub(crate) fn parse_event_id(id: &str) -> Option<(u64, &str)> {
    let (number, stream) = id.split_once('/')?;
    Some((number.parse().ok()?, stream))
}
