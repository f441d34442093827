//! Connects the event logs of a session with its handlers and with other replicas.

use std::sync::{Arc, Weak};

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use rmcp::transport::streamable_http_server::session::{ServerSseMessage, SessionId};

use crate::context::close_stream::CloseStream;
use crate::context::stream_capacity::StreamCapacity;
use crate::transport::http::replay::EventLog;
use crate::transport::http::session::Session;
use crate::transport::http::session_service::Awake;
use crate::transport::http::shared_sessions::{Content, SharedSessions};

/// The stream of the messages that belong to no request.
#[derive(Clone)]
pub(crate) struct NotificationStream {
    log: Arc<EventLog>,
    shared: Option<(Arc<SharedSessions>, SessionId)>,
}

impl NotificationStream {
    /// With `shared`, a message also goes to the replica that has the connection of the client.
    pub(crate) fn new(session: &Session, shared: Option<(Arc<SharedSessions>, SessionId)>) -> Self {
        Self {
            log: Arc::clone(&session.notifications),
            shared,
        }
    }

    /// Appends an event. The returned future sends it to the other replica.
    pub(crate) fn send(&self, event: ServerSseMessage) -> BoxFuture<'static, ()> {
        let message = event.message.clone();
        let is_read = self.log.has_reader();
        self.log.push(event);
        match (self.shared.clone(), message) {
            (Some((shared, id)), Some(message)) if !is_read => Box::pin(async move {
                let content = Content::ForClient((*message).clone());
                shared.send(&id, None, content).await;
            }),
            _ => futures_util::future::ready(()).boxed(),
        }
    }
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

/// Returns the handle with which a call waits until its client has read enough of what it sent. The context of the call
/// has it, so it also keeps the service awake, through which the call sends.
pub(crate) fn capacity(session: &Session, log: &Arc<EventLog>, awake: Awake) -> StreamCapacity {
    // Log messages go to the stream of notifications, and progress to the stream of the request.
    let logs = [Arc::downgrade(&session.notifications), Arc::downgrade(log)];
    StreamCapacity(Arc::new(move |_| {
        let _awake = &awake;
        let logs = logs.clone();
        Box::pin(async move {
            for log in logs.iter().filter_map(Weak::upgrade) {
                log.ready().await;
            }
        })
    }))
}
