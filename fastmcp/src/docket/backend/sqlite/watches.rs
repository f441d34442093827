//! [`Watches`]: the executions that calls of this process watch.

use std::collections::HashMap;
use std::sync::Arc;

use tokio::sync::broadcast;

use crate::docket::backend::sqlite::effects::Effect;
use crate::docket::events::{Event, Events};
use crate::docket::model::progress::ProgressReport;
use crate::docket::model::record::{ExecutionId, Record};
use crate::docket::model::state::ExecutionState;
use crate::docket::model::time::Timestamp;

/// The senders of events, by execution.
#[derive(Debug, Default)]
pub(super) struct Watches {
    watches: HashMap<ExecutionId, Watch>,
    sweep_above: usize,
}

#[derive(Debug)]
struct Watch {
    sender: broadcast::Sender<Event>,
    /// The execution at the last event, to find the changes of other processes.
    state: ExecutionState,
    updated: Timestamp,
    progress: ProgressReport,
}

/// The number of watches below which those without a subscriber are not swept.
const SWEEP_FROM: usize = 256;

impl Watches {
    pub(super) fn is_empty(&self) -> bool {
        self.watches.is_empty()
    }

    pub(super) fn contains(&self, id: ExecutionId) -> bool {
        !self.watches.is_empty() && self.watches.contains_key(&id)
    }

    /// Prepares the events of an execution that has not ended.
    pub(super) fn open(&mut self, record: &Record) {
        if self.watches.len() > self.sweep_above.max(SWEEP_FROM) {
            self.sweep();
            self.sweep_above = self.watches.len() * 2;
        }
        self.watches.entry(record.id).or_insert_with(|| Watch {
            sender: broadcast::channel(Events::BACKLOG).0,
            state: record.state,
            updated: record.updated,
            progress: record.progress.clone(),
        });
    }

    /// Forgets the executions without a subscriber.
    pub(super) fn sweep(&mut self) {
        self.watches
            .retain(|_, watch| watch.sender.receiver_count() > 0);
    }

    pub(super) fn deliver(&mut self, effects: Vec<Effect>) {
        for effect in effects {
            match effect {
                Effect::Send(id, event) => self.send(id, event),
                Effect::Subscribe(record, subscription) => {
                    if let Some(watch) = self.watches.get(&record.id) {
                        subscription.fill(Events::new(watch.sender.subscribe()));
                    }
                }
            }
        }
    }

    /// Sends an event. The stream ends with the execution.
    fn send(&mut self, id: ExecutionId, event: Event) {
        let Some(watch) = self.watches.get_mut(&id) else {
            return;
        };
        let mut has_ended = false;
        match &event {
            Event::State(record) => {
                has_ended = record.state.is_terminal();
                watch.state = record.state;
                watch.updated = record.updated;
                watch.progress = record.progress.clone();
            }
            Event::Progress(progress) => watch.progress = progress.clone(),
        }
        // An error means that all subscribers are gone. A subscription of the same transaction may still follow, so
        // the watch is left to the sweep.
        let _ = watch.sender.send(event);
        if has_ended {
            self.watches.remove(&id);
        }
    }

    /// Ends the stream of an execution that no longer exists.
    pub(super) fn close(&mut self, id: ExecutionId) {
        self.watches.remove(&id);
    }

    pub(super) fn ids(&self) -> Vec<ExecutionId> {
        self.watches.keys().copied().collect()
    }

    /// Returns the events for the changes that another process has made since the last event.
    pub(super) fn changes(&self, record: Record) -> Vec<Event> {
        let Some(watch) = self.watches.get(&record.id) else {
            return Vec::new();
        };
        let mut events = Vec::new();
        if record.progress != watch.progress {
            events.push(Event::Progress(record.progress.clone()));
        }
        let is_progress_only = record.state == watch.state && !events.is_empty();
        if record.state != watch.state || (record.updated > watch.updated && !is_progress_only) {
            events.push(Event::State(Arc::new(record)));
        }
        events
    }
}
