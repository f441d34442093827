//! [`Sessions`]: the sessions of clients of revisions before 2026-07-28.
//!
//! [`Sessions`] wraps the protocol library's own sessions, which route the messages, and changes
//! these cases:
//!
//! | | library | here |
//! |---|---|---|
//! | a session with a running call that sends nothing | ends as idle | stays |
//! | a client that reconnects after its response was sent | gets nothing | gets the response |
//! | a connection that does not read | blocks the session | is closed |
//! | a second stream of notifications | gets nothing while the first is open | replaces the first |
//! | a session of another caller | can be used with its ID | is not found |
//! | a request that reuses the ID of a request in flight | gets the response of that request | is rejected |

use std::collections::HashMap;
use std::sync::{Arc, Mutex, Weak};
use std::time::Duration;

use axum::http::HeaderValue;
use axum::http::request::Parts;
use futures_util::Stream;
use rmcp::model::{ClientJsonRpcMessage, GetExtensions, ServerJsonRpcMessage};
use rmcp::transport::streamable_http_server::session::local::{
    LocalSessionHandle, LocalSessionManager, LocalSessionManagerError, SessionConfig, SessionError,
};
use rmcp::transport::streamable_http_server::session::{
    ServerSseMessage, SessionId, SessionManager,
};
use tokio::time::Instant;

use crate::context::close_stream::EndStream;
use crate::principal::Principal;
use crate::transport::http::event_stream::{duplicate_id, stream, stream_number};
use crate::transport::http::replay::{EventLog, ReplayFrom};
use crate::transport::http::session::{Session, lock};

/// All sessions of a server.
#[derive(Clone)]
pub(crate) struct Sessions(Arc<Inner>);

struct Inner {
    /// The library's sessions. Their own idle timeout is disabled; `end_when_idle` replaces it.
    local: LocalSessionManager,
    idle: Duration,
    max_sessions: usize,
    open: Mutex<HashMap<SessionId, Arc<Session>>>,
}

impl Inner {
    async fn close(&self, id: &SessionId) -> Result<(), LocalSessionManagerError> {
        if let Some(session) = lock(&self.open).remove(id) {
            session.closed.cancel();
        }
        self.local.close_session(id).await
    }

    async fn handle(&self, id: &SessionId) -> Result<LocalSessionHandle, LocalSessionManagerError> {
        let handle = self.local.sessions.read().await.get(id).cloned();
        handle.ok_or_else(|| LocalSessionManagerError::SessionNotFound(Arc::clone(id)))
    }
}

impl Sessions {
    pub(crate) fn new(idle: Duration, max_sessions: usize, retry: Duration) -> Self {
        let mut config = SessionConfig::default();
        config.keep_alive = None;
        config.sse_retry = Some(retry);
        let mut local = LocalSessionManager::default();
        local.session_config = config;
        Self(Arc::new(Inner {
            local,
            idle,
            max_sessions,
            open: Mutex::default(),
        }))
    }

    /// Returns the number of open sessions.
    pub(crate) fn count(&self) -> usize {
        lock(&self.0.open).len()
    }

    /// Returns whether the session that a header names exists.
    pub(crate) fn contains(&self, id: &HeaderValue) -> bool {
        self.named(id).is_some()
    }

    /// Returns whether `caller` may use the session that a header names. Returns true if there is
    /// no such session, because the library then rejects the request.
    pub(crate) fn is_owned_by(&self, id: &HeaderValue, caller: Option<&Principal>) -> bool {
        self.named(id)
            .is_none_or(|session| session.is_owned_by(caller))
    }

    /// Sets the owner of a new session.
    pub(crate) fn set_owner(&self, id: &HeaderValue, caller: Option<Principal>) {
        if let Some(session) = self.named(id) {
            session.set_owner(caller);
        }
    }

    /// Returns whether the maximum number of sessions is reached.
    pub(crate) fn is_full(&self) -> bool {
        self.count() >= self.0.max_sessions
    }

    fn named(&self, id: &HeaderValue) -> Option<Arc<Session>> {
        lock(&self.0.open).get(id.to_str().ok()?).cloned()
    }

