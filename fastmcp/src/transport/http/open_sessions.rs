//! [`OpenSessions`]: the sessions that this process has, and their end.

use std::sync::{Arc, Weak};
use std::time::Duration;

use rmcp::transport::streamable_http_server::session::local::{
    LocalSessionHandle, LocalSessionManager, LocalSessionManagerError, SessionError,
};
use rmcp::transport::streamable_http_server::session::{SessionId, SessionManager};
use tokio::time::Instant;

use crate::principal::Principal;
use crate::transport::http::replica_ids::ReplicaId;
use crate::transport::http::session::{REPLAY_TTL, Session};
use crate::transport::http::session_replicas::deliver;
use crate::transport::http::session_table::{Admission, SessionTable};
use crate::transport::http::shared_sessions::{Letter, SharedSessions};

/// The open sessions of this process, and the table of their owners and streams.
pub(crate) struct OpenSessions {
    /// The library's sessions. Their own idle timeout is disabled; `end_when_idle` replaces it.
    pub(crate) local: LocalSessionManager,
    pub(crate) idle: Duration,
    pub(crate) retry: Duration,
    pub(crate) table: SessionTable,
    /// The sessions of all replicas, if they share them.
    pub(crate) shared: Option<Arc<SharedSessions>>,
}

impl OpenSessions {
    pub(crate) async fn close(&self, id: &SessionId) -> Result<(), LocalSessionManagerError> {
        if let Some(session) = self.table.remove(id) {
            session.closed.cancel();
            session.notifications.end();
        }
        self.local.close_session(id).await
    }

    pub(crate) async fn handle(
        &self,
        id: &SessionId,
    ) -> Result<LocalSessionHandle, LocalSessionManagerError> {
        let handle = self.local.sessions.read().await.get(id).cloned();
        handle.ok_or_else(|| LocalSessionManagerError::SessionNotFound(Arc::clone(id)))
    }

    pub(crate) fn replica(&self) -> Option<ReplicaId> {
        self.shared.as_ref().map(|shared| shared.replica.clone())
    }

    /// Adds a session to the table.
    pub(crate) fn insert(
        self: &Arc<Self>,
        id: &SessionId,
        caller: Option<Principal>,
    ) -> Arc<Session> {
        let session = Arc::new(Session::new(caller, self.replica().as_ref()));
        self.table.insert(Arc::clone(id), Arc::clone(&session));
        let sessions = Arc::downgrade(self);
        tokio::spawn(end_when_idle(
            sessions,
            Arc::clone(id),
            Arc::clone(&session),
            self.idle,
        ));
        session
    }

    /// Makes room for a session of `caller`.
    pub(crate) async fn admit(
        &self,
        caller: Option<&Principal>,
    ) -> Result<(), LocalSessionManagerError> {
        match self.table.admit(caller) {
            Admission::Free => Ok(()),
            Admission::Replaces(oldest) => {
                tracing::debug!("an idle session gives way to a new one");
                self.close(&oldest).await
            }
            // The endpoint turns this into status 503.
            Admission::Full => Err(SessionError::SessionServiceTerminated.into()),
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
        if let Some(session) = self.table.get(&id)
            && deliver(&self.local, &id, &session, letter.content).await
            && let Err(error) = self.close(&id).await
        {
            tracing::debug!(%error, "cannot close a session that has ended in another replica");
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
        if !is_idle {
            sessions.renew(&id, &session);
        }
        if is_idle {
            tracing::debug!("an idle session ends");
            if let Err(error) = sessions.close(&id).await {
                tracing::debug!(%error, "cannot close an idle session");
            }
            return;
        }
    }
}
