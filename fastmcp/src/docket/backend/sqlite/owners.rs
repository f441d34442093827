//! The owners of executions: their counters, and the order in which they take turns.

use rusqlite::{OptionalExtension, Result};

use crate::docket::backend::sqlite::columns::{signed, size};
use crate::docket::backend::sqlite::entry::{Entry, Stored};
use crate::docket::backend::sqlite::place::Place;
use crate::docket::backend::sqlite::store::Store;
use crate::docket::model::key::Key;
use crate::docket::model::state::ExecutionState;
use crate::docket::model::submission::Priority;

/// The share of one execution in the counters of its owner.
fn counters(at: Option<&Stored>, priority: Priority) -> [i64; 5] {
    let Some(Stored { state, place, .. }) = at else {
        return [0; 5];
    };
    let is_ready = matches!(place, Place::ReadyOf(_));
    // An offer keeps the turn of its owner: the run only moves to another worker.
    let has_turn = *state == ExecutionState::Running || *place == Place::Offered;
    let ready = |of: Priority| i64::from(is_ready && priority == of);
    [
        i64::from(!state.is_terminal()),
        i64::from(has_turn),
        ready(Priority::High),
        ready(Priority::Normal),
        ready(Priority::Low),
    ]
}

impl Store<'_> {
    /// Counts an execution for its owner. An owner waits since the last start or end of one of its runs, or since its
    /// queue became non-empty.
    pub(super) fn count_for_owner(
        &mut self,
        entry: &Entry,
        before: Option<&Stored>,
        after: Option<&Stored>,
    ) -> Result<()> {
        let Some(owner) = &entry.owner else {
            return Ok(());
        };
        let (before, after) = (
            counters(before, entry.priority),
            counters(after, entry.priority),
        );
        if before == after {
            return Ok(());
        }
        let [pending, running, high, normal, low] =
            std::array::from_fn(|index| after[index] - before[index]);
        self.root.last_turn += 1;
        self.sql
            .prepare_cached(
                "INSERT INTO owners VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT (owner) DO UPDATE SET \
                 pending = pending + ?2, running = max(running + ?3, 0), high = high + ?4, normal = normal + ?5, \
                 low = low + ?6, waits_since = CASE WHEN ?3 <> 0 OR (high = 0 AND normal = 0 AND low = 0) \
                 THEN ?7 ELSE waits_since END",
            )?
            .execute((
                &**owner,
                pending,
                running,
                high,
                normal,
                low,
                self.root.last_turn,
            ))?;
        if pending < 0 {
            self.sql
                .prepare_cached("DELETE FROM owners WHERE owner = ?1 AND pending <= 0")?
                .execute([&**owner])?;
        }
        Ok(())
    }

    /// Returns the first `limit` owners with ready executions, in the order of their turns.
    pub(super) fn next_owners(&self, limit: usize) -> Result<Vec<String>> {
        let mut query = self.sql.prepare_cached(
            "SELECT owner FROM owners WHERE high > 0 OR normal > 0 OR low > 0 \
             ORDER BY CASE WHEN high > 0 THEN 0 WHEN normal > 0 THEN 1 ELSE 2 END, running, waits_since LIMIT ?1",
        )?;
        let rows = query.query_map([signed(limit)], |row| row.get(0))?;
        rows.collect()
    }

    /// Returns whether an owner has ready executions.
    pub(super) fn owners_wait(&self) -> Result<bool> {
        let mut query = self.sql.prepare_cached(
            "SELECT EXISTS (SELECT 1 FROM owners WHERE high > 0) \
             OR EXISTS (SELECT 1 FROM owners WHERE high = 0 AND normal > 0) \
             OR EXISTS (SELECT 1 FROM owners WHERE high = 0 AND normal = 0 AND low > 0)",
        )?;
        query.query_row([], |row| row.get(0))
    }

    /// Returns the owner whose turn it is, with the priority of its first execution. `may_start` decides by the number of
    /// running executions.
    pub(super) fn next_owner(
        &self,
        may_start: impl Fn(usize) -> bool,
    ) -> Result<Option<(Priority, Key)>> {
        for (priority, query) in [
            (
                Priority::High,
                "SELECT running, owner FROM owners WHERE high > 0 ORDER BY running, waits_since LIMIT 1",
            ),
            (
                Priority::Normal,
                "SELECT running, owner FROM owners WHERE high = 0 AND normal > 0 \
                 ORDER BY running, waits_since LIMIT 1",
            ),
            (
                Priority::Low,
                "SELECT running, owner FROM owners WHERE high = 0 AND normal = 0 AND low > 0 \
                 ORDER BY running, waits_since LIMIT 1",
            ),
        ] {
            let mut query = self.sql.prepare_cached(query)?;
            let first = query.query_row([], |row| {
                Ok((row.get::<_, i64>(0)?, Key::from(row.get_ref(1)?.as_str()?)))
            });
            // The first has the fewest runs: if it may not start, none of this priority may.
            if let Some((running, owner)) = first.optional()?
                && may_start(size(running))
            {
                return Ok(Some((priority, owner)));
            }
        }
        Ok(None)
    }
}
