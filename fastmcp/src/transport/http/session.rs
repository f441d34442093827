//! [`Session`]: the owner, the activity and the event logs of one session.

use std::fmt::Display;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, OnceLock};
use std::time::Duration;

use rmcp::model::{ClientJsonRpcMessage, ClientNotification, ProgressToken, RequestId};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::principal::Principal;
use crate::transport::http::inbox::Inbox;
use crate::transport::http::lock::lock;
use crate::transport::http::replay::EventLog;
use crate::transport::http::replica_ids::ReplicaId;
use crate::transport::http::session_requests::SessionRequests;
use crate::transport::http::session_service::{Awake, IdleServices, SessionService};

/// The name of the stream of notifications that belong to no request.
pub(crate) const NOTIFICATIONS: &str = "notifications";

/// The first revision whose streams start with an event without a message (SEP-1699).
const FIRST_PRIMED: &str = "2025-11-25";

/// One session.
pub(crate) struct Session {
    /// The number of open streams and running calls.
    activities: AtomicUsize,
    last_use: Mutex<Instant>,
    /// The principal that created the session; `None` for an anonymous caller.
    owner: Option<Principal>,
    /// Set if the client understands events without a message, which revisions before 2025-11-25 do
    /// not have.
    is_primed: OnceLock<bool>,
    /// This process, if other replicas may have the session too.
    pub(crate) replica: Option<ReplicaId>,
    /// The log of notifications that belong to no request.
    pub(crate) notifications: Arc<EventLog>,
    /// `true` once a client has opened the stream of notifications.
    pub(crate) is_listening: AtomicBool,
    pub(crate) requests: SessionRequests,
    pub(crate) service: Arc<SessionService>,
    /// The last time at which the record of a shared session was renewed.
    last_renewal: Mutex<Instant>,
    /// `true` while a session of another replica is restored, until its settings are applied.
    pub(crate) is_restored: AtomicBool,
    pub(crate) closed: CancellationToken,
}

/// Returns the name of a stream in the IDs of its events.
fn stream_name(stream: impl Display, replica: Option<&ReplicaId>) -> String {
    match replica {
        Some(replica) => format!("{stream}@{}", replica.as_str()),
        None => stream.to_string(),
    }
}

impl Session {
    /// Creates a session, and the inbox of its service. `replica` distinguishes its event IDs from those of other replicas
    /// that have the session.
    pub(crate) fn new(
        owner: Option<Principal>,
        replica: Option<ReplicaId>,
        idle: &Arc<IdleServices>,
    ) -> (Arc<Self>, Arc<Inbox>) {
        let (service, inbox) = SessionService::new(idle);
        let session = Arc::new(Self {
            activities: AtomicUsize::new(0),
            last_use: Mutex::new(Instant::now()),
            owner,
            is_primed: OnceLock::new(),
            notifications: EventLog::new(stream_name(NOTIFICATIONS, replica.as_ref())),
            replica,
            last_renewal: Mutex::new(Instant::now()),
            is_restored: AtomicBool::new(false),
            is_listening: AtomicBool::new(false),
            requests: SessionRequests::default(),
            service,
            closed: CancellationToken::new(),
        });
        (session, inbox)
    }

    /// Returns the principal that created the session.
    pub(crate) fn owner(&self) -> Option<&Principal> {
        self.owner.as_ref()
    }

    /// Returns whether the record of a shared session has to be renewed, because the last time is `every` ago.
    pub(crate) fn needs_renewal(&self, every: Duration) -> bool {
        let mut last = lock(&self.last_renewal);
        let is_due = last.elapsed() >= every;
        if is_due {
            *last = Instant::now();
        }
        is_due
    }

    /// Returns whether `caller` created the session.
    pub(crate) fn is_owned_by(&self, caller: Option<&Principal>) -> bool {
        self.owner.as_ref() == caller
    }

