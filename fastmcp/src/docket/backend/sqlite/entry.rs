//! [`Entry`]: one execution, as it is read from and written to its row.

use std::sync::Arc;

use bytes::Bytes;
use rusqlite::{Connection, OptionalExtension, Result, Row, params};

use crate::docket::backend::sqlite::columns::{
    counter, history, history_json, json, micros, moment, number, parsed, priority, signed, size,
    state, state_name,
};
use crate::docket::backend::sqlite::place::Place;
use crate::docket::model::delivery::{Delivery, Lease};
use crate::docket::model::failure::Failure;
use crate::docket::model::journal::JournalEntry;
use crate::docket::model::key::{Key, Name};
use crate::docket::model::progress::ProgressReport;
use crate::docket::model::record::{ExecutionId, Incident, Record};
use crate::docket::model::retention::kept_bytes;
use crate::docket::model::state::{ExecutionState, StateMachine};
use crate::docket::model::submission::{Limits, Priority, Submission};
use crate::docket::model::time::Timestamp;

/// One execution. A change takes effect when the entry is saved.
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) id: ExecutionId,
    pub(super) key: Key,
    pub(super) task: Name,
    pub(super) machine: StateMachine,
    pub(super) place: Place,
    pub(super) rank: i64,
    pub(super) priority: Priority,
    pub(super) submitted: Timestamp,
    pub(super) due: Timestamp,
    pub(super) wall_due: Option<Timestamp>,
    pub(super) updated: Timestamp,
    pub(super) started: Option<Timestamp>,
    pub(super) ended: Option<Timestamp>,
    pub(super) worker: Option<Arc<str>>,
    pub(super) max_deliveries: u32,
    pub(super) size: usize,
    /// The bytes of an ended execution.
    pub(super) kept_bytes: i64,
    pub(super) owner: Option<Key>,
    pub(super) limits: Option<Box<Limits>>,
    pub(super) timetable: Option<String>,
    pub(super) keep_until: Option<Timestamp>,
    pub(super) successor: Option<ExecutionId>,
    pub(super) behind: Option<ExecutionId>,
    pub(super) declined_by: Vec<Arc<str>>,
    pub(super) offered_to: Option<Arc<str>>,
    pub(super) was_released: bool,
    pub(super) has_start_time: bool,
    pub(super) progress: Option<ProgressReport>,
    pub(super) failure: Option<Failure>,
    pub(super) reason: Option<String>,
    pub(super) history: Vec<Incident>,
    pub(super) note: Option<Bytes>,
    pub(super) result: Option<Bytes>,
    /// The number of entries in its journal.
    pub(super) entries: i64,
    /// True if another execution waits for its end, or has waited for it.
    pub(super) is_awaited: bool,
    /// The execution whose cancellation cancels this one, until this one has ended.
    pub(super) parent: Option<ExecutionId>,
    /// The payload to write; `None` leaves the stored one as it is.
    pub(super) new_payload: Option<Bytes>,
    /// The state, place and kept bytes in the row, for the counters.
    stored: Option<Stored>,
}

/// The counted values of a row.
#[derive(Debug, Clone)]
pub(super) struct Stored {
    pub(super) state: ExecutionState,
    pub(super) place: Place,
    pub(super) kept_bytes: i64,
}

/// The columns that [`Entry`] reads, without the payload: many steps do not need it, and it may be large.
macro_rules! columns {
    () => {
        "id, key, task, state, place, rank, priority, token, attempt, delivery, cancelling, submitted, due, wall_due, \
         updated, started, ended, worker, max_deliveries, size, owner, limits, timetable, keep_until, successor, \
         behind, declined_by, offered_to, was_released, has_start_time, progress, failure, reason, history, note, \
         result, kept_bytes, entries, awaited, parent"
    };
}
pub(super) use columns;

/// The index of the payload in a query of these columns and the payload.
const PAYLOAD: usize = 40;

const FIND: &str = concat!("SELECT ", columns!(), " FROM executions WHERE id = ?1");