    fn session(&self, id: &SessionId) -> Result<Arc<Session>, LocalSessionManagerError> {
        let session = lock(&self.0.open).get(id).cloned();
        session.ok_or_else(|| LocalSessionManagerError::SessionNotFound(Arc::clone(id)))
    }

    /// Opens the stream of notifications that belong to no request.
    async fn open_notifications(
        &self,
        id: &SessionId,
    ) -> Result<Arc<EventLog>, LocalSessionManagerError> {
        let channel = self.0.handle(id).await?.establish_common_channel().await?;
        let log = Arc::new(EventLog::default());
        tokio::spawn(Arc::clone(&log).write(channel.inner, ()));
        Ok(log)
    }
}

impl SessionManager for Sessions {
    type Error = LocalSessionManagerError;
    type Transport = <LocalSessionManager as SessionManager>::Transport;

    async fn create_session(&self) -> Result<(SessionId, Self::Transport), Self::Error> {
        if self.is_full() {
            // The endpoint turns this into status 503.
            return Err(SessionError::SessionServiceTerminated.into());
        }
        let (id, transport) = self.0.local.create_session().await?;
        let session = Arc::new(Session::new());
        lock(&self.0.open).insert(Arc::clone(&id), Arc::clone(&session));
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
        let _activity = self.session(id)?.activity();
        self.0.local.initialize_session(id, message).await
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
        let mut channel = handle.establish_request_wise_channel().await?;
        let log = Arc::new(EventLog::default());
        if let ClientJsonRpcMessage::Request(request) = &mut message
            && let Some(parts) = request.request.extensions_mut().get_mut::<Parts>()
        {
            // A weak reference: the request's extensions may outlive the stream.
            let log = Arc::downgrade(&log);
            let end = move || {
                if let Some(log) = log.upgrade() {
                    log.disconnect();
                }
            };
            parts.extensions.insert(EndStream(Arc::new(end)));
        }
        let reader = log.read(ReplayFrom::Start);
        // The library's first event has the ID that a client needs in order to reconnect. Log it
        // before the call starts, because the call may close the stream at once.
        while let Ok(event) = channel.inner.try_recv() {
            log.push(event);
        }
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
        self.session(id)?.touch();
        self.0.local.accept_message(id, message).await
    }

    async fn create_standalone_stream(
        &self,
        id: &SessionId,
    ) -> Result<impl Stream<Item = ServerSseMessage> + Send + Sync + 'static, Self::Error> {
        let session = self.session(id)?;
        // The first connection also gets the notifications that were sent before it was opened.
        let (log, from) = match &mut *session.notifications.lock().await {
            Some(log) => (Arc::clone(log), ReplayFrom::Now),
            none => {
                let log = none.insert(self.open_notifications(id).await?);
                (Arc::clone(log), ReplayFrom::Start)
            }
        };
        Ok(stream(log.read(from), session.activity()))
    }

    async fn resume(
        &self,
        id: &SessionId,
        last_event_id: String,
    ) -> Result<impl Stream<Item = ServerSseMessage> + Send + Sync + 'static, Self::Error> {
        let session = self.session(id)?;
        session.remove_expired_logs();
        let log = match stream_number(&last_event_id) {
            Some(number) => {
                let log = session.event_log(number);
                log.ok_or(SessionError::ChannelClosed(Some(number)))?
            }
            None => match &mut *session.notifications.lock().await {
                Some(log) => Arc::clone(log),
                none => Arc::clone(none.insert(self.open_notifications(id).await?)),
            },
        };
        let reader = log.read(ReplayFrom::After(&last_event_id));
        Ok(stream(reader, session.activity()))
    }
}

/// Ends a session after its idle time. Holds no strong reference to `sessions`, so that they are
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
        if is_idle {
            tracing::debug!(session = %id, "an idle session ends");
            if let Err(error) = sessions.close(&id).await {
                tracing::debug!(%error, session = %id, "cannot close an idle session");
            }
            return;
        }
    }
}
