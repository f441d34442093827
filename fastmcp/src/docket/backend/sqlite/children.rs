//! Children: executions that are cancelled together with the one that has added them.

use rusqlite::{OptionalExtension, Result};

use crate::docket::backend::sqlite::columns::{number, state};
use crate::docket::backend::sqlite::entry::Entry;
use crate::docket::backend::sqlite::store::Store;
use crate::docket::model::parent::cancelled_with;
use crate::docket::model::record::ExecutionId;
use crate::docket::model::state::ExecutionState;

impl Store<'_> {
    /// Prepares the parent of a new execution. If the parent has been cancelled, this step cancels the execution. A
    /// parent that has ended in another way has no children.
    pub(super) fn adopt(&mut self, entry: &mut Entry) -> Result<()> {
        let Some(parent) = entry.parent else {
            return Ok(());
        };
        let mut query = self
            .sql
            .prepare_cached("SELECT state, cancelling, key FROM executions WHERE id = ?1")?;
        let found = query.query_row([number(parent.0)], |row| {
            let state = state(0, row.get_ref(0)?.as_str()?)?;
            let is_cancelled = state == ExecutionState::Cancelled || row.get::<_, bool>(1)?;
            Ok((state, is_cancelled, row.get::<_, String>(2)?))
        });
        match found.optional()? {
            Some((_, true, key)) => self.orphans.push((parent, key)),
            Some((state, ..)) if !state.is_terminal() => {}
            _ => entry.parent = None,
        }
        Ok(())
    }

    /// Notes that the children of an execution are to be cancelled, if it was cancelled.
    pub(super) fn orphan_children(&mut self, entry: &Entry) {
        if entry.machine.is_cancelling() || entry.machine.state() == ExecutionState::Cancelled {
            self.orphans.push((entry.id, entry.key.to_string()));
        }
    }

    /// Removes an execution that has ended from the children of its parent.
    pub(super) fn leave_family(&mut self, entry: &mut Entry) -> Result<()> {
        self.orphan_children(entry);
        if entry.parent.take().is_some() {
            self.sql
                .prepare_cached("UPDATE executions SET parent = NULL WHERE id = ?1")?
                .execute([number(entry.id.0)])?;
        }
        Ok(())
    }

    /// Cancels the children of the executions that this transaction has cancelled. A loop, because the depth of
    /// families is not limited.
    pub(super) fn cancel_orphans(&mut self) -> Result<()> {
        while let Some((parent, key)) = self.orphans.pop() {
            let mut query = self
                .sql
                .prepare_cached("SELECT id FROM executions WHERE parent = ?1 ORDER BY id")?;
            let rows = query.query_map([number(parent.0)], |row| row.get(0))?;
            let children = rows.collect::<Result<Vec<i64>>>()?;
            drop(query);
            let reason = cancelled_with(&key);
            for child in children {
                let Some(entry) = self.find(ExecutionId(child.cast_unsigned()))? else {
                    continue;
                };
                if entry.is_waiting() {
                    self.cancel_waiting(entry, &reason)?;
                } else {
                    self.signal(entry, &reason)?;
                }
            }
        }
        Ok(())
    }
}
