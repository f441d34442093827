//! [`Load`]: the requests of a connection that have no response yet, and the bytes that wait to be
//! written.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::ops::Range;
use std::pin::pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use foldhash::fast::RandomState;
use rmcp::RoleServer;
use rmcp::model::{ClientNotification, JsonRpcMessage, RequestId};
use rmcp::service::RxJsonRpcMessage;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use crate::transport::json_lines::in_flight::{FastInFlight, InFlight, Ticket};

/// The number of bytes of responses and notifications that may wait for the client to read them,
/// before the server stops reading.
pub(crate) const MAX_QUEUED: usize = 1024 * 1024;

/// The number of batches of calls that may run before the server stops reading.
const MAX_BATCHES: usize = 2;

/// The treatment of a message from the client.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Received {
    /// The protocol library handles it.
    Accepted,
    /// It is a request with the ID of one in flight.
    Duplicate,
    /// It has cancelled a call of the fast path, which the protocol library does not know.
    Handled,
}

/// The work of one connection.
#[derive(Default)]
pub(crate) struct Load {
    queued: usize,
    /// The batches of calls that run. Their responses are not in `queued` yet.
    batches: usize,
    in_flight: HashMap<RequestId, InFlight, RandomState>,
    /// The number of requests that were accepted.
    accepted: u64,
    /// The number of tasks that wait for less load.
    waiting: usize,
}

impl Load {
    pub(crate) fn has_room(&self) -> bool {
        self.queued <= MAX_QUEUED && self.batches < MAX_BATCHES
    }

    pub(crate) fn is_written(&self) -> bool {
        self.queued == 0
    }

    /// Returns whether all requests have been answered and their responses written.
    pub(crate) fn is_idle(&self) -> bool {
        self.queued == 0 && self.in_flight.values().all(|request| request.endless)
    }

    /// Returns the requests that a stopping server waits for.
    pub(crate) fn unfinished(&self) -> impl Iterator<Item = String> {
        let unfinished = self.in_flight.values().filter(|request| !request.endless);
        unfinished.map(|request| request.label.to_string())
    }

    /// Returns the call of a ticket, unless the client has cancelled it.
    fn fast_call(&mut self, ticket: &Ticket) -> Option<&mut FastInFlight> {
        let fast = self.in_flight.get_mut(&ticket.id)?.fast.as_mut()?;
        (fast.number == ticket.number).then_some(fast)
    }

    /// Ends the call of a ticket. Returns false if the client has cancelled it.
    fn end(&mut self, ticket: &Ticket) -> bool {
        let Entry::Occupied(occupied) = self.in_flight.entry(ticket.id.clone()) else {
            return false;
        };
        let fast = occupied.get().fast.as_ref();
        let is_in_flight = fast.is_some_and(|fast| fast.number == ticket.number);
        if is_in_flight {
            occupied.remove();
        }
        is_in_flight
    }
}

/// The load of a connection, shared by its reader and its writers. It changes several times per call, and somebody waits
/// for a change only while the connection is busy or ends, so it counts those who wait, and notifies nobody otherwise.
#[derive(Clone, Default)]
pub(crate) struct SharedLoad(Arc<Shared>);

#[derive(Default)]
struct Shared {
    load: Mutex<Load>,
    less: Notify,
}

impl SharedLoad {
    /// Locks the load. The lock is never held across an `.await`, and every critical section leaves a valid load, so a
    /// poisoned lock is still usable.
    pub(crate) fn read(&self) -> MutexGuard<'_, Load> {
        self.0.load.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Makes the load less, and notifies those who wait for that.
    fn reduce<T>(&self, change: impl FnOnce(&mut Load) -> T) -> T {
        let mut load = self.read();
        let result = change(&mut load);
        let is_awaited = load.waiting > 0;
        drop(load);
        if is_awaited {
            self.0.less.notify_waiters();
        }
        result
    }

    /// Waits until the load satisfies `condition`, which must not need more load.
    pub(crate) async fn wait_for(&self, condition: impl Fn(&Load) -> bool) {
        if condition(&self.read()) {
            return;
        }
        let _waiting = Waiting::new(self);
        loop {
            let mut less = pin!(self.0.less.notified());
            // Changes from here on wake this task.
            less.as_mut().enable();
            if condition(&self.read()) {
                return;
            }
            less.await;
        }
    }

