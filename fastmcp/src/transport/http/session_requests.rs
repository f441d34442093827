//! [`SessionRequests`]: the requests of one session that are in flight, and the event logs of its requests.

use std::any::Any;
use std::collections::hash_map::Entry;
use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use rmcp::model::{ProgressToken, RequestId};
use rmcp::transport::streamable_http_server::session::ServerSseMessage;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::transport::http::lock::lock;
use crate::transport::http::replay::EventLog;

/// The number of completed streams that a session keeps for clients that reconnect.
const REPLAY_STREAMS: usize = 16;

/// The size in bytes of the completed streams that a session keeps, besides the newest.
const REPLAY_BYTES: usize = 4 * 1024 * 1024;

/// The time for which a session keeps a completed stream.
pub(crate) const REPLAY_TTL: Duration = Duration::from_mins(1);

/// The number of the stream of the first call that the protocol library does not know. The streams of the other requests
/// are counted from 0.
const FIRST_CALL: u64 = 1 << 32;

/// The requests of one session.
#[derive(Default)]
pub(crate) struct SessionRequests(Mutex<State>);

#[derive(Default)]
struct State {
    /// The logs by the stream number in the IDs of their events.
    logs: HashMap<u64, Arc<EventLog>>,
    in_flight: HashMap<RequestId, InFlight>,
    /// The requests of the protocol library that have asked for their progress.
    progress: HashMap<ProgressToken, RequestId>,
    /// The number of calls that the protocol library does not know.
    calls: u64,
    /// The number of other requests.
    others: u64,
    /// The completed streams, oldest first.
    completed: VecDeque<(u64, Instant)>,
}

/// A request in flight.
enum InFlight {
    /// A call that the protocol library does not know, with the token that cancels it.
    Call(CancellationToken),
    /// A request that the protocol library handles.
    Request(Request),
}

struct Request {
    number: u64,
    log: Arc<EventLog>,
    progress: Option<ProgressToken>,
    /// Dropped when the request ends.
    held: Box<dyn Any + Send + Sync>,
}

impl SessionRequests {
    /// Adds a request for the protocol library, and its log; `None` if a request in flight has the same ID. `name` names
    /// the stream with a number, and `held` is dropped when the request ends.
    pub(crate) fn begin(
        &self,
        id: RequestId,
        progress: Option<ProgressToken>,
        name: impl FnOnce(u64) -> String,
        held: impl Any + Send + Sync,
    ) -> Option<(u64, Arc<EventLog>)> {
        let mut state = lock(&self.0);
        let number = state.others;
        let Entry::Vacant(vacant) = state.in_flight.entry(id.clone()) else {
            drop(state);
            // Its destructor may use this session.
            drop(held);
            return None;
        };
        let log = EventLog::new(name(number));
        vacant.insert(InFlight::Request(Request {
            number,
            log: Arc::clone(&log),
            progress: progress.clone(),
            held: Box::new(held),
        }));
        state.others += 1;
        state.logs.insert(number, Arc::clone(&log));
        if let Some(progress) = progress {
            state.progress.insert(progress, id);
        }
        Some((number, log))
    }

    /// Ends a request of the protocol library, with its response. A cancelled one has none. Returns false if there is no
    /// such request.
    pub(crate) fn end(&self, id: &RequestId, response: Option<ServerSseMessage>) -> bool {
        let mut state = lock(&self.0);
        if !matches!(state.in_flight.get(id), Some(InFlight::Request(_))) {
            return false;
        }
        // The ID is free before the client can read the response.
        let Some(InFlight::Request(request)) = state.in_flight.remove(id) else {
            return false;
        };
        if let Some(progress) = &request.progress
            && state.progress.get(progress) == Some(id)
        {
            state.progress.remove(progress);
        }
        drop(state);
        if let Some(response) = response {
            request.log.push(response);
        }
        request.log.end();
        self.complete(request.number);
        self.remove_expired_logs();
        drop(request.held);
        true
    }

    /// Ends all requests, because their session ends.
    pub(crate) fn end_all(&self) {
        let mut state = lock(&self.0);
        state.progress.clear();
        let in_flight = std::mem::take(&mut state.in_flight);
        drop(state);
        for request in in_flight.into_values() {
            if let InFlight::Request(request) = request {
                request.log.end();
            }
        }
    }

    /// Reserves the ID of a call that the protocol library does not know; false if a request in flight has the same ID.
    /// [`cancel`](Self::cancel) cancels the token.
    pub(crate) fn reserve_call(&self, id: RequestId, cancelled: CancellationToken) -> bool {
        match lock(&self.0).in_flight.entry(id) {
            Entry::Occupied(_) => false,
            Entry::Vacant(vacant) => {
                vacant.insert(InFlight::Call(cancelled));
                true
            }
        }
    }

    /// Makes the ID of a call available again.
    pub(crate) fn release_call(&self, id: &RequestId) {
        lock(&self.0).in_flight.remove(id);
    }

    /// Cancels a call that the protocol library does not know. Returns false if there is none with this ID.
    pub(crate) fn cancel(&self, id: &RequestId) -> bool {
        let state = lock(&self.0);
        let Some(InFlight::Call(cancelled)) = state.in_flight.get(id) else {
            return false;
        };
        let cancelled = cancelled.clone();
        drop(state);
        cancelled.cancel();
        true
    }

    /// Returns the log of a request that the protocol library handles.
    pub(crate) fn log_of(&self, id: &RequestId) -> Option<Arc<EventLog>> {
        match lock(&self.0).in_flight.get(id)? {
            InFlight::Request(request) => Some(Arc::clone(&request.log)),
            InFlight::Call(_) => None,
        }
    }

    /// Returns the log of the request that has asked for its progress with this token.
    pub(crate) fn log_of_progress(&self, token: &ProgressToken) -> Option<Arc<EventLog>> {
        let id = lock(&self.0).progress.get(token).cloned()?;
        self.log_of(&id)
    }

    /// Adds the log of a call that the protocol library does not know.
    pub(crate) fn add_call_log(&self, name: impl FnOnce(u64) -> String) -> (u64, Arc<EventLog>) {
        let mut state = lock(&self.0);
        let number = FIRST_CALL + state.calls;
        state.calls += 1;
        let log = EventLog::new(name(number));
        state.logs.insert(number, Arc::clone(&log));
        (number, log)
    }

    /// Returns the log with this number.
    pub(crate) fn event_log(&self, number: u64) -> Option<Arc<EventLog>> {
        lock(&self.0).logs.get(&number).cloned()
    }

    /// Marks a stream as completed, so that it expires.
    pub(crate) fn complete(&self, number: u64) {
        let completed = (number, Instant::now());
        lock(&self.0).completed.push_back(completed);
    }

    /// Removes a completed stream at once.
    pub(crate) fn forget(&self, number: u64) {
        let mut state = lock(&self.0);
        state.logs.remove(&number);
        state.completed.retain(|(other, _)| *other != number);
    }

    /// Removes completed streams that are too old or too many.
    pub(crate) fn remove_expired_logs(&self) {
        let mut state = lock(&self.0);
        let State {
            logs, completed, ..
        } = &mut *state;
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
