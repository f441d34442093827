//! [`Sessions`]: the sessions of clients of revisions before 2026-07-28.
//!
//! [`Sessions`] wraps the protocol library's own sessions, which route the messages, and changes
//! these cases:
//!
//! | | library | here |
//! |---|---|---|
//! | a session with a running call that sends nothing | ends as idle | stays |
//! | a client that reconnects after its response was sent | gets nothing | gets the response |
//! | a connection that does not read | blocks the session | the handlers that send to it wait |
//! | events without a message | are sent to clients of every revision | from 2025-11-25 on |
//! | the IDs of events | are equal in several streams | are unique in the session |
//! | a second stream of notifications | gets nothing while the first is open | replaces the first |
//! | a session of another caller | can be used with its ID | is not found |
//! | a request that reuses the ID of a request in flight | gets the response of that request | is rejected |

use std::sync::atomic::Ordering;
use std::sync::{Arc, Weak};
use std::time::Duration;

use axum::http::HeaderValue;
use axum::http::request::Parts;
use futures_util::Stream;
use rmcp::model::{
    ClientJsonRpcMessage, ClientNotification, GetExtensions, ServerJsonRpcMessage, ServerResult,
};
use rmcp::transport::streamable_http_server::session::local::{
    LocalSessionHandle, LocalSessionManager, LocalSessionManagerError, SessionConfig, SessionError,
};
use rmcp::transport::streamable_http_server::session::{
    ServerSseMessage, SessionId, SessionManager,
};
use tokio::time::Instant;

use crate::context::close_stream::EndStream;
use crate::context::stream_capacity::StreamCapacity;
use crate::principal::Principal;
use crate::transport::http::event_stream::{duplicate_id, parse_event_id, stream};
use crate::transport::http::options::HttpOptions;
use crate::transport::http::replay::{EventLog, ReplayFrom};
use crate::transport::http::session::{NOTIFICATIONS, REPLAY_TTL, Session};
use crate::transport::http::session_table::{Admission, SessionTable};

/// The number of messages that the library keeps of each stream, and that may wait for its log. They
/// are not bounded in bytes, so the number is small.
const LIBRARY_BUFFER: usize = 4;

tokio::task_local! {
    /// The caller of the current request. The library's session manager does not get it.
    static CALLER: Option<Principal>;
}

/// All sessions of a server.
#[derive(Clone)]
pub(crate) struct Sessions(Arc<Inner>);

struct Inner {
    /// The library's sessions. Their own idle timeout is disabled; `end_when_idle` replaces it.
    local: LocalSessionManager,
    idle: Duration,
    retry: Duration,
    table: SessionTable,
}

impl Inner {
    async fn close(&self, id: &SessionId) -> Result<(), LocalSessionManagerError> {
        if let Some(session) = self.table.remove(id) {
            session.closed.cancel();
            session.notifications.end();
        }
        self.local.close_session(id).await
    }

    async fn handle(&self, id: &SessionId) -> Result<LocalSessionHandle, LocalSessionManagerError> {
        let handle = self.local.sessions.read().await.get(id).cloned();
        handle.ok_or_else(|| LocalSessionManagerError::SessionNotFound(Arc::clone(id)))
    }
}

impl Sessions {
    pub(crate) fn new(options: &HttpOptions) -> Self {
        let mut config = SessionConfig::default();
        config.keep_alive = None;
        // The streams are primed here, depending on the revision.
        config.sse_retry = None;
        config.channel_capacity = LIBRARY_BUFFER;
        let mut local = LocalSessionManager::default();
        local.session_config = config;
        Self(Arc::new(Inner {
            local,
            idle: options.idle,
            retry: options.retry,
            table: SessionTable::new(options.max_sessions, options.max_sessions_per_principal),
        }))
    }

    /// Returns the number of open sessions.
    pub(crate) fn count(&self) -> usize {
        self.0.table.count()
    }

    /// Returns the session of a header.
    pub(crate) fn named(&self, id: &HeaderValue) -> Option<Arc<Session>> {
        self.0.table.get(id.to_str().ok()?)
    }

