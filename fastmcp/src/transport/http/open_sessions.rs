//! [`OpenSessions`]: the sessions that this process has, and their end.

use std::sync::{Arc, Weak};
use std::time::Duration;

use rmcp::service::serve_directly_with_ct;
use rmcp::transport::TransportAdapterIdentity;
use rmcp::transport::streamable_http_server::session::SessionId;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::principal::Principal;
use crate::transport::http::replica_ids::ReplicaId;
use crate::transport::http::session::Session;
use crate::transport::http::session_replicas::deliver;
use crate::transport::http::session_requests::REPLAY_TTL;
use crate::transport::http::session_service::{Awake, IdleServices, Kept};
use crate::transport::http::session_streams::NotificationStream;
use crate::transport::http::session_table::{Admission, SessionTable};
use crate::transport::http::session_transport::SessionTransport;
use crate::transport::http::sessions_error::SessionsError;
use crate::transport::http::shared_sessions::{Letter, SharedSessions};

/// The open sessions of this process, and the table of their owners and streams.
pub(crate) struct OpenSessions {
    pub(crate) idle: Duration,
    pub(crate) retry: Duration,
    pub(crate) table: SessionTable,
    /// The sessions of all replicas, if they share them.
    pub(crate) shared: Option<Arc<SharedSessions>>,
    pub(crate) idle_services: Arc<IdleServices>,
    /// Cancelled when the endpoint closes all sessions.
    pub(crate) closed: CancellationToken,
}

impl OpenSessions {
    /// Ends a session.
    pub(crate) fn close(&self, id: &str) {
        if let Some(session) = self.table.remove(id) {
            session.end();
        }
    }

    /// Keeps the service of a session awake. Starts it if it sleeps.
    pub(crate) fn awake(
        &self,
        id: &SessionId,
        session: &Arc<Session>,
    ) -> Result<Awake, SessionsError> {
        let awake = session.service.awake(|Kept { handler, client }, inbox| {
            let notifications = self.notifications(id, session);
            let transport = SessionTransport::new(session, inbox, notifications);
            let closed = self.closed.child_token();
            // Without the span of the request: the task of the service would keep it open.
            tracing::dispatcher::with_default(&tracing::Dispatch::none(), || {
                serve_directly_with_ct::<_, _, _, _, TransportAdapterIdentity>(
                    handler,
                    transport,
                    Some(client),
                    closed,
                )
            })
        });
        awake.ok_or(SessionsError::Ended)
    }

    /// Returns the stream of the messages that belong to no request.
    pub(crate) fn notifications(&self, id: &SessionId, session: &Session) -> NotificationStream {
        let shared = self.shared.clone();
        NotificationStream::new(session, shared.map(|shared| (shared, Arc::clone(id))))
    }

    pub(crate) fn replica(&self) -> Option<ReplicaId> {
        self.shared.as_ref().map(|shared| shared.replica.clone())
    }

    /// Adds a session to the table. Returns it with the connection of its first service.
    pub(crate) fn insert(
        self: &Arc<Self>,
        id: &SessionId,
        caller: Option<Principal>,
    ) -> (Arc<Session>, SessionTransport) {
        let (session, inbox) = Session::new(caller, self.replica(), &self.idle_services);
        self.table.insert(Arc::clone(id), Arc::clone(&session));
        let sessions = Arc::downgrade(self);
        tokio::spawn(end_when_idle(
            sessions,
            Arc::clone(id),
            Arc::clone(&session),
            self.idle,
            self.closed.clone(),
        ));
        let notifications = self.notifications(id, &session);
        let transport = SessionTransport::new(&session, inbox, notifications);
        (session, transport)
    }

    /// Makes room for a session of `caller`.
    pub(crate) fn admit(&self, caller: Option<&Principal>) -> Result<(), SessionsError> {
        match self.table.admit(caller) {
            Admission::Free => Ok(()),
            Admission::Replaces(oldest) => {
                tracing::debug!("an idle session gives way to a new one");
                self.close(&oldest);
                Ok(())
            }
            // The endpoint turns this into status 503.
            Admission::Full => Err(SessionsError::Full),
        }
    }

    /// Renews the record of a shared session, once in a while.
    pub(crate) fn renew(&self, id: &SessionId, session: &Session) {
        if let Some(shared) = &self.shared
            && session.needs_renewal(shared.renew_every())
        {
            let (shared, id) = (Arc::clone(shared), Arc::clone(id));
            tokio::spawn(async move { shared.renew(&id).await });
        }
    }

    /// Handles a message of another replica.
    pub(crate) async fn deliver(&self, letter: Letter) {
        let id: SessionId = letter.session.into();
        if let Some(session) = self.table.get(&id) {
            let awake = || self.awake(&id, &session);
            if deliver(&session, awake, letter.content).await {
                self.close(&id);
            }
        }
    }
}

/// Ends a session after its idle time. Holds no strong reference to the sessions, so that they are
/// dropped with the server.
async fn end_when_idle(
    sessions: Weak<OpenSessions>,
    id: SessionId,
    session: Arc<Session>,
    idle: Duration,
    closed: CancellationToken,
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
            // A service that sleeps does not see it.
            () = closed.cancelled() => {
                if let Some(sessions) = sessions.upgrade() {
                    sessions.close(&id);
                }
                return session.end();
            }
        }
        let is_idle = session
            .idle_until(idle)
            .is_some_and(|until| until <= Instant::now());
        let Some(sessions) = sessions.upgrade() else {
            return;
        };
        session.requests.remove_expired_logs();
        if !is_idle {
            sessions.renew(&id, &session);
        }
        if is_idle {
            tracing::debug!("an idle session ends");
            sessions.close(&id);
            return;
        }
    }
}
