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
//! | a session of another replica | is restored if there is a store | as well, with its settings (see [`SharedSessions`]) |
//! | a request that reuses the ID of a request in flight | gets the response of that request | is rejected |

use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use axum::http::HeaderValue;
use axum::http::request::Parts;
use futures_util::Stream;
use rmcp::model::{ClientJsonRpcMessage, GetExtensions, ServerJsonRpcMessage, ServerResult};
use rmcp::transport::streamable_http_server::session::local::{
    LocalSessionManager, LocalSessionManagerError, SessionConfig, SessionError,
};
use rmcp::transport::streamable_http_server::session::{
    RestoreOutcome, ServerSseMessage, SessionId, SessionManager,
};
use tokio_util::sync::CancellationToken;

use crate::principal::Principal;
use crate::transport::http::event_stream::{duplicate_id, parse_event_id, stream};
use crate::transport::http::open_sessions::OpenSessions;
use crate::transport::http::options::HttpOptions;
use crate::transport::http::replay::{EventLog, ReplayFrom};
use crate::transport::http::replica_ids::ReplicaId;
use crate::transport::http::session::{NOTIFICATIONS, Session, stream_name};
use crate::transport::http::session_record::is_setting;
use crate::transport::http::session_replicas::apply_all;
use crate::transport::http::session_streams::{capacity, end_stream, write_shared};
use crate::transport::http::session_table::{Admission, SessionTable};
use crate::transport::http::shared_sessions::SharedSessions;

/// The number of messages that the library keeps of each stream, and that may wait for its log. They
/// are not bounded in bytes, so the number is small.
const LIBRARY_BUFFER: usize = 4;

tokio::task_local! {
    /// The caller of the current request. The library's session manager does not get it.
    static CALLER: Option<Principal>;
}

/// All sessions of a server.
#[derive(Clone)]
pub(crate) struct Sessions(Arc<OpenSessions>);

impl Sessions {
    /// Creates the table of sessions. With `shared`, other replicas have them too; messages between replicas are
    /// received until `closed` is cancelled.
    pub(crate) fn new(
        options: &HttpOptions,
        shared: Option<Arc<SharedSessions>>,
        closed: CancellationToken,
    ) -> Self {
        let mut config = SessionConfig::default();
        config.keep_alive = None;
        // The streams are primed here, depending on the revision.
        config.sse_retry = None;
        config.channel_capacity = LIBRARY_BUFFER;
        let mut local = LocalSessionManager::default();
        local.session_config = config;
        let inner = Arc::new(OpenSessions {
            local,
            idle: options.idle,
            retry: options.retry,
            table: SessionTable::new(options.max_sessions, options.max_sessions_per_principal),
            shared: shared.clone(),
        });
        if let Some(shared) = shared {
            // A weak reference, so that the sessions are dropped with the server.
            let sessions = Arc::downgrade(&inner);
            tokio::spawn(async move {
                let handle = |letter| {
                    let sessions = sessions.upgrade();
                    async move {
                        let Some(sessions) = sessions else {
                            return ControlFlow::Break(());
                        };
                        sessions.deliver(letter).await;
                        ControlFlow::Continue(())
                    }
                };
                closed.run_until_cancelled(shared.receive(handle)).await;
            });
        }
        Self(inner)
    }

    /// Returns the sessions of all replicas, if they share them.
    pub(crate) fn shared(&self) -> Option<&Arc<SharedSessions>> {
        self.0.shared.as_ref()
    }

    /// Returns whether only other replicas may have a session.
    pub(crate) fn is_elsewhere(&self, id: &HeaderValue) -> bool {
        self.0.shared.is_some() && self.named(id).is_none()
    }

    /// Returns the caller of the current request.
    pub(crate) fn caller() -> Option<Principal> {
        CALLER.try_with(Clone::clone).unwrap_or_default()
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
        let caller = Self::caller();
        self.0.admit(caller.as_ref()).await?;
        let (id, transport) = self.0.local.create_session().await?;
        self.0.insert(&id, caller);
        Ok((id, transport))
    }

    /// Restores a session of another replica. The endpoint has checked that it belongs to the caller.
    async fn restore_session(
        &self,
        id: SessionId,
    ) -> Result<RestoreOutcome<Self::Transport>, Self::Error> {
        if self.0.shared.is_none() {
            return Ok(RestoreOutcome::NotSupported);
        }
        let caller = Self::caller();
        self.0.admit(caller.as_ref()).await?;
        let outcome = self.0.local.restore_session(Arc::clone(&id)).await?;
        if let RestoreOutcome::Restored(_) = outcome {
            let session = self.0.insert(&id, caller);
            session.is_restored.store(true, Ordering::Relaxed);
        }
        Ok(outcome)
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
            match &self.0.shared {
                Some(shared) => {
                    let (shared, id) = (Arc::clone(shared), Arc::clone(id));
                    tokio::spawn(write_shared(log, channel.inner, shared, id));
                }
                None => {
                    tokio::spawn(log.write(channel.inner, (), |event| event));
                }
            }
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
        self.0.renew(id, &session);
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
        if let Some(shared) = &self.0.shared
            && let ClientJsonRpcMessage::Request(request) = &message
            && is_setting(&request.request)
        {
            shared.keep_setting(id, &message).await;
        }
        let replica = self.0.replica();
        let channel = handle.establish_request_wise_channel().await?;
        let number = channel.http_request_id.unwrap_or_default();
        let log = EventLog::new(stream_name(number, replica.as_ref()));
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
        let mark = move |event| match &replica {
            Some(replica) => replica.mark_event(event),
            None => event,
        };
        let written = Arc::clone(&log).write(channel.inner, session.activity(), mark);
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
        if session.cancel_by(&message) {
            return Ok(());
        }
        let Some(shared) = &self.0.shared else {
            return self.0.local.accept_message(id, message).await;
        };
        self.0.renew(id, &session);
        let Some(message) = shared.forward(id, message).await else {
            return Ok(());
        };
        self.0.local.accept_message(id, message).await?;
        if session.is_restored.swap(false, Ordering::Relaxed)
            && let Ok(Some(record)) = shared.load(id).await
        {
            let handle = self.0.handle(id).await?;
            tokio::spawn(apply_all(handle, session, record.settings));
        }
        Ok(())
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
        let (stream_name, replica) = match stream_name.split_once('@') {
            Some((name, replica)) => (name, Some(replica)),
            None => (stream_name, None),
        };
        let own = self.0.replica();
        if replica != own.as_ref().map(ReplicaId::as_str) {
            // The events are in the memory of another replica. Notifications go on here; a response is lost.
            if stream_name == NOTIFICATIONS {
                let reader = session.notifications.read(ReplayFrom::Now);
                return Ok(stream(reader, session.activity()));
            }
            return Err(SessionError::ChannelClosed(stream_name.parse().ok()).into());
        }
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