    /// Returns whether `caller` cannot start a session.
    pub(crate) fn is_full(&self, caller: Option<&Principal>) -> bool {
        self.0.table.admit(caller) == Admission::Full
    }

    /// Handles a request of `caller`, who owns the session that the request may create.
    pub(crate) async fn with_caller<T>(
        caller: Option<Principal>,
        handle: impl Future<Output = T>,
    ) -> T {
        CALLER.scope(caller, handle).await
    }

    fn session(&self, id: &SessionId) -> Result<Arc<Session>, LocalSessionManagerError> {
        let session = self.0.table.get(id);
        session.ok_or_else(|| LocalSessionManagerError::SessionNotFound(Arc::clone(id)))
    }
}

impl SessionManager for Sessions {
    type Error = LocalSessionManagerError;
    type Transport = <LocalSessionManager as SessionManager>::Transport;

    async fn create_session(&self) -> Result<(SessionId, Self::Transport), Self::Error> {
        let caller = CALLER.try_with(Clone::clone).unwrap_or_default();
        match self.0.table.admit(caller.as_ref()) {
            Admission::Free => {}
            Admission::Replaces(oldest) => {
                tracing::debug!("an idle session gives way to a new one");
                self.0.close(&oldest).await?;
            }
            // The endpoint turns this into status 503.
            Admission::Full => return Err(SessionError::SessionServiceTerminated.into()),
        }
        let (id, transport) = self.0.local.create_session().await?;
        let session = Arc::new(Session::new(caller));
        let table = &self.0.table;
        table.insert(Arc::clone(&id), Arc::clone(&session));
        let sessions = Arc::downgrade(&self.0);
        tokio::spawn(end_when_idle(
            sessions,
            Arc::clone(&id),
            session,
            self.0.idle,
        ));
        Ok((id, transport))
    }

    async fn initialize_session(
        &self,
        id: &SessionId,
        message: ClientJsonRpcMessage,
    ) -> Result<ServerJsonRpcMessage, Self::Error> {
        let session = self.session(id)?;
        let _activity = session.activity();
        let response = self.0.local.initialize_session(id, message).await?;
        if let ServerJsonRpcMessage::Response(response) = &response
            && let ServerResult::InitializeResult(result) = &response.result
        {
            session.set_revision(result.protocol_version.as_str());
            let channel = self.0.handle(id).await?.establish_common_channel().await?;
            let log = Arc::clone(&session.notifications);
            tokio::spawn(log.write(channel.inner, ()));
        }
        Ok(response)
    }

    async fn has_session(&self, id: &SessionId) -> Result<bool, Self::Error> {
        self.0.local.has_session(id).await
    }

    async fn close_session(&self, id: &SessionId) -> Result<(), Self::Error> {
        self.0.close(id).await
    }

    async fn create_stream(
        &self,
        id: &SessionId,
        mut message: ClientJsonRpcMessage,
    ) -> Result<impl Stream<Item = ServerSseMessage> + Send + Sync + 'static, Self::Error> {
        let session = self.session(id)?;
        let handle = self.0.handle(id).await?;
        let reserved = match &message {
            ClientJsonRpcMessage::Request(request) => {
                let reserved = session.reserve(request.id.clone());
                if reserved.is_none() {
                    return Ok(stream(duplicate_id(&request.id), session.activity()));
                }
                reserved
            }
            _ => None,
        };
        let channel = handle.establish_request_wise_channel().await?;
        let log = EventLog::new(channel.http_request_id.unwrap_or_default());
        if let ClientJsonRpcMessage::Request(request) = &mut message
            && let Some(parts) = request.request.extensions_mut().get_mut::<Parts>()
        {
            // Without a first event, a client has no ID to reconnect with.
            if session.is_primed() {
                parts.extensions.insert(end_stream(&log));
            }
            parts.extensions.insert(capacity(&session, &log));
        }
        // The first event has the ID that a client needs in order to reconnect. The call may close
        // the stream before it sends anything else.
        let reader = if session.is_primed() {
            log.read_primed(ReplayFrom::Start, self.0.retry)
        } else {
            log.read(ReplayFrom::Start)
        };
        if let Some(number) = channel.http_request_id {
            session.add_log(number, Arc::clone(&log));
        }
        handle
            .push_message(message, channel.http_request_id)
            .await?;

