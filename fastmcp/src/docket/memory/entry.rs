//! One execution as the memory backend keeps it.

use std::sync::Arc;

use bytes::Bytes;
use tokio::sync::broadcast;

use crate::docket::backend::{Claimed, Hold, Message};
use crate::docket::events::Event;
use crate::docket::failure::Failure;
use crate::docket::life::Life;
use crate::docket::name::{Key, Name};
use crate::docket::progress::ProgressReport;
use crate::docket::record::{ExecutionId, Incident, Record};
use crate::docket::submission::{Limits, Priority};
use crate::docket::time::Timestamp;

/// One execution. What most executions never need is kept apart, in [`Extra`].
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) key: Key,
    pub(super) task: Name,
    /// Dropped when the execution has ended, unless it may be replayed.
    pub(super) body: Bytes,
    pub(super) result: Bytes,
    pub(super) life: Life,
    pub(super) priority: Priority,
    pub(super) submitted: Timestamp,
    pub(super) due: Timestamp,
    /// The moment for which it stands in the timetable; any other entry there is stale.
    pub(super) wake: Timestamp,
    pub(super) run: Run,
    pub(super) ended: Timestamp,
    pub(super) updated: Timestamp,
    pub(super) extra: Option<Box<Extra>>,
}

/// The present run, or the last one.
#[derive(Debug)]
pub(super) struct Run {
    pub(super) worker: Option<Arc<str>>,
    pub(super) started: Timestamp,
    pub(super) lease_until: Timestamp,
    pub(super) max_deliveries: u32,
    /// Its place in the list of the running.
    pub(super) seat: u32,
}

/// What few executions need.
#[derive(Debug, Default)]
pub(super) struct Extra {
    pub(super) limits: Option<Box<Limits>>,
    pub(super) events: Option<broadcast::Sender<Event>>,
    pub(super) history: Vec<Incident>,
    pub(super) progress: ProgressReport,
    pub(super) failure: Option<Failure>,
    pub(super) reason: Option<String>,
    pub(super) note: Option<Bytes>,
    /// When it is forgotten, where that is its own affair.
    pub(super) keep_until: Option<Timestamp>,
    /// The replacement that waits for the present run to settle.
    pub(super) successor: Option<ExecutionId>,
    /// The running execution that this replacement waits for.
    pub(super) behind: Option<ExecutionId>,
    /// The workers that do not know the task.
    pub(super) refused_by: Vec<Arc<str>>,
    /// The worker that it is offered to, and nobody else.
    pub(super) offered_to: Option<Arc<str>>,
    /// Whether it was let go from the line of its lane, and is yet to take its place.
    pub(super) was_let_go: bool,
    /// Whether a rate limit has given it its start time already.
    pub(super) has_start_time: bool,
}

impl Entry {
    pub(super) fn new(message: Message, due: Timestamp, now: Timestamp) -> Self {
        let is_special =
            message.limits.is_some() || message.note.is_some() || message.keep.is_some();
        Self {
            key: message.key,
            task: message.task,
            body: message.body,
            result: Bytes::new(),
            life: Life::begin(due <= now),
            priority: message.priority,
            submitted: now,
            due,
            wake: Timestamp::EPOCH,
            run: Run {
                worker: None,
                started: Timestamp::EPOCH,
                lease_until: Timestamp::EPOCH,
                max_deliveries: 0,
                seat: 0,
            },
            ended: Timestamp::EPOCH,
            updated: now,
            extra: is_special.then(|| {
                Box::new(Extra {
                    limits: message.limits,
                    note: message.note,
                    keep_until: message.keep.map(|time| now + time),
                    ..Extra::default()
                })
            }),
        }
    }

    pub(super) fn extra(&mut self) -> &mut Extra {
        self.extra.get_or_insert_default()
    }

    pub(super) fn limits(&self) -> Option<&Limits> {
        self.extra.as_ref()?.limits.as_deref()
    }

    pub(super) fn successor(&self) -> Option<ExecutionId> {
        self.extra.as_ref()?.successor
    }

    pub(super) fn note(&self) -> Option<&Bytes> {
        self.extra.as_ref()?.note.as_ref()
    }

    pub(super) fn keep_until(&self) -> Option<Timestamp> {
        self.extra.as_ref()?.keep_until
    }

    /// Writes down that something went wrong in the present run.
    pub(super) fn remember(&mut self, at: Timestamp, what: String) {
        let incident = Incident {
            at,
            worker: self.run.worker.clone().unwrap_or_default(),
            attempt: self.life.attempt(),
            delivery: self.life.delivery(),
            what,
        };
        let history = &mut self.extra().history;
        if history.len() == Record::HISTORY {
            history.remove(0);
        }
        history.push(incident);
    }

    pub(super) fn hold(&self, id: ExecutionId) -> Hold {
        Hold {
            id,
            token: self.life.token(),
        }
    }

    pub(super) fn claimed(&self, id: ExecutionId, now: Timestamp) -> Claimed {
        Claimed {
            hold: self.hold(id),
            key: self.key.clone(),
            task: self.task.clone(),
            body: self.body.clone(),
            note: self.note().cloned(),
            attempt: self.life.attempt(),
            delivery: self.life.delivery(),
            due: self.due,
            now,
        }
    }

    pub(super) fn record(&self, id: ExecutionId) -> Record {
        let extra = self.extra.as_deref();
        let told = |moment: Timestamp| (moment != Timestamp::EPOCH).then_some(moment);
        Record {
            id,
            key: self.key.clone(),
            task: self.task.clone(),
            state: self.life.state(),
            attempt: self.life.attempt(),
            delivery: self.life.delivery(),
            priority: self.priority,
            submitted: self.submitted,
            due: self.due,
            started: told(self.run.started),
            updated: self.updated,
            ended: told(self.ended),
            worker: self.run.worker.clone(),
            cancelling: self.life.is_cancelling() && !self.life.state().is_terminal(),
            parked: self.life.is_parked(),
            note: self.note().cloned(),
            progress: extra
                .map(|extra| extra.progress.clone())
                .unwrap_or_default(),
            result: (!self.result.is_empty()).then(|| self.result.clone()),
            failure: extra.and_then(|extra| extra.failure.clone()),
            reason: extra.and_then(|extra| extra.reason.clone()),
            history: extra.map(|extra| extra.history.clone()).unwrap_or_default(),
        }
    }

    /// Something has changed: tells the subscribers, where there are any, how this stands now.
    pub(super) fn announce(&mut self, id: ExecutionId, now: Timestamp) {
        self.updated = now;
        if self
            .extra
            .as_ref()
            .is_none_or(|extra| extra.events.is_none())
        {
            return;
        }
        let record = Arc::new(self.record(id));
        let ended = record.state.is_terminal();
        let extra = self.extra();
        if let Some(events) = &extra.events {
            // An error only says that nobody listens any more.
            let heard = events.send(Event::State(record)).is_ok();
            if ended || !heard {
                extra.events = None;
            }
        }
    }
}