const INSERT: &str = "INSERT INTO executions (id, key, holds_key, task, state, place, rank, priority, token, attempt, \
     delivery, cancelling, submitted, due, wall_due, updated, max_deliveries, size, owner, limits, timetable, \
     keep_until, alarm, behind, was_released, has_start_time, note, payload, kept_bytes, parent) \
     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, 0, 1, 0, 0, ?9, ?10, ?11, ?9, 0, ?12, ?13, ?14, ?15, ?16, ?16, ?17, 0, \
     0, ?18, ?19, 0, ?20) ON CONFLICT (key) WHERE holds_key = 1 DO NOTHING";

/// The statement that writes everything that changes during the life of an execution. It leaves out the columns of the
/// indexes by key and by alarm, because SQLite would write these indexes again.
macro_rules! update {
    ($more:literal) => {
        concat!(
            "UPDATE executions SET state = ?2, place = ?3, rank = ?4, token = ?5, attempt = ?6, delivery = ?7, \
             cancelling = ?8, due = ?9, wall_due = ?10, updated = ?11, started = ?12, ended = ?13, worker = ?14, \
             max_deliveries = ?15, timetable = ?16, successor = ?17, behind = ?18, declined_by = ?19, \
             offered_to = ?20, was_released = ?21, has_start_time = ?22, progress = ?23, failure = ?24, \
             reason = ?25, history = ?26, note = ?27, result = ?28, kept_bytes = ?29",
            $more,
            " WHERE id = ?1"
        )
    };
}

impl Entry {
    /// Creates the entry of a submission, which is in no place yet.
    pub(super) fn new(
        id: ExecutionId,
        submission: Submission,
        due: Timestamp,
        now: Timestamp,
    ) -> Self {
        Self {
            id,
            size: submission.size(),
            key: submission.key.unwrap_or_else(Key::unique),
            task: submission.task,
            machine: StateMachine::new(due <= now),
            place: Place::Parked,
            rank: 0,
            priority: submission.priority,
            submitted: now,
            due,
            wall_due: None,
            updated: now,
            started: None,
            ended: None,
            worker: None,
            max_deliveries: 0,
            kept_bytes: 0,
            owner: submission.owner,
            limits: submission.limits,
            timetable: submission.timetable,
            keep_until: submission.keep.map(|time| now + time),
            successor: None,
            behind: None,
            declined_by: Vec::new(),
            offered_to: None,
            was_released: false,
            has_start_time: false,
            progress: None,
            failure: None,
            reason: None,
            history: Vec::new(),
            note: submission.note,
            result: None,
            entries: 0,
            is_awaited: false,
            parent: submission.parent.map(ExecutionId),
            new_payload: Some(submission.payload),
            stored: None,
        }
    }

    pub(super) fn find(sql: &Connection, id: ExecutionId) -> Result<Option<Self>> {
        sql.prepare_cached(FIND)?
            .query_row([number(id.0)], Self::read)
            .optional()
    }

