//! [`Session`]: the owner, the activity and the event logs of one session.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, VecDeque};
use std::fmt::Display;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

use rmcp::model::{ClientJsonRpcMessage, ClientNotification, RequestId};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::principal::Principal;
use crate::transport::http::replay::EventLog;
use crate::transport::http::replica_ids::ReplicaId;

/// The number of completed streams that a session keeps for clients that reconnect.
const REPLAY_STREAMS: usize = 16;

/// The size in bytes of the completed streams that a session keeps, besides the newest.
const REPLAY_BYTES: usize = 4 * 1024 * 1024;

/// The time for which a session keeps a completed stream.
pub(crate) const REPLAY_TTL: Duration = Duration::from_mins(1);

/// The name of the stream of notifications that belong to no request.
pub(crate) const NOTIFICATIONS: &str = "notifications";

/// The number of the stream of the first call that the protocol library does not know.
const FIRST_CALL: u64 = 1 << 32;

/// The first revision whose streams start with an event without a message (SEP-1699).
const FIRST_PRIMED: &str = "2025-11-25";

/// One session. The protocol library has its own record of the same session.
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
    replica: Option<ReplicaId>,
    /// The log of notifications that belong to no request.
    pub(crate) notifications: Arc<EventLog>,
    /// `true` once a client has opened the stream of notifications.
    pub(crate) is_listening: AtomicBool,
    requests: Mutex<RequestStreams>,
    /// The last time at which the record of a shared session was renewed.
    last_renewal: Mutex<Instant>,
    /// `true` while a session of another replica is restored, until its settings are applied.
    pub(crate) is_restored: AtomicBool,
    pub(crate) closed: CancellationToken,
}

/// The event logs of requests.
#[derive(Default)]
struct RequestStreams {
    /// The logs by the stream number in the IDs of their events.
    logs: HashMap<u64, Arc<EventLog>>,
    /// The IDs of the requests in flight, and the tokens that cancel the calls that the protocol library does not know.
    in_flight: HashMap<RequestId, Option<CancellationToken>>,
    /// The number of calls that the protocol library does not know.
    calls: u64,
    /// The completed streams, oldest first.
    completed: VecDeque<(u64, Instant)>,
}

/// Returns the name of a stream in the IDs of its events.
pub(crate) fn stream_name(stream: impl Display, replica: Option<&ReplicaId>) -> String {
    match replica {
        Some(replica) => format!("{stream}@{}", replica.as_str()),
        None => stream.to_string(),
    }
}

/// Locks a mutex. No caller runs other code while it holds the lock, so a panic cannot leave the
/// data half-changed.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Session {
    /// Creates a session. `replica` distinguishes its event IDs from those of other replicas that have the session.
    pub(crate) fn new(owner: Option<Principal>, replica: Option<&ReplicaId>) -> Self {
        Self {
            activities: AtomicUsize::new(0),
            last_use: Mutex::new(Instant::now()),
            owner,
            is_primed: OnceLock::new(),
            replica: replica.cloned(),
            notifications: EventLog::new(stream_name(NOTIFICATIONS, replica)),
            last_renewal: Mutex::new(Instant::now()),
            is_restored: AtomicBool::new(false),
            is_listening: AtomicBool::new(false),
            requests: Mutex::default(),
            closed: CancellationToken::new(),
        }
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

    /// Reserves a request ID until the returned guard is dropped; returns `None` if a request in
    /// flight has the same ID.
    pub(crate) fn reserve(self: &Arc<Self>, id: RequestId) -> Option<ReservedId> {
        self.reserve_with(id, None)
    }

    /// Reserves the ID of a call that the protocol library does not know. [`cancel`](Self::cancel) cancels the token.
    pub(crate) fn reserve_call(
        self: &Arc<Self>,
        id: RequestId,
        cancelled: CancellationToken,
    ) -> Option<ReservedId> {
        self.reserve_with(id, Some(cancelled))
    }

    fn reserve_with(
        self: &Arc<Self>,
        id: RequestId,
        cancelled: Option<CancellationToken>,
    ) -> Option<ReservedId> {
        match lock(&self.requests).in_flight.entry(id.clone()) {
            Entry::Occupied(_) => return None,
            Entry::Vacant(vacant) => vacant.insert(cancelled),
        };
        Some(ReservedId {
            session: Arc::clone(self),
            id,
        })
    }

    /// Cancels a call that the protocol library does not know. Returns false if there is none with this ID.
    fn cancel(&self, id: &RequestId) -> bool {
        let requests = lock(&self.requests);
        let cancelled = requests.in_flight.get(id).cloned().flatten();
        drop(requests);
        let is_known = cancelled.is_some();
        if let Some(cancelled) = cancelled {
            cancelled.cancel();
        }
        is_known
    }

    /// Cancels the call that a message cancels. Returns false if it cancels none, or one that the protocol library knows.
    pub(crate) fn cancel_by(&self, message: &ClientJsonRpcMessage) -> bool {
        let ClientJsonRpcMessage::Notification(notification) = message else {
            return false;
        };
        let ClientNotification::CancelledNotification(cancelled) = &notification.notification
        else {
            return false;
        };
        let id = cancelled.params.request_id.as_ref();
        id.is_some_and(|id| self.cancel(id))
    }

    /// Adds the log of a call that the protocol library does not know. The library counts its streams from 0.
    pub(crate) fn add_call_log(&self) -> (u64, Arc<EventLog>) {
        let mut requests = lock(&self.requests);
        let number = FIRST_CALL + requests.calls;
        requests.calls += 1;
        let log = EventLog::new(stream_name(number, self.replica.as_ref()));
        requests.logs.insert(number, Arc::clone(&log));
        (number, log)
    }

    pub(crate) fn add_log(&self, number: u64, log: Arc<EventLog>) {
        lock(&self.requests).logs.insert(number, log);
    }

    pub(crate) fn event_log(&self, number: u64) -> Option<Arc<EventLog>> {
        lock(&self.requests).logs.get(&number).cloned()
    }

    /// Marks a stream as completed, so that it expires.
    pub(crate) fn complete(&self, number: u64) {
        let completed = (number, Instant::now());
        lock(&self.requests).completed.push_back(completed);
    }

    /// Removes completed streams that are too old or too many.
    pub(crate) fn remove_expired_logs(&self) {
        let mut requests = lock(&self.requests);
        let RequestStreams {
            logs, completed, ..
        } = &mut *requests;
        let size = |logs: &HashMap<u64, Arc<EventLog>>, number: &u64| {
            logs.get(number).map_or(0, |log| log.bytes())
        };
        let sizes = completed.iter().map(|(number, _)| size(logs, number));
        let mut bytes: usize = sizes.sum();
        while let Some((number, since)) = completed.front().copied() {
            let is_large = bytes > REPLAY_BYTES && completed.len() > 1;
            if !is_large && completed.len() <= REPLAY_STREAMS && since.elapsed() <= REPLAY_TTL {
                break;
            }
            bytes -= size(logs, &number);
            completed.pop_front();
            logs.remove(&number);
        }
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

/// The ID of a request in flight. Dropping it makes the ID available again.
pub(crate) struct ReservedId {
    session: Arc<Session>,
    id: RequestId,
}

impl Drop for ReservedId {
    fn drop(&mut self) {
        lock(&self.session.requests).in_flight.remove(&self.id);
    }
}
