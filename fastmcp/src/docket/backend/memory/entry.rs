//! [`Entry`]: the storage of one execution in the memory backend.

use std::collections::{BTreeSet, HashSet};
use std::sync::Arc;

use bytes::Bytes;
use tokio::sync::broadcast;

use crate::docket::backend::memory::counts::{Counted, Tasks};
use crate::docket::events::Event;
use crate::docket::model::delivery::{Delivery, Lease};
use crate::docket::model::failure::Failure;
use crate::docket::model::journal::JournalEntry;
use crate::docket::model::key::{Key, Name};
use crate::docket::model::progress::ProgressReport;
use crate::docket::model::record::{ExecutionId, Incident, Record};
use crate::docket::model::retention::kept_bytes;
use crate::docket::model::state::StateMachine;
use crate::docket::model::submission::{Limits, Priority, Submission};
use crate::docket::model::time::Timestamp;

/// One execution. Data that most executions never have is stored in [`Extra`], to keep entries small.
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) key: Key,
    pub(super) task: Name,
    /// Emptied when the execution has ended, unless it can be replayed.
    pub(super) envelope: Bytes,
    pub(super) result: Bytes,
    pub(super) machine: StateMachine,
    pub(super) priority: Priority,
    /// The place in the order of all submissions.
    pub(super) sequence: u64,
    pub(super) submitted: Timestamp,
    pub(super) due: Timestamp,
    /// The time of this execution's valid item in the timetable. Its other items are stale.
    pub(super) wake_at: Timestamp,
    pub(super) run: Run,
    pub(super) ended: Timestamp,
    pub(super) updated: Timestamp,
    /// The bytes of the payload and the note when it was accepted.
    pub(super) size: usize,
    /// True while the execution is a dead letter, and can be submitted again.
    pub(super) is_dead_letter: bool,
    pub(super) counted: Counted,
    pub(super) extra: Option<Box<Extra>>,
}

/// The current or latest run.
#[derive(Debug)]
pub(super) struct Run {
    pub(super) worker: Option<Arc<str>>,
    pub(super) started: Timestamp,
    pub(super) lease_until: Timestamp,
    pub(super) max_deliveries: u32,
    /// The index in the list of running executions.
    pub(super) index: u32,
}

/// Data that few executions have.
#[derive(Debug, Default)]
pub(super) struct Extra {
    pub(super) limits: Option<Box<Limits>>,
    pub(super) events: Option<broadcast::Sender<Event>>,
    pub(super) history: Vec<Incident>,
    pub(super) progress: ProgressReport,
    pub(super) failure: Option<Failure>,
    pub(super) reason: Option<String>,
    pub(super) note: Option<Bytes>,
    pub(super) journal: Vec<JournalEntry>,
    /// The events that wake the execution while it is parked.
    pub(super) waits: Waits,
    /// The executions that wait for the end of this one, or have waited for it.
    pub(super) awaited_by: Vec<ExecutionId>,
    pub(super) owner: Option<Key>,
    /// The due time on the wall clock, if the caller or a schedule has set one.
    pub(super) wall_due: Option<Timestamp>,
    /// The timetable that set the due time.
    pub(super) timetable: Option<String>,
    /// The end of the retention, if the submission has set one.
    pub(super) keep_until: Option<Timestamp>,
    /// The replacement that waits until the current run has settled.
    pub(super) successor: Option<ExecutionId>,
    /// The running execution that this replacement waits for.
    pub(super) behind: Option<ExecutionId>,
    /// The execution whose cancellation cancels this one.
    pub(super) parent: Option<ExecutionId>,
    /// The executions that have not ended and are cancelled with this one.
    pub(super) children: BTreeSet<ExecutionId>,
    /// The workers that have no handler for the task.
    pub(super) declined_by: Vec<Arc<str>>,
    /// The only worker that may claim the execution, if there is an offer.
    pub(super) offered_to: Option<Arc<str>>,
    /// True if an offer keeps the turn of the owner, which counts it like a run.
    pub(super) keeps_turn: bool,
    /// True if the lane has released the execution for a free slot that it has not taken yet.
    pub(super) was_released: bool,
    /// True if the rate limit has assigned a start time.
    pub(super) has_start_time: bool,
}

/// The events that wake a suspended execution, without its time.
#[derive(Debug, Default)]
pub(super) struct Waits {
    pub(super) signals: bool,
    /// The executions that have not ended.
    pub(super) executions: HashSet<ExecutionId>,
}