    /// Adds bytes that wait to be written, until the guard is dropped.
    pub(crate) fn queue(&self, bytes: usize) -> Queued {
        self.read().queued += bytes;
        Queued {
            load: self.clone(),
            bytes,
        }
    }

    /// Registers a message from the client.
    pub(crate) fn received(&self, message: &RxJsonRpcMessage<RoleServer>) -> Received {
        match message {
            JsonRpcMessage::Request(request) => {
                let in_flight = InFlight::of_library(&request.request);
                self.insert(&request.id, |_| in_flight)
                    .map_or(Received::Duplicate, |_| Received::Accepted)
            }
            // A cancelled request gets no response.
            JsonRpcMessage::Notification(notification) => {
                if let ClientNotification::CancelledNotification(cancelled) =
                    &notification.notification
                    && let Some(id) = &cancelled.params.request_id
                {
                    return self.cancel(id);
                }
                Received::Accepted
            }
            _ => Received::Accepted,
        }
    }

    /// Registers a call that the fast path answers. `None` if another request with its ID is in flight.
    pub(crate) fn accept(&self, id: &RequestId, tool: &'static str) -> Option<Ticket> {
        let number = self.insert(id, |number| InFlight::of_tool(tool, number))?;
        let id = id.clone();
        Some(Ticket { id, number })
    }

    /// Adds a request, unless one with its ID is in flight. Nothing waits for more load, so nobody is notified.
    fn insert(&self, id: &RequestId, request: impl FnOnce(u64) -> InFlight) -> Option<u64> {
        let load = &mut *self.read();
        let Entry::Vacant(vacant) = load.in_flight.entry(id.clone()) else {
            return None;
        };
        load.accepted += 1;
        vacant.insert(request(load.accepted));
        Some(load.accepted)
    }

    /// Ends a request that the client has cancelled.
    fn cancel(&self, id: &RequestId) -> Received {
        let removed = self.reduce(|load| load.in_flight.remove(id));
        let Some(fast) = removed.and_then(|request| request.fast) else {
            return Received::Accepted;
        };
        if let Some(cancellation) = fast.cancellation {
            cancellation.cancel();
        }
        Received::Handled
    }

    /// Adds a batch of calls that runs until the guard is dropped.
    pub(crate) fn start_batch(&self) -> RunningBatch {
        self.read().batches += 1;
        RunningBatch(self.clone())
    }

    /// Sets the token that cancels a call. Returns false if the client has cancelled the call already.
    pub(crate) fn set_cancellation(&self, ticket: &Ticket, token: &CancellationToken) -> bool {
        let mut load = self.read();
        let fast = load.fast_call(ticket);
        fast.map(|fast| fast.cancellation = Some(token.clone()))
            .is_some()
    }

    /// Registers responses that will be written, given the calls and the ends of their lines. Returns the guard of
    /// their bytes, and the lines of the calls that the client has cancelled.
    pub(crate) fn answered(&self, calls: &[(Ticket, usize)]) -> (Queued, Vec<Range<usize>>) {
        let mut cancelled = Vec::new();
        let mut bytes = 0;
        self.reduce(|load| {
            let mut start = 0;
            for (ticket, end) in calls {
                if load.end(ticket) {
                    bytes += end - start;
                } else {
                    cancelled.push(start..*end);
                }
                start = *end;
            }
            load.queued += bytes;
        });
        let load = self.clone();
        (Queued { load, bytes }, cancelled)
    }

    /// Registers that a request has its response.
    pub(crate) fn finished(&self, id: &RequestId) {
        self.reduce(|load| load.in_flight.remove(id));
    }
}

/// A task that waits for less load.
struct Waiting<'a>(&'a SharedLoad);

impl<'a> Waiting<'a> {
    fn new(load: &'a SharedLoad) -> Self {
        load.read().waiting += 1;
        Self(load)
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.read().waiting -= 1;
    }
}

/// A batch that runs.
pub(crate) struct RunningBatch(SharedLoad);

impl Drop for RunningBatch {
    fn drop(&mut self) {
        self.0.reduce(|load| load.batches -= 1);
    }
}

/// Bytes that wait to be written.
pub(crate) struct Queued {
    load: SharedLoad,
    bytes: usize,
}

impl Drop for Queued {
    fn drop(&mut self) {
        self.load.reduce(|load| load.queued -= self.bytes);
    }
}

#[cfg(test)]
mod tests;