        // The task is independent of the connection, so a client that disconnects can come back for
        // the response.
        let written = Arc::clone(&log).write(channel.inner, session.activity());
        let owner = Arc::clone(&session);
        tokio::spawn(async move {
            written.await;
            drop(reserved);
            if let Some(number) = channel.http_request_id {
                owner.complete(number);
            }
            owner.remove_expired_logs();
        });
        Ok(stream(reader, session.activity()))
    }

    async fn accept_message(
        &self,
        id: &SessionId,
        message: ClientJsonRpcMessage,
    ) -> Result<(), Self::Error> {
        let session = self.session(id)?;
        session.touch();
        if let ClientJsonRpcMessage::Notification(notification) = &message
            && let ClientNotification::CancelledNotification(cancelled) = &notification.notification
            && let Some(id) = &cancelled.params.request_id
            && session.cancel(id)
        {
            return Ok(());
        }
        self.0.local.accept_message(id, message).await
    }

    async fn create_standalone_stream(
        &self,
        id: &SessionId,
    ) -> Result<impl Stream<Item = ServerSseMessage> + Send + Sync + 'static, Self::Error> {
        let session = self.session(id)?;
        // The first connection also gets the notifications that were sent before it was opened.
        let from = if session.is_listening.swap(true, Ordering::Relaxed) {
            ReplayFrom::Now
        } else {
            ReplayFrom::Start
        };
        let log = &session.notifications;
        let reader = if session.is_primed() {
            log.read_primed(from, self.0.retry)
        } else {
            log.read(from)
        };
        Ok(stream(reader, session.activity()))
    }

    async fn resume(
        &self,
        id: &SessionId,
        last_event_id: String,
    ) -> Result<impl Stream<Item = ServerSseMessage> + Send + Sync + 'static, Self::Error> {
        let session = self.session(id)?;
        session.remove_expired_logs();
        let (after, stream_name) =
            parse_event_id(&last_event_id).ok_or(SessionError::InvalidEventId)?;
        let log = if stream_name == NOTIFICATIONS {
            Arc::clone(&session.notifications)
        } else {
            let number = stream_name.parse().ok();
            let log = number.and_then(|number| session.event_log(number));
            log.ok_or(SessionError::ChannelClosed(number))?
        };
        let reader = log.read(ReplayFrom::After(after));
        Ok(stream(reader, session.activity()))
    }
}

/// Returns the handle with which a call closes its stream.
fn end_stream(log: &Arc<EventLog>) -> EndStream {
    // A weak reference: the request's extensions may outlive the stream.
    let log = Arc::downgrade(log);
    EndStream(Arc::new(move || {
        if let Some(log) = log.upgrade() {
            log.disconnect();
        }
    }))
}

/// Returns the handle with which a call waits until its client has read enough of what it sent.
fn capacity(session: &Arc<Session>, log: &Arc<EventLog>) -> StreamCapacity {
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

/// Ends a session after its idle time. Holds no strong reference to the sessions, so that they are
/// dropped with the server.
async fn end_when_idle(
    sessions: Weak<Inner>,
    id: SessionId,
    session: Arc<Session>,
    idle: Duration,
) {
    loop {
        // A session that is in use now cannot end before a whole idle time has passed.
        let until = session.idle_until(idle);
        let until = until.unwrap_or_else(|| Instant::now() + idle);
        // Completed streams expire before that.
        let until = until.min(Instant::now() + REPLAY_TTL);
        tokio::select! {
            () = tokio::time::sleep_until(until) => {}
            () = session.closed.cancelled() => return,
        }
        let is_idle = session
            .idle_until(idle)
            .is_some_and(|until| until <= Instant::now());
        let Some(sessions) = sessions.upgrade() else {
            return;
        };
        session.remove_expired_logs();
        if is_idle {
            tracing::debug!("an idle session ends");
            if let Err(error) = sessions.close(&id).await {
                tracing::debug!(%error, "cannot close an idle session");
            }
            return;
        }
    }
}