    /// Sets the negotiated revision, once.
    pub(crate) fn set_revision(&self, revision: &str) {
        // Revisions are dates, which compare as text.
        let _ = self.is_primed.set(revision >= FIRST_PRIMED);
    }

    /// Returns whether the client has negotiated a revision.
    pub(crate) fn is_initialized(&self) -> bool {
        self.is_primed.get().is_some()
    }

    /// Returns whether streams start with an event without a message.
    pub(crate) fn is_primed(&self) -> bool {
        self.is_primed.get().copied().unwrap_or_default()
    }

    /// Restarts the idle time.
    pub(crate) fn touch(&self) {
        *lock(&self.last_use) = Instant::now();
    }

    /// Keeps the session from being idle until the returned guard is dropped.
    pub(crate) fn activity(self: &Arc<Self>) -> Activity {
        self.activities.fetch_add(1, Ordering::Relaxed);
        Activity(Arc::clone(self))
    }

    /// Returns the time at which the session ends if it is not used before; `None` while it is in
    /// use.
    pub(crate) fn idle_until(&self, idle: Duration) -> Option<Instant> {
        let until = *lock(&self.last_use) + idle;
        (self.activities.load(Ordering::Relaxed) == 0).then_some(until)
    }

    /// Ends the session: its streams, its service and its calls.
    pub(crate) fn end(&self) {
        self.closed.cancel();
        self.notifications.end();
        self.service.end();
        self.requests.end_all();
    }

    /// Adds a request for the protocol library, and its log; `None` if a request in flight has the same ID. The request
    /// keeps the session busy and its service awake.
    pub(crate) fn begin(
        self: &Arc<Self>,
        id: RequestId,
        progress: Option<ProgressToken>,
        awake: Awake,
    ) -> Option<(u64, Arc<EventLog>)> {
        let name = |number| stream_name(number, self.replica.as_ref());
        let held = (awake, self.activity());
        self.requests.begin(id, progress, name, held)
    }

    /// Reserves the ID of a call that the protocol library does not know until the returned guard is dropped; `None` if
    /// a request in flight has the same ID. A cancellation by the client cancels the token.
    pub(crate) fn reserve_call(
        self: &Arc<Self>,
        id: RequestId,
        cancelled: CancellationToken,
    ) -> Option<ReservedId> {
        let reserved = self.requests.reserve_call(id.clone(), cancelled);
        reserved.then(|| ReservedId {
            session: Arc::clone(self),
            id,
        })
    }

    /// Adds the log of a call that the protocol library does not know.
    pub(crate) fn add_call_log(&self) -> (u64, Arc<EventLog>) {
        let name = |number| stream_name(number, self.replica.as_ref());
        self.requests.add_call_log(name)
    }

    /// Cancels the call that a message cancels. Returns true if the protocol library does not know it. Otherwise, ends
    /// the stream of the call: it gets no response.
    pub(crate) fn cancel_by(&self, message: &ClientJsonRpcMessage) -> bool {
        let ClientJsonRpcMessage::Notification(notification) = message else {
            return false;
        };
        let ClientNotification::CancelledNotification(cancelled) = &notification.notification
        else {
            return false;
        };
        let Some(id) = &cancelled.params.request_id else {
            return false;
        };
        let is_unknown = self.requests.cancel(id);
        if !is_unknown {
            self.requests.end(id, None);
        }
        is_unknown
    }
}

/// Keeps a session from being idle.
pub(crate) struct Activity(Arc<Session>);

impl Drop for Activity {
    fn drop(&mut self) {
        // Restart the idle time first. In the other order, the session could end in between.
        self.0.touch();
        self.0.activities.fetch_sub(1, Ordering::Relaxed);
    }
}

/// The ID of a call in flight. Dropping it makes the ID available again.
pub(crate) struct ReservedId {
    session: Arc<Session>,
    id: RequestId,
}

impl Drop for ReservedId {
    fn drop(&mut self) {
        self.session.requests.release_call(&self.id);
    }
}
