//! [`Counts`]: the changes of the table `tasks` in one transaction.

use std::collections::HashMap;

use rusqlite::{Connection, Result, params};

use crate::docket::backend::sqlite::columns::size;
use crate::docket::model::key::Name;
use crate::docket::model::state::ExecutionState;
use crate::docket::model::stats::MAX_TASKS;
use crate::docket::model::time::Timestamp;

/// The changes by task. They are written once for each transaction, and not once for each execution.
#[derive(Debug, Default)]
pub(super) struct Counts {
    by_task: HashMap<Name, Change>,
}

#[derive(Debug, Default)]
struct Change {
    states: [i64; 7],
    started: i64,
    /// The lateness of the latest start, and the sum, in microseconds.
    lateness: i64,
    total_lateness: i64,
}

impl Counts {
    /// Counts an execution in a state, or, with -1, takes it out.
    pub(super) fn count(&mut self, task: &Name, state: ExecutionState, by: i64) {
        self.of(task).states[state as usize] += by;
    }

    /// Counts the start of an execution that was due at `due`.
    pub(super) fn started(&mut self, task: &Name, due: Timestamp, now: Timestamp) {
        let lateness = i64::try_from(now.since(due).as_micros()).unwrap_or(i64::MAX);
        let change = self.of(task);
        change.started += 1;
        change.lateness = lateness;
        change.total_lateness = change.total_lateness.saturating_add(lateness);
    }

    fn of(&mut self, task: &Name) -> &mut Change {
        self.by_task.entry(task.clone()).or_default()
    }

    /// Writes the changes of this transaction.
    pub(super) fn write(&mut self, sql: &Connection) -> Result<()> {
        for (task, change) in std::mem::take(&mut self.by_task) {
            if change.states == [0; 7] && change.started == 0 {
                continue;
            }
            let mut update = sql.prepare_cached(
                "UPDATE tasks SET scheduled = scheduled + ?2, queued = queued + ?3, running = running + ?4, \
                 completed = completed + ?5, failed = failed + ?6, cancelled = cancelled + ?7, dead = dead + ?8, \
                 started = started + ?9, lateness = CASE ?9 WHEN 0 THEN lateness ELSE ?10 END, \
                 total_lateness = min(total_lateness + ?11, 1 << 62) WHERE task = ?1",
            )?;
            let [
                scheduled,
                queued,
                running,
                completed,
                failed,
                cancelled,
                dead,
            ] = change.states;
            let values = params![
                &*task,
                scheduled,
                queued,
                running,
                completed,
                failed,
                cancelled,
                dead,
                change.started,
                change.lateness,
                change.total_lateness.min(1 << 62),
            ];
            if update.execute(values)? == 0 {
                make_room_for_task(sql)?;
                sql.prepare_cached(
                    "INSERT INTO tasks VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
                )?
                .execute(values)?;
            }
        }
        Ok(())
    }
}

/// Forgets the tasks without executions if there are many.
fn make_room_for_task(sql: &Connection) -> Result<()> {
    let count: i64 = sql.query_row("SELECT count(*) FROM tasks", [], |row| row.get(0))?;
    if size(count) >= MAX_TASKS {
        sql.execute(
            "DELETE FROM tasks WHERE scheduled + queued + running + completed + failed + cancelled + dead = 0",
            [],
        )?;
    }
    Ok(())
}
