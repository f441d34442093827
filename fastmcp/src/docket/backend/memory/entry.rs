//! One execution as the memory backend keeps it.

use std::sync::Arc;

use bytes::Bytes;
use tokio::sync::broadcast;

use crate::docket::backend::call::{Claimed, Hold, Message};
use crate::docket::events::Event;
use crate::docket::model::failure::Failure;
use crate::docket::model::key::{Key, Name};
use crate::docket::model::record::{ExecutionId, Incident, Record};
use crate::docket::model::state::Life;
use crate::docket::model::submission::{Limits, Priority};
use crate::docket::model::time::Timestamp;
use crate::docket::progress::ProgressReport;

/// One execution. What most executions never need is kept apart, in [`Extra`].
#[derive(Debug)]
pub(crate) struct Entry {
    pub(crate) key: Key,
    pub(crate) task: Name,
    /// Dropped when the execution has ended, unless it may be replayed.
    pub(crate) body: Bytes,
    pub(crate) result: Bytes,
    pub(crate) life: Life,
    pub(crate) priority: Priority,
    pub(crate) submitted: Timestamp,
    pub(crate) due: Timestamp,
    /// The moment for which it stands in the timetable; any other entry there is stale.
    pub(crate) wake: Timestamp,
    pub(crate) run: Run,
    pub(crate) ended: Timestamp,
    pub(crate) updated: Timestamp,
    pub(crate) extra: Option<Box<Extra>>,
}

/// The present run, or the last one.
#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) worker: Option<Arc<str>>,
    pub(crate) started: Timestamp,
    pub(crate) lease_until: Timestamp,
    pub(crate) max_deliveries: u32,
    /// Its place in the list of the running.
    pub(crate) seat: u32,
}

/// What few executions need.
#[derive(Debug, Default)]
pub(crate) struct Extra {
    pub(crate) limits: Option<Box<Limits>>,
    pub(crate) events: Option<broadcast::Sender<Event>>,
    pub(crate) history: Vec<Incident>,
    pub(crate) progress: ProgressReport,
    pub(crate) failure: Option<Failure>,
    pub(crate) reason: Option<String>,
    pub(crate) note: Option<Bytes>,
    /// When it is forgotten, where that is its own affair.
    pub(crate) keep_until: Option<Timestamp>,
    /// The replacement that waits for the present run to settle.
    pub(crate) successor: Option<ExecutionId>,
    /// The running execution that this replacement waits for.
    pub(crate) behind: Option<ExecutionId>,
    /// The workers that do not know the task.
    pub(crate) refused_by: Vec<Arc<str>>,
    /// The worker that it is offered to, and nobody else.
    pub(crate) offered_to: Option<Arc<str>>,
    /// Whether it was let go from the line of its lane, and is yet to take its place.
    pub(crate) was_let_go: bool,
    /// Whether a rate limit has given it its start time already.
    pub(crate) has_start_time: bool,
}

impl Entry {
    pub(crate) fn new(message: Message, due: Timestamp, now: Timestamp) -> Self {
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

    pub(crate) fn extra(&mut self) -> &mut Extra {
        self.extra.get_or_insert_default()
    }

    pub(crate) fn limits(&self) -> Option<&Limits> {
        self.extra.as_ref()?.limits.as_deref()
    }

    pub(crate) fn successor(&self) -> Option<ExecutionId> {
        self.extra.as_ref()?.successor
    }

    pub(crate) fn note(&self) -> Option<&Bytes> {
        self.extra.as_ref()?.note.as_ref()
    }

    pub(crate) fn keep_until(&self) -> Option<Timestamp> {
        self.extra.as_ref()?.keep_until
    }

    /// Writes down that something went wrong in the present run.
    pub(crate) fn remember(&mut self, at: Timestamp, what: String) {
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

    pub(crate) fn hold(&self, id: ExecutionId) -> Hold {
        Hold {
            id,
            token: self.life.token(),
        }
    }

    pub(crate) fn claimed(&self, id: ExecutionId, now: Timestamp) -> Claimed {
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

    pub(crate) fn record(&self, id: ExecutionId) -> Record {
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
    pub(crate) fn announce(&mut self, id: ExecutionId, now: Timestamp) {
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