    /// Reads a row of [`columns!`].
    pub(super) fn read(row: &Row<'_>) -> Result<Self> {
        let text =
            |column: usize| -> Result<Option<&str>> { Ok(row.get_ref(column)?.as_str_or_null()?) };
        let bytes = |column: usize| -> Result<Option<Bytes>> {
            let value = row.get_ref(column)?.as_blob_or_null()?;
            Ok(value.map(Bytes::copy_from_slice))
        };
        let time = |column: usize| -> Result<Option<Timestamp>> {
            Ok(row.get::<_, Option<i64>>(column)?.map(moment))
        };
        let id = |column: usize| -> Result<Option<ExecutionId>> {
            let id = row.get::<_, Option<i64>>(column)?;
            Ok(id.map(|id| ExecutionId(id.cast_unsigned())))
        };
        let state = state(3, text(3)?.unwrap_or_default())?;
        let place = Place::from_name(text(4)?.unwrap_or_default());
        let kept_bytes = row.get(36)?;
        Ok(Self {
            id: id(0)?.unwrap_or(ExecutionId(0)),
            key: Key::from(text(1)?.unwrap_or_default()),
            task: Name::from(text(2)?.unwrap_or_default()),
            machine: StateMachine::restore(
                state,
                row.get::<_, i64>(7)?.cast_unsigned(),
                counter(row.get(8)?),
                counter(row.get(9)?),
                row.get(10)?,
                matches!(place, Place::Parked | Place::Sleeping)
                    && state == ExecutionState::Scheduled,
            ),
            rank: row.get(5)?,
            priority: priority(row.get(6)?),
            submitted: moment(row.get(11)?),
            due: moment(row.get(12)?),
            wall_due: time(13)?,
            updated: moment(row.get(14)?),
            started: time(15)?,
            ended: time(16)?,
            worker: text(17)?.map(Arc::from),
            max_deliveries: counter(row.get(18)?),
            size: size(row.get(19)?),
            kept_bytes,
            owner: text(20)?.map(Key::from),
            limits: parsed(text(21)?),
            timetable: text(22)?.map(str::to_owned),
            keep_until: time(23)?,
            successor: id(24)?,
            behind: id(25)?,
            declined_by: parsed::<Vec<String>>(text(26)?)
                .unwrap_or_default()
                .into_iter()
                .map(Arc::from)
                .collect(),
            offered_to: text(27)?.map(Arc::from),
            was_released: row.get(28)?,
            has_start_time: row.get(29)?,
            progress: parsed(text(30)?),
            failure: parsed(text(31)?),
            reason: text(32)?.map(str::to_owned),
            history: history(text(33)?),
            note: bytes(34)?,
            result: bytes(35)?,
            entries: row.get(37)?,
            is_awaited: row.get(38)?,
            parent: id(39)?,
            new_payload: None,
            stored: Some(Stored {
                state,
                place: place.clone(),
                kept_bytes,
            }),
            place,
        })
    }

    /// Reads a row of [`columns!`] and the payload.
    pub(super) fn read_with_payload(row: &Row<'_>) -> Result<(Self, Bytes)> {
        let payload = row.get_ref(PAYLOAD)?.as_blob_or_null()?.unwrap_or_default();
        Ok((Self::read(row)?, Bytes::copy_from_slice(payload)))
    }

    /// Inserts the row of a new execution. Returns false if another execution holds its key.
    pub(super) fn insert(&mut self, sql: &Connection, holds_key: bool) -> Result<bool> {
        let payload = self.new_payload.take().unwrap_or_default();
        let inserted = sql.prepare_cached(INSERT)?.execute(params![
            number(self.id.0),
            &*self.key,
            holds_key,
            &*self.task,
            state_name(self.machine.state()),
            self.place.name(),
            self.rank,
            self.priority as i64,
            micros(self.submitted),
            micros(self.due),
            self.wall_due.map(micros),
            signed(self.size),
            self.owner.as_deref(),
            self.limits.as_deref().and_then(json),
            self.timetable,
            self.keep_until.map(micros),
            self.behind.map(|id| number(id.0)),
            self.note.as_deref(),
            &*payload,
            self.parent.map(|id| number(id.0)),
        ])?;
        self.stored = Some(self.counted());
        Ok(inserted == 1)
    }

