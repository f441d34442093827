//! Lists, statistics, and changes of many executions.

use std::collections::{BinaryHeap, HashMap, HashSet};
use std::time::Duration;

use crate::docket::backend::call::Admission;
use crate::docket::backend::memory::entry::Entry;
use crate::docket::backend::memory::store::Store;
use crate::docket::model::filter::{
    Change, Changed, ChangedPart, Cursor, Filter, Page, Range, Row,
};
use crate::docket::model::key::Name;
use crate::docket::model::record::ExecutionId;
use crate::docket::model::state::ExecutionState;
use crate::docket::model::stats::{HEAD, Stats};
use crate::docket::model::time::Timestamp;

/// The reason of executions that were discarded.
const DISCARDED: &str = "discarded by request";

impl Store {
    /// Finds the first matching executions of the range. It examines all executions, except for those that run, dead
    /// letters, and one of them, and keeps only `limit`.
    pub(super) fn list(&self, filter: &Filter, range: Range, limit: usize) -> Page {
        // The smaller number comes first in the list.
        let order = |at: Cursor| {
            if filter.newest_first {
                u64::MAX - at.0
            } else {
                at.0
            }
        };
        let mut first: BinaryHeap<(u64, ExecutionId)> = BinaryHeap::new();
        for (at, id) in self.matching(filter, range) {
            first.push((order(at), id));
            // One more than the page, to know whether there is a next page.
            if first.len() > limit + 1 {
                first.pop();
            }
        }
        let has_more = first.len() > limit;
        let mut first = first.into_sorted_vec();
        first.truncate(limit);
        // The order is its own inverse.
        let next = first.last().map(|(place, _)| Cursor(order(Cursor(*place))));
        let next = next.filter(|_| has_more);
        let executions = first
            .into_iter()
            .filter_map(|(_, id)| Some(self.on_wall(self.slab.get(id)?.record(id))))
            .collect();
        Page { executions, next }
    }

    fn matching<'a>(
        &'a self,
        filter: &'a Filter,
        range: Range,
    ) -> impl Iterator<Item = (Cursor, ExecutionId)> + 'a {
        let ids: Option<Box<dyn Iterator<Item = ExecutionId> + 'a>> = if filter.id.is_some() {
            Some(Box::new(filter.id.into_iter()))
        } else if filter.dead_letters {
            Some(Box::new(self.dead.ids()))
        } else if filter.states == [ExecutionState::Running] {
            Some(Box::new(self.running.iter().copied()))
        } else {
            None
        };
        let others = ids.is_none().then(|| self.slab.iter());
        let some = ids.into_iter().flatten();
        some.filter_map(|id| Some((id, self.slab.get(id)?)))
            .chain(others.into_iter().flatten())
            .filter_map(move |(id, entry)| {
                let at = Cursor(entry.sequence);
                let is_match = filter.is_in(at, range) && filter.matches(&self.row(id, entry));
                is_match.then_some((at, id))
            })
    }

    fn row<'a>(&self, id: ExecutionId, entry: &'a Entry) -> Row<'a> {
        Row {
            id,
            key: &entry.key,
            task: &entry.task,
            state: entry.machine.state(),
            is_dead_letter: entry.is_dead_letter,
            submitted: self.wall(entry.submitted),
            ended: (entry.ended != Timestamp::EPOCH).then(|| self.wall(entry.ended)),
        }
    }

    /// Changes all matching executions in one step. In the memory of one process, shorter steps are not necessary.
    pub(super) fn change(
        &mut self,
        change: Change,
        filter: &Filter,
        range: Range,
        now: Timestamp,
    ) -> ChangedPart {
        let last = Cursor(self.last_sequence);
        let mut found: Vec<(Cursor, ExecutionId)> = self.matching(filter, range).collect();
        found.sort_unstable();
        let mut changed = Changed::default();
        let mut removed = HashSet::new();
        for (_, id) in found {
            let Some(entry) = self.slab.get(id) else {
                continue;
            };
            if !change.applies_to(&self.row(id, entry)) {
                continue;
            }
            let is_done = match change {
                Change::Retry => match self.retry(id, now) {
                    Some(Admission::Accepted(_)) => removed.insert(id),
                    _ => false,
                },
                Change::Discard if entry.is_dead_letter => removed.insert(id),
                Change::Discard => {
                    if !self.cancel_waiting(id, DISCARDED, now) {
                        self.signal(id, DISCARDED, now);
                    }
                    true
                }
                Change::Purge => entry.keep_until().is_none() && removed.insert(id),
            };
            changed.changed += usize::from(is_done);
            changed.skipped += usize::from(!is_done);
        }
        if !removed.is_empty() {
            self.dead.remove(|id| removed.contains(&id));
        }
        if change == Change::Purge {
            self.ended.remove(|id| removed.contains(&id));
            for id in removed {
                self.forget(id);
            }
        } else {
            let mut letters: Vec<ExecutionId> = removed.into_iter().collect();
            letters.sort_unstable();
            for id in letters {
                self.keep_as_result(id, now);
            }
        }
        ChangedPart {
            changed,
            next: None,
            last,
        }
    }

    pub(super) fn stats(&self, now: Timestamp) -> Stats {
        let mut stats = Stats {
            dead_letters: self.dead.len(),
            pending_bytes: self.pending_bytes,
            result_bytes: self.ended.bytes(),
            dead_letter_bytes: self.dead.bytes(),
            workers: self.workers.count(now),
            slots: self.workers.slots(now),
            paused: self.paused,
            now: self.wall(now),
            tasks: self.tasks.stats(),
            ..Stats::default()
        };
        let slab = &self.slab;
        // Cancelled executions may still be in a queue.
        let queued = |id: ExecutionId| {
            let entry = slab.get(id)?;
            (entry.machine.state() == ExecutionState::Queued).then_some(entry)
        };
        let mut lags: HashMap<&Name, Duration> = HashMap::new();
        for entry in self.ready.heads(HEAD, &queued) {
            let lag = now.since(entry.due);
            let oldest = lags.entry(&entry.task).or_default();
            *oldest = lag.max(*oldest);
        }
        for task in &mut stats.tasks {
            task.lag = lags.get(&task.task).copied();
        }
        stats.complete()
    }
}
