//! Implements the protocol library's [`SessionManager`] for [`Sessions`]. It differs from the library's own in these
//! cases:
//!
//! | | library | here |
//! |---|---|---|
//! | a session with a running call that sends nothing | ends as idle | stays |
//! | a client that reconnects after its response was sent | gets nothing | gets the response |
//! | a connection that does not read | blocks the session | the handlers that send to it wait |
//! | a session that waits for a request | takes 57 kB | takes a few kB (see `session_service`) |
//! | events without a message | are sent to clients of every revision | from 2025-11-25 on |
//! | the IDs of events | are equal in several streams | are unique in the session |
//! | a second stream of notifications | gets nothing while the first is open | replaces the first |
//! | a session of another caller | can be used with its ID | is not found |
//! | a session of another replica | is restored if there is a store | as well, with its settings (see `shared_sessions`) |
//! | a request that reuses the ID of a request in flight | gets the response of that request | is rejected |

use std::sync::Arc;
use std::sync::atomic::Ordering;

use axum::http::request::Parts;
use futures_util::Stream;
use rmcp::model::{
    ClientJsonRpcMessage, ClientNotification, ClientRequest, GetExtensions, GetMeta,
    JsonRpcMessage, ServerJsonRpcMessage, ServerNotification, ServerResult,
};
use rmcp::transport::common::server_side_http::session_id;
use rmcp::transport::streamable_http_server::session::{
    RestoreOutcome, ServerSseMessage, SessionId, SessionManager,
};

use crate::protocol::handler::Handler;
use crate::protocol::handler_slot::HandlerSlot;
use crate::protocol::subscriptions::SessionOutlet;
use crate::transport::http::event_stream::{duplicate_id, parse_event_id, stream};
use crate::transport::http::replay::ReplayFrom;
use crate::transport::http::replica_ids::ReplicaId;
use crate::transport::http::session::{NOTIFICATIONS, Session};
use crate::transport::http::session_record::is_setting;
use crate::transport::http::session_replicas::apply_all;
use crate::transport::http::session_service::Kept;
use crate::transport::http::session_streams::{capacity, end_stream};
use crate::transport::http::session_transport::SessionTransport;
use crate::transport::http::sessions::Sessions;
use crate::transport::http::sessions_error::SessionsError;

impl Sessions {
    /// Returns the outlet of notifications about changes, which works while the service sleeps.
    fn outlet(&self, id: &SessionId, session: &Session) -> SessionOutlet {
        let notifications = self.0.notifications(id, session);
        SessionOutlet(Arc::new(move |notification: ServerNotification| {
            let message = ServerJsonRpcMessage::notification(notification);
            notifications.send(ServerSseMessage::from_message(message))
        }))
    }

    fn session(&self, id: &SessionId) -> Result<Arc<Session>, SessionsError> {
        self.0.table.get(id).ok_or(SessionsError::NotFound)
    }
}

impl SessionManager for Sessions {
    type Error = SessionsError;
    type Transport = SessionTransport;

    async fn create_session(&self) -> Result<(SessionId, Self::Transport), Self::Error> {
        let caller = Self::caller();
        self.0.admit(caller.as_ref())?;
        let id = session_id();
        let (_, transport) = self.0.insert(&id, caller);
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
        if self.0.table.get(&id).is_some() {
            return Ok(RestoreOutcome::AlreadyPresent);
        }
        let caller = Self::caller();
        self.0.admit(caller.as_ref())?;
        let (session, transport) = self.0.insert(&id, caller);
        session.is_restored.store(true, Ordering::Relaxed);
        Ok(RestoreOutcome::Restored(transport))
    }

    async fn initialize_session(
        &self,
        id: &SessionId,
        mut message: ClientJsonRpcMessage,
    ) -> Result<ServerJsonRpcMessage, Self::Error> {
        let session = self.session(id)?;
        let _activity = session.activity();
        let awake = self.0.awake(id, &session)?;
        let slot = HandlerSlot::<Handler>::default();
        let mut client = None;
        if let JsonRpcMessage::Request(request) = &mut message {
            if let ClientRequest::InitializeRequest(initialize) = &request.request {
                client = Some(initialize.params.clone());
            }
            if let Some(parts) = request.request.extensions_mut().get_mut::<Parts>() {
                parts.extensions.insert(slot.clone());
            }
        }
        let response = session.service.initialize();
        awake.inbox.push(message);
        let response = response.await.map_err(|_| SessionsError::Ended)?;
        if let JsonRpcMessage::Response(response) = &response
            && let ServerResult::InitializeResult(result) = &response.result
        {
            session.set_revision(result.protocol_version.as_str());
            if let (Some(mut client), Some(handler)) = (client, slot.handler()) {
                client.protocol_version = result.protocol_version.clone();
                session.service.keep(Kept { handler, client });
            }
        }
        Ok(response)
    }

