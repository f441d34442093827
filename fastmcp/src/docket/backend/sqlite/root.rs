//! [`Root`]: the row of the docket itself, with its counters.

use std::ops::Range;

use rusqlite::{Connection, Result, params};

use crate::docket::backend::sqlite::columns::{micros, moment};
use crate::docket::backend::sqlite::place::Place;
use crate::docket::model::state::ExecutionState;
use crate::docket::model::submission::Priority;
use crate::docket::model::time::Timestamp;

/// The row of the table `docket`. It is read at the beginning of a transaction and written at its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Root {
    pub(super) last_id: i64,
    pub(super) last_token: i64,
    last_back: i64,
    last_front: i64,
    pub(super) scheduled: i64,
    pub(super) queued: i64,
    pub(super) running: i64,
    pub(super) ended: i64,
    pub(super) ended_bytes: i64,
    pub(super) dead: i64,
    pub(super) dead_bytes: i64,
    pub(super) pending_bytes: i64,
    pub(super) last_turn: i64,
    pub(super) owner_is_next: bool,
    pub(super) paused: bool,
    pub(super) clock: Timestamp,
    pub(super) clock_skew: i64,
}

/// The distance between the ranks of two priorities.
const PER_PRIORITY: i64 = 1 << 60;

impl Root {
    pub(super) fn read(sql: &Connection) -> Result<Self> {
        let mut query = sql.prepare_cached(
            "SELECT last_id, last_token, last_back, last_front, scheduled, queued, running, ended, dead, \
             pending_bytes, last_turn, owner_is_next, paused, clock, clock_skew, \
             ended_bytes, dead_bytes FROM docket",
        )?;
        query.query_row([], |row| {
            Ok(Self {
                last_id: row.get(0)?,
                last_token: row.get(1)?,
                last_back: row.get(2)?,
                last_front: row.get(3)?,
                scheduled: row.get(4)?,
                queued: row.get(5)?,
                running: row.get(6)?,
                ended: row.get(7)?,
                dead: row.get(8)?,
                pending_bytes: row.get(9)?,
                last_turn: row.get(10)?,
                owner_is_next: row.get(11)?,
                paused: row.get(12)?,
                clock: moment(row.get(13)?),
                clock_skew: row.get(14)?,
                ended_bytes: row.get(15)?,
                dead_bytes: row.get(16)?,
            })
        })
    }

    pub(super) fn write(&self, sql: &Connection) -> Result<()> {
        let mut update = sql.prepare_cached(
            "UPDATE docket SET last_id = ?1, last_token = ?2, last_back = ?3, last_front = ?4, scheduled = ?5, \
             queued = ?6, running = ?7, ended = ?8, dead = ?9, pending_bytes = ?10, last_turn = ?11, \
             owner_is_next = ?12, paused = ?13, clock = ?14, clock_skew = ?15, ended_bytes = ?16, \
             dead_bytes = ?17",
        )?;
        update.execute(params![
            self.last_id,
            self.last_token,
            self.last_back,
            self.last_front,
            self.scheduled,
            self.queued,
            self.running,
            self.ended,
            self.dead,
            self.pending_bytes,
            self.last_turn,
            self.owner_is_next,
            self.paused,
            micros(self.clock),
            self.clock_skew,
            self.ended_bytes,
            self.dead_bytes,
        ])?;
        Ok(())
    }

    /// Returns a new execution number. Numbers and tokens are at least the clock's time. If the file loses its last
    /// transactions in a power cut, the counters go back, but no number or token is issued twice, so a run from before
    /// the power cut stays fenced.
    pub(super) fn next_id(&mut self, now: Timestamp) -> u64 {
        self.last_id = (self.last_id + 1).max(micros(now));
        self.last_id.cast_unsigned()
    }

    pub(super) fn next_token(&mut self, now: Timestamp) -> u64 {
        self.last_token = (self.last_token + 1).max(micros(now));
        self.last_token.cast_unsigned()
    }

    /// Returns a position after all others.
    pub(super) fn back(&mut self) -> i64 {
        self.last_back += 1;
        self.last_back
    }

    /// Returns a position before all others.
    pub(super) fn front(&mut self) -> i64 {
        self.last_front -= 1;
        self.last_front
    }

    /// The number of executions that are scheduled, queued or running.
    pub(super) fn pending(&self) -> usize {
        usize::try_from(self.scheduled + self.queued + self.running).unwrap_or_default()
    }

    /// Counts an execution in its state and place, or, with -1, takes it out of the counters. `bytes` is its size after its
    /// end.
    pub(super) fn count(&mut self, state: ExecutionState, place: &Place, bytes: i64, by: i64) {
        match state {
            ExecutionState::Scheduled => self.scheduled += by,
            ExecutionState::Queued => self.queued += by,
            ExecutionState::Running => self.running += by,
            _ => match place {
                Place::Ended => {
                    self.ended += by;
                    self.ended_bytes += by * bytes;
                }
                Place::Dead => {
                    self.dead += by;
                    self.dead_bytes += by * bytes;
                }
                _ => {}
            },
        }
    }
}

/// Returns the ranks of a priority in the queue of ready executions.
pub(super) fn ready_ranks(priority: Priority) -> Range<i64> {
    let first = (priority as i64) * PER_PRIORITY;
    first..first + PER_PRIORITY
}

/// Returns the rank in the queue of ready executions: its priority comes before its position.
pub(super) fn ready_rank(priority: Priority, position: i64) -> i64 {
    (priority as i64) * PER_PRIORITY + PER_PRIORITY / 2 + position
}
