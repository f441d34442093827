//! The events that one connection of a session receives.

use futures_util::Stream;
use rmcp::model::{ErrorData, RequestId, ServerJsonRpcMessage};
use rmcp::transport::streamable_http_server::session::ServerSseMessage;
use tokio::sync::mpsc;

use crate::transport::http::replay::Reader;
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
    let (sender, reader) = mpsc::channel(1);
    let message = ServerJsonRpcMessage::error(error, Some(id.clone()));
    let _ = sender.try_send(ServerSseMessage::from_message(message));
    reader
}

/// Returns the stream number in an event ID of the library (`index/number`); `None` for the stream of
/// notifications, whose IDs have no number.
pub(crate) fn stream_number(event_id: &str) -> Option<u64> {
    event_id.split_once('/')?.1.parse().ok()
}
