//! Wakes this process's tasks that wait for Redis events.

use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::{broadcast, watch};

use crate::docket::events::{Event, Events};
use crate::docket::model::delivery::Lease;
use crate::docket::model::record::{ExecutionId, Record};
use crate::docket::model::time::Timestamp;

use crate::docket::backend::redis::stream_id::StreamId;

/// Wake-up counters of one worker. They only increase, so a waiter that compares the value before and after its check
/// cannot miss a wake-up.
#[derive(Debug, Default)]
pub(crate) struct WakeCounters {
    pub(crate) work: watch::Sender<u64>,
    pub(crate) signals: watch::Sender<u64>,
    /// The cancellation signals that were already returned to the worker.
    pub(crate) delivered_signals: Mutex<HashSet<Lease>>,
    /// The nonce of a claim whose reply was lost with its connection. The next claim repeats it, and Redis returns
    /// the runs that the lost reply contained.
    pub(crate) unanswered_claim: Mutex<Option<String>>,
}

fn increment(counter: &watch::Sender<u64>) {
    counter.send_modify(|count| *count = count.wrapping_add(1));
}

/// The waiting tasks of one process: workers, submitters that wait for room, and watchers of executions.
#[derive(Debug, Default)]
pub(crate) struct Notifier {
    // A std mutex: it is never held across an await, and each critical section is a few map operations.
    state: Mutex<State>,
    pub(crate) room: watch::Sender<u64>,
}

#[derive(Debug, Default)]
struct State {
    workers: HashMap<Arc<str>, Arc<WakeCounters>>,
    watchers: HashMap<ExecutionId, Vec<Watcher>>,
    /// The number of `watch` calls that wait for their record. While there is at least one, all events are buffered,
    /// because the ID of the watched execution is only available once the record arrives.
    pending_watches: usize,
    buffered: VecDeque<(StreamId, ExecutionId, Event)>,
}

#[derive(Debug)]
struct Watcher {
    /// The last inbox entry that this watcher has seen, or that its record already reflects.
    last_entry: StreamId,
    /// The `updated` time of the newest record sent.
    last_update: Timestamp,
    events: broadcast::Sender<Event>,
}

impl Watcher {
    /// Sends an event to the receivers; returns false when there are none left.
    fn on_event(&mut self, entry: StreamId, event: &Event) -> bool {
        if entry > self.last_entry {
            self.last_entry = entry;
            if let Event::State(record) = event {
                self.last_update = self.last_update.max(record.updated);
            }
            return self.events.send(event.clone()).is_ok();
        }
        self.events.receiver_count() > 0
    }
}

impl Notifier {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns the counters of a worker, created on first use.
    pub(crate) fn counters(&self, worker: &Arc<str>) -> Arc<WakeCounters> {
        self.state()
            .workers
            .entry(worker.clone())
            .or_default()
            .clone()
    }

    /// Removes the counters of a deregistered worker, unless one of its calls still uses them.
    pub(crate) fn forget(&self, worker: &Arc<str>) {
        let mut state = self.state();
        if state
            .workers
            .get(worker)
            .is_some_and(|counters| Arc::strong_count(counters) == 1)
        {
            state.workers.remove(worker);
        }
    }

    /// Wakes the claim of `worker`.
    pub(crate) fn notify_work(&self, worker: &str) {
        if let Some(counters) = self.state().workers.get(worker) {
            increment(&counters.work);
        }
    }

    /// Wakes the `signals` call of `worker`.
    pub(crate) fn notify_signal(&self, worker: &str) {
        if let Some(counters) = self.state().workers.get(worker) {
            increment(&counters.signals);
        }
    }

    /// Wakes the calls that wait until fewer executions are pending.
    pub(crate) fn notify_room(&self) {
        increment(&self.room);
    }

    /// Wakes every call except watchers. Each of them reads the store again, and so finds the changes whose events
    /// were lost.
    pub(crate) fn notify_all(&self) {
        for counters in self.state().workers.values() {
            increment(&counters.work);
            increment(&counters.signals);
        }
        self.notify_room();
    }

    /// Buffers events from now on, until the returned guard receives its record or is dropped.
    pub(crate) fn begin_watch(self: &Arc<Self>) -> PendingWatch {
        self.state().pending_watches += 1;
        PendingWatch(self.clone())
    }

    /// Delivers an event to the watchers of execution `id`.
    pub(crate) fn on_event(&self, entry: StreamId, id: ExecutionId, event: &Event) {
        let mut state = self.state();
        if state.pending_watches > 0 {
            state.buffered.push_back((entry, id, event.clone()));
        }
        let Some(watchers) = state.watchers.get_mut(&id) else {
            return;
        };
        watchers.retain_mut(|watcher| watcher.on_event(entry, event));
        let has_ended = matches!(event, Event::State(record) if record.state.is_terminal());
        if has_ended || watchers.is_empty() {
            state.watchers.remove(&id);
        }
    }

    /// Returns the executions that have watchers.
    pub(crate) fn watched(&self) -> Vec<ExecutionId> {
        self.state().watchers.keys().copied().collect()
    }

    /// Delivers a record that was read again because events may have been lost. `None` means that the execution no
    /// longer exists.
    ///
    /// Watchers that have already seen this update receive nothing.
    pub(crate) fn refresh(&self, id: ExecutionId, entry: StreamId, record: Option<Record>) {
        let mut state = self.state();
        let Some(record) = record else {
            state.watchers.remove(&id);
            return;
        };
        let has_ended = record.state.is_terminal();
        let updated = record.updated;
        let event = Event::State(Arc::new(record));
        if let Some(watchers) = state.watchers.get_mut(&id) {
            watchers.retain_mut(|watcher| {
                watcher.last_entry = watcher.last_entry.max(entry);
                if updated <= watcher.last_update {
                    return watcher.events.receiver_count() > 0;
                }
                watcher.last_update = updated;
                watcher.events.send(event.clone()).is_ok()
            });
        }
        if has_ended {
            state.watchers.remove(&id);
        }
    }
}

/// A `watch` call that waits for its record. Events are buffered until this guard is dropped.
pub(crate) struct PendingWatch(Arc<Notifier>);

impl PendingWatch {
    /// Returns the events of the execution after `entry`, the last inbox entry that `record` reflects.
    pub(crate) fn events(self, record: &Record, entry: StreamId) -> Events {
        let (events, receiver) = broadcast::channel(if record.state.is_terminal() {
            1
        } else {
            Events::BACKLOG
        });
        if record.state.is_terminal() {
            // Dropping the sender here ends the stream: a terminal state never changes.
            return Events::new(receiver);
        }
        let mut watcher = Watcher {
            last_entry: entry,
            last_update: record.updated,
            events,
        };
        // Replaying the buffer and registering the watcher happen under one lock, so that no event falls in between.
        let mut state = self.0.state();
        let mut has_ended = false;
        for (entry, id, event) in &state.buffered {
            if *id == record.id {
                let is_new = *entry > watcher.last_entry;
                watcher.on_event(*entry, event);
                has_ended |=
                    is_new && matches!(event, Event::State(record) if record.state.is_terminal());
            }
        }
        if !has_ended {
            state.watchers.entry(record.id).or_default().push(watcher);
        }
        // Dropping `self` locks the state again.
        drop(state);
        Events::new(receiver)
    }
}

impl Drop for PendingWatch {
    fn drop(&mut self) {
        let mut state = self.0.state();
        state.pending_watches -= 1;
        if state.pending_watches == 0 {
            state.buffered = VecDeque::new();
        }
    }
}