    async fn has_session(&self, id: &SessionId) -> Result<bool, Self::Error> {
        Ok(self.0.table.get(id).is_some())
    }

    /// Ends a session, because the client asks for it, or because its first service has ended.
    async fn close_session(&self, id: &SessionId) -> Result<(), Self::Error> {
        // A request of the client has a caller, and the task of the service has none.
        let is_request = Self::is_in_request();
        if !is_request
            && self
                .0
                .table
                .get(id)
                .is_some_and(|it| it.service.has_slept())
        {
            return Ok(());
        }
        self.0.close(id);
        Ok(())
    }

    async fn create_stream(
        &self,
        id: &SessionId,
        mut message: ClientJsonRpcMessage,
    ) -> Result<impl Stream<Item = ServerSseMessage> + Send + Sync + 'static, Self::Error> {
        let session = self.session(id)?;
        let awake = self.0.awake(id, &session)?;
        self.0.renew(id, &session);
        // The library calls this method for requests only.
        let JsonRpcMessage::Request(request) = &mut message else {
            return Err(SessionsError::Ended);
        };
        let progress = request.request.get_meta().get_progress_token();
        let begun = session.begin(request.id.clone(), progress, awake.clone());
        let Some((_, log)) = begun else {
            return Ok(stream(duplicate_id(&request.id), session.activity()));
        };
        if let Some(parts) = request.request.extensions_mut().get_mut::<Parts>() {
            // Without a first event, a client has no ID to reconnect with.
            if session.is_primed() {
                parts.extensions.insert(end_stream(&log));
            }
            let capacity = capacity(&session, &log, awake.clone());
            parts.extensions.insert(capacity);
        }
        let is_setting = is_setting(&request.request);
        if let Some(shared) = self.0.shared.as_ref().filter(|_| is_setting) {
            shared.keep_setting(id, &message).await;
        }
        // The first event has the ID that a client needs in order to reconnect. The call may close
        // the stream before it sends anything else.
        let reader = if session.is_primed() {
            log.read_primed(ReplayFrom::Start, self.0.retry)
        } else {
            log.read(ReplayFrom::Start)
        };
        // The log is independent of the connection, so a client that disconnects can come back for
        // the response.
        awake.inbox.push(message);
        Ok(stream(reader, session.activity()))
    }

    async fn accept_message(
        &self,
        id: &SessionId,
        mut message: ClientJsonRpcMessage,
    ) -> Result<(), Self::Error> {
        let session = self.session(id)?;
        session.touch();
        if session.cancel_by(&message) {
            return Ok(());
        }
        if let Some(shared) = &self.0.shared {
            self.0.renew(id, &session);
            let Some(own) = shared.forward(id, message).await else {
                return Ok(());
            };
            message = own;
        }
        if let JsonRpcMessage::Notification(notification) = &mut message
            && let ClientNotification::InitializedNotification(_) = notification.notification
            && let Some(parts) = notification
                .notification
                .extensions_mut()
                .get_mut::<Parts>()
        {
            parts.extensions.insert(self.outlet(id, &session));
        }
        let awake = self.0.awake(id, &session)?;
        awake.accept(message);
        if let Some(shared) = &self.0.shared
            && session.is_restored.swap(false, Ordering::Relaxed)
            && let Ok(Some(record)) = shared.load(id).await
        {
            tokio::spawn(apply_all(awake, session, record.settings));
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
        session.requests.remove_expired_logs();
        let (after, stream_name) =
            parse_event_id(&last_event_id).ok_or(SessionsError::InvalidEventId)?;
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
            return Err(SessionsError::StreamNotFound);
        }
        let log = if stream_name == NOTIFICATIONS {
            Arc::clone(&session.notifications)
        } else {
            let number = stream_name.parse().ok();
            let log = number.and_then(|number| session.requests.event_log(number));
            log.ok_or(SessionsError::StreamNotFound)?
        };
        let reader = log.read(ReplayFrom::After(after));
        Ok(stream(reader, session.activity()))
    }
}
