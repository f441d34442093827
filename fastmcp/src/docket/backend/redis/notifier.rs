//! Those of this process who sleep until something happens in Redis, and how they are woken.

use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::{broadcast, watch};

use crate::docket::events::{Event, Events};
use crate::docket::model::delivery::Lease;
use crate::docket::model::record::{ExecutionId, Record};
use crate::docket::model::time::Timestamp;

/// The place of a word in a node's inbox.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Place(u64, u64);

impl Place {
    pub(crate) fn read(text: &str) -> Option<Self> {
        let (time, number) = text.split_once('-')?;
        Some(Self(time.parse().ok()?, number.parse().ok()?))
    }
}

impl std::fmt::Display for Place {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "{}-{}", self.0, self.1)
    }
}

/// What one worker of this process is woken by. Numbers that rise: who compares them before and after loses no ring.
#[derive(Debug, Default)]
pub(crate) struct Bell {
    pub(crate) work: watch::Sender<u64>,
    pub(crate) signals: watch::Sender<u64>,
    /// The signals that this worker has been told of.
    pub(crate) told: Mutex<HashSet<Lease>>,
    /// The claim whose answer was lost with its connection: the next one asks for the same.
    pub(crate) unanswered: Mutex<Option<String>>,
}

impl Bell {
    fn ring(number: &watch::Sender<u64>) {
        number.send_modify(|number| *number = number.wrapping_add(1));
    }
}

#[derive(Debug, Default)]
pub(crate) struct Hub {
    state: Mutex<State>,
    pub(crate) room: watch::Sender<u64>,
}

#[derive(Debug, Default)]
struct State {
    bells: HashMap<Arc<str>, Arc<Bell>>,
    watched: HashMap<ExecutionId, Vec<Watcher>>,
    /// How many `watch` calls wait for their record; as long as there are any, all events are kept for them.
    coming: usize,
    kept: VecDeque<(Place, ExecutionId, Event)>,
}

#[derive(Debug)]
struct Watcher {
    from: Place,
    seen: Timestamp,
    events: broadcast::Sender<Event>,
}

impl Watcher {
    /// Passes an event on; false when nobody listens any more.
    fn hear(&mut self, place: Place, event: &Event) -> bool {
        if place > self.from {
            self.from = place;
            if let Event::State(record) = event {
                self.seen = self.seen.max(record.updated);
            }
            return self.events.send(event.clone()).is_ok();
        }
        self.events.receiver_count() > 0
    }
}

impl Hub {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn bell(&self, worker: &Arc<str>) -> Arc<Bell> {
        self.state()
            .bells
            .entry(worker.clone())
            .or_default()
            .clone()
    }

    /// Forgets a worker that has taken its leave.
    pub(crate) fn forget(&self, worker: &Arc<str>) {
        let mut state = self.state();
        if state
            .bells
            .get(worker)
            .is_some_and(|bell| Arc::strong_count(bell) == 1)
        {
            state.bells.remove(worker);
        }
    }

    pub(crate) fn work(&self, worker: &str) {
        if let Some(bell) = self.state().bells.get(worker) {
            Bell::ring(&bell.work);
        }
    }

    pub(crate) fn signal(&self, worker: &str) {
        if let Some(bell) = self.state().bells.get(worker) {
            Bell::ring(&bell.signals);
        }
    }

    pub(crate) fn room(&self) {
        Bell::ring(&self.room);
    }

    /// Everybody looks for themselves; what this process was not told of is found that way.
    pub(crate) fn ring_all(&self) {
        for bell in self.state().bells.values() {
            Bell::ring(&bell.work);
            Bell::ring(&bell.signals);
        }
        self.room();
    }

    /// Keeps all events until the record is here.
    pub(crate) fn coming(self: &Arc<Self>) -> Coming {
        self.state().coming += 1;
        Coming(self.clone())
    }

    pub(crate) fn hear(&self, place: Place, id: ExecutionId, event: &Event) {
        let mut state = self.state();
        if state.coming > 0 {
            state.kept.push_back((place, id, event.clone()));
        }
        let Some(watchers) = state.watched.get_mut(&id) else {
            return;
        };
        watchers.retain_mut(|watcher| watcher.hear(place, event));
        let has_ended = matches!(event, Event::State(record) if record.state.is_terminal());
        if has_ended || watchers.is_empty() {
            state.watched.remove(&id);
        }
    }

    pub(crate) fn watched(&self) -> Vec<ExecutionId> {
        self.state().watched.keys().copied().collect()
    }

    /// What was read anew about an execution that is watched: told, where it is news.
    pub(crate) fn read_anew(&self, id: ExecutionId, place: Place, record: Option<Record>) {
        let mut state = self.state();
        let Some(record) = record else {
            state.watched.remove(&id);
            return;
        };
        let has_ended = record.state.is_terminal();
        let updated = record.updated;
        let event = Event::State(Arc::new(record));
        if let Some(watchers) = state.watched.get_mut(&id) {
            watchers.retain_mut(|watcher| {
                if updated <= watcher.seen {
                    watcher.from = watcher.from.max(place);
                    return watcher.events.receiver_count() > 0;
                }
                watcher.seen = updated;
                watcher.from = watcher.from.max(place);
                watcher.events.send(event.clone()).is_ok()
            });
        }
        if has_ended {
            state.watched.remove(&id);
        }
    }
}

/// A `watch` call that waits for its record.
pub(crate) struct Coming(Arc<Hub>);

impl Coming {
    /// The events of the execution from `place` on, where its record was read.
    pub(crate) fn events(self, record: &Record, place: Place) -> Events {
        let (events, receiver) = broadcast::channel(if record.state.is_terminal() {
            1
        } else {
            Events::BACKLOG
        });
        if record.state.is_terminal() {
            // The sender is dropped at once: there is nothing more to hear.
            return Events::new(receiver);
        }
        let mut watcher = Watcher {
            from: place,
            seen: record.updated,
            events,
        };
        let mut state = self.0.state();
        let mut has_ended = false;
        for (place, id, event) in &state.kept {
            if *id == record.id {
                let is_new = *place > watcher.from;
                watcher.hear(*place, event);
                has_ended |=
                    is_new && matches!(event, Event::State(record) if record.state.is_terminal());
            }
        }
        if !has_ended {
            state.watched.entry(record.id).or_default().push(watcher);
        }
        drop(state);
        Events::new(receiver)
    }
}

impl Drop for Coming {
    fn drop(&mut self) {
        let mut state = self.0.state();
        state.coming -= 1;
        if state.coming == 0 {
            state.kept = VecDeque::new();
        }
    }
}
