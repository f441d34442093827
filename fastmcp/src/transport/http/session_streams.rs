//! Connects the event logs of a session with its handlers and with other replicas.

use std::sync::{Arc, Weak};

use rmcp::transport::streamable_http_server::session::{ServerSseMessage, SessionId};
use tokio::sync::mpsc;

use crate::context::close_stream::CloseStream;
use crate::context::stream_capacity::StreamCapacity;
use crate::transport::http::replay::EventLog;
use crate::transport::http::session::Session;
use crate::transport::http::shared_sessions::{Content, SharedSessions};

/// Appends the messages that belong to no request to the log, and sends them to the replica that has the connection of
/// the client.
pub(crate) async fn write_shared(
    log: Arc<EventLog>,
    mut events: mpsc::Receiver<ServerSseMessage>,
    shared: Arc<SharedSessions>,
    id: SessionId,
) {
    while let Some(event) = events.recv().await {
        let event = shared.replica.mark_event(event);
        let message = event.message.clone();
        let is_read = log.has_reader();
        log.push(event);
        if let Some(message) = message
            && !is_read
        {
            let content = Content::ForClient((*message).clone());
            shared.send(&id, None, content).await;
        }
    }
    log.end();
}

/// Returns the handle with which a call closes its stream.
pub(crate) fn end_stream(log: &Arc<EventLog>) -> CloseStream {
    // A weak reference: the request's extensions may outlive the stream.
    let log = Arc::downgrade(log);
    CloseStream(Arc::new(move || {
        if let Some(log) = log.upgrade() {
            log.disconnect();
        }
    }))
}

/// Returns the handle with which a call waits until its client has read enough of what it sent.
pub(crate) fn capacity(session: &Arc<Session>, log: &Arc<EventLog>) -> StreamCapacity {
    // Log messages go to the stream of notifications, and progress to the stream of the request.
    let logs = [Arc::downgrade(&session.notifications), Arc::downgrade(log)];
    StreamCapacity(Arc::new(move |_| {
        let logs = logs.clone();
        Box::pin(async move {
            for log in logs.iter().filter_map(Weak::upgrade) {
                log.ready().await;
            }
        })
    }))
}
