//! [`Sessions`]: the sessions of clients of revisions before 2026-07-28.

use std::ops::ControlFlow;
use std::sync::Arc;

use axum::http::HeaderValue;
use tokio_util::sync::CancellationToken;

use crate::principal::Principal;
use crate::transport::http::open_sessions::OpenSessions;
use crate::transport::http::options::HttpOptions;
use crate::transport::http::session::Session;
use crate::transport::http::session_table::{Admission, SessionTable};
use crate::transport::http::shared_sessions::SharedSessions;

tokio::task_local! {
    /// The caller of the current request. The library's session manager does not get it.
    static CALLER: Option<Principal>;
}

/// All sessions of a server.
#[derive(Clone)]
pub(crate) struct Sessions(pub(crate) Arc<OpenSessions>);

impl Sessions {
    /// Creates the table of sessions. With `shared`, other replicas have them too; messages between replicas are
    /// received until `closed` is cancelled.
    pub(crate) fn new(
        options: &HttpOptions,
        shared: Option<Arc<SharedSessions>>,
        closed: CancellationToken,
    ) -> Self {
        let inner = Arc::new(OpenSessions {
            idle: options.idle,
            retry: options.retry,
            table: SessionTable::new(options.max_sessions, options.max_sessions_per_principal),
            shared: shared.clone(),
            idle_services: Arc::default(),
            closed: closed.clone(),
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

    /// Returns whether the current task handles a request of a client.
    pub(crate) fn is_in_request() -> bool {
        CALLER.try_with(|_| ()).is_ok()
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
}