    /// Writes the row. Returns the counted values that were stored before.
    pub(super) fn update(&mut self, sql: &Connection) -> Result<Option<Stored>> {
        let declined_by = match &self.declined_by[..] {
            [] => None,
            names => json(&names.iter().map(|name| &**name).collect::<Vec<_>>()),
        };
        let new_payload = self.new_payload.take();
        let mut update = match &new_payload {
            None => sql.prepare_cached(update!(""))?,
            Some(_) => sql.prepare_cached(update!(", payload = ?30"))?,
        };
        let values = params![
            number(self.id.0),
            state_name(self.machine.state()),
            self.place.name(),
            self.rank,
            number(self.machine.token()),
            self.machine.attempt(),
            self.machine.delivery(),
            self.machine.is_cancelling(),
            micros(self.due),
            self.wall_due.map(micros),
            micros(self.updated),
            self.started.map(micros),
            self.ended.map(micros),
            self.worker.as_deref(),
            self.max_deliveries,
            self.timetable,
            self.successor.map(|id| number(id.0)),
            self.behind.map(|id| number(id.0)),
            declined_by,
            self.offered_to.as_deref(),
            self.was_released,
            self.has_start_time,
            self.progress.as_ref().and_then(json),
            self.failure.as_ref().and_then(json),
            self.reason,
            history_json(&self.history),
            self.note.as_deref(),
            self.result.as_deref(),
            self.kept_bytes,
            new_payload.as_deref(),
        ];
        let count = values.len() - usize::from(new_payload.is_none());
        update.execute(&values[..count])?;
        let counted = self.counted();
        Ok(self.stored.replace(counted))
    }

    fn counted(&self) -> Stored {
        Stored {
            state: self.machine.state(),
            place: self.place.clone(),
            kept_bytes: self.kept_bytes,
        }
    }

    /// Returns the bytes of an ended execution. Only a dead letter has a payload.
    pub(super) fn size_at_end(&self, is_dead_letter: bool) -> i64 {
        let length = |bytes: &Option<Bytes>| bytes.as_ref().map_or(0, Bytes::len);
        let note = length(&self.note);
        // The size that was accepted includes the note.
        let data = if is_dead_letter {
            self.size.max(note)
        } else {
            note
        };
        let data = data + length(&self.result);
        let (failure, reason) = (self.failure.as_ref(), self.reason.as_deref());
        signed(kept_bytes(data, failure, reason, &self.history))
    }

    /// Returns the counted values of the row; `None` for a new execution.
    pub(super) fn stored(&self) -> Option<&Stored> {
        self.stored.as_ref()
    }

    pub(super) fn is_waiting(&self) -> bool {
        matches!(
            self.machine.state(),
            ExecutionState::Scheduled | ExecutionState::Queued
        )
    }

    pub(super) fn lease(&self) -> Lease {
        Lease {
            id: self.id,
            token: self.machine.token(),
        }
    }

    /// Adds an incident of the current run to the history.
    pub(super) fn record_incident(&mut self, at: Timestamp, what: String) {
        if self.history.len() >= Record::HISTORY {
            self.history.remove(0);
        }
        self.history.push(Incident {
            at,
            worker: self.worker.clone().unwrap_or_default(),
            attempt: self.machine.attempt(),
            delivery: self.machine.delivery(),
            what,
        });
    }

    pub(super) fn delivery(
        &self,
        envelope: Bytes,
        journal: Vec<JournalEntry>,
        now: Timestamp,
    ) -> Delivery {
        Delivery {
            lease: self.lease(),
            key: self.key.clone(),
            task: self.task.clone(),
            envelope,
            note: self.note.clone(),
            journal,
            attempt: self.machine.attempt(),
            delivery: self.machine.delivery(),
            due: self.due,
            claimed: now,
        }
    }

    pub(super) fn record(&self) -> Record {
        Record {
            id: self.id,
            key: self.key.clone(),
            task: self.task.clone(),
            state: self.machine.state(),
            attempt: self.machine.attempt(),
            delivery: self.machine.delivery(),
            priority: self.priority,
            submitted: self.submitted,
            due: self.due,
            started: self.started,
            updated: self.updated,
            ended: self.ended,
            worker: self.worker.clone(),
            cancelling: self.machine.is_cancelling() && !self.machine.state().is_terminal(),
            parked: self.machine.is_parked(),
            timetable: self.timetable.clone(),
            note: self.note.clone(),
            progress: self.progress.clone().unwrap_or_default(),
            result: self.result.clone(),
            failure: self.failure.clone(),
            reason: self.reason.clone(),
            history: self.history.clone(),
        }
    }
}