impl Entry {
    pub(super) fn new(
        submission: Submission,
        due: Timestamp,
        now: Timestamp,
        sequence: u64,
        tasks: &mut Tasks,
    ) -> Self {
        let is_special = submission.limits.is_some()
            || submission.note.is_some()
            || submission.keep.is_some()
            || submission.timetable.is_some()
            || submission.owner.is_some();
        let machine = StateMachine::new(due <= now);
        Self {
            size: submission.size(),
            is_dead_letter: false,
            counted: tasks.count(&submission.task, machine.state()),
            key: submission.key.unwrap_or_else(Key::unique),
            task: submission.task,
            envelope: submission.payload,
            result: Bytes::new(),
            machine,
            priority: submission.priority,
            sequence,
            submitted: now,
            due,
            wake_at: Timestamp::EPOCH,
            run: Run {
                worker: None,
                started: Timestamp::EPOCH,
                lease_until: Timestamp::EPOCH,
                max_deliveries: 0,
                index: 0,
            },
            ended: Timestamp::EPOCH,
            updated: now,
            extra: is_special.then(|| {
                Box::new(Extra {
                    limits: submission.limits,
                    note: submission.note,
                    timetable: submission.timetable,
                    owner: submission.owner,
                    keep_until: submission.keep.map(|time| now + time),
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

    pub(super) fn journal(&self) -> &[JournalEntry] {
        self.extra.as_ref().map_or(&[], |extra| &extra.journal)
    }

    /// Deletes the envelope and the journal of an execution that does not run again.
    pub(super) fn clear_body(&mut self) {
        self.envelope = Bytes::new();
        self.clear_journal();
    }

    pub(super) fn clear_journal(&mut self) {
        if let Some(extra) = &mut self.extra {
            extra.journal = Vec::new();
        }
    }

    pub(super) fn owner(&self) -> Option<&Key> {
        self.extra.as_ref()?.owner.as_ref()
    }

    pub(super) fn keep_until(&self) -> Option<Timestamp> {
        self.extra.as_ref()?.keep_until
    }

    /// Adds an incident of the current run to the history.
    pub(super) fn record_incident(&mut self, at: Timestamp, what: String) {
        let incident = Incident {
            at,
            worker: self.run.worker.clone().unwrap_or_default(),
            attempt: self.machine.attempt(),
            delivery: self.machine.delivery(),
            what,
        };
        let history = &mut self.extra().history;
        if history.len() == Record::HISTORY {
            history.remove(0);
        }
        history.push(incident);
    }

    pub(super) fn lease(&self, id: ExecutionId) -> Lease {
        Lease {
            id,
            token: self.machine.token(),
        }
    }

    pub(super) fn delivery(&self, id: ExecutionId, now: Timestamp) -> Delivery {
        Delivery {
            lease: self.lease(id),
            key: self.key.clone(),
            task: self.task.clone(),
            envelope: self.envelope.clone(),
            note: self.note().cloned(),
            journal: self.journal().to_vec(),
            attempt: self.machine.attempt(),
            delivery: self.machine.delivery(),
            due: self.due,
            claimed: now,
        }
    }

    pub(super) fn record(&self, id: ExecutionId) -> Record {
        let extra = self.extra.as_deref();
        let set = |moment: Timestamp| (moment != Timestamp::EPOCH).then_some(moment);
        Record {
            id,
            key: self.key.clone(),
            task: self.task.clone(),
            state: self.machine.state(),
            attempt: self.machine.attempt(),
            delivery: self.machine.delivery(),
            priority: self.priority,
            submitted: self.submitted,
            due: self.due,
            started: set(self.run.started),
            updated: self.updated,
            ended: set(self.ended),
            worker: self.run.worker.clone(),
            cancelling: self.machine.is_cancelling() && !self.machine.state().is_terminal(),
            parked: self.machine.is_parked(),
            timetable: extra.and_then(|extra| extra.timetable.clone()),
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

    /// Counts the execution in its present state. Called after every change of the state.
    pub(super) fn count(&mut self) {
        self.counted.update(self.machine.state());
    }

    /// Returns the bytes of an ended execution.
    pub(super) fn kept_bytes(&self) -> usize {
        let journal: usize = self.journal().iter().map(JournalEntry::size).sum();
        let note = self.note().map_or(0, Bytes::len);
        let data = self.envelope.len() + self.result.len() + note + journal;
        match &self.extra {
            None => data,
            Some(extra) => kept_bytes(
                data,
                extra.failure.as_ref(),
                extra.reason.as_deref(),
                &extra.history,
            ),
        }
    }

    /// Updates the time of the last change, and sends the record to the subscribers, if there are any. Called after
    /// every change.
    pub(super) fn announce(&mut self, id: ExecutionId, now: Timestamp) {
        self.updated = now;
        self.count();
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
            // An error means that all subscribers are gone.
            let received = events.send(Event::State(record)).is_ok();
            if ended || !received {
                extra.events = None;
            }
        }
    }
}
