//! The queues of ready executions, and the timetable of executions that are due later.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};

use crate::docket::backend::memory::owners::Owners;
use crate::docket::model::key::Key;
use crate::docket::model::record::ExecutionId;
use crate::docket::model::submission::Priority;
use crate::docket::model::time::Timestamp;

/// The ready executions by priority. Within a priority, executions of owners and those without one take turns; the
/// latter, and those of one owner, are first in, first out.
///
/// Cancelled executions stay in the queues until they are popped or swept: removing them at once would be a linear search.
#[derive(Debug, Default)]
pub(super) struct Ready {
    /// The executions without an owner.
    queues: [VecDeque<ExecutionId>; 3],
    pub(super) owners: Owners,
    /// True if the latest execution came from `queues`, so that an owner is the next.
    is_turn_of_owner: bool,
}

impl Ready {
    pub(super) fn push(&mut self, priority: Priority, owner: Option<&Key>, id: ExecutionId) {
        match owner {
            Some(owner) => self.owners.push(owner, priority, id, false),
            None => self.queues[priority as usize].push_back(id),
        }
    }

    pub(super) fn push_first(&mut self, priority: Priority, owner: Option<&Key>, id: ExecutionId) {
        match owner {
            Some(owner) => self.owners.push(owner, priority, id, true),
            None => self.queues[priority as usize].push_front(id),
        }
    }

    /// Removes and returns the next execution. `may_start` decides by the number of running executions whether an owner
    /// may start another one.
    pub(super) fn pop(&mut self, may_start: impl Fn(usize) -> bool) -> Option<ExecutionId> {
        let without_owner = self.queues.iter().position(|queue| !queue.is_empty());
        let turn = self.owners.next(may_start).filter(|(priority, _)| {
            without_owner.is_none_or(|other| (*priority, !self.is_turn_of_owner) <= (other, false))
        });
        if let Some((_, owner)) = turn {
            self.is_turn_of_owner = false;
            return self.owners.pop(&owner);
        }
        self.is_turn_of_owner = true;
        self.queues[without_owner?].pop_front()
    }

    /// Returns whether [`pop`](Self::pop) would return an execution.
    pub(super) fn has_next(&self, may_start: impl Fn(usize) -> bool) -> bool {
        self.queues.iter().any(|queue| !queue.is_empty()) || self.owners.next(may_start).is_some()
    }

    /// Returns the first `limit` executions without an owner of each priority, and the first one of each of the first
    /// `limit` owners, for which `queued` returns something.
    pub(super) fn heads<'a, T: 'a>(
        &'a self,
        limit: usize,
        queued: &'a impl Fn(ExecutionId) -> Option<T>,
    ) -> impl Iterator<Item = T> + 'a {
        let queues = self.queues.iter();
        queues
            .flat_map(move |queue| queue.iter().filter_map(|id| queued(*id)).take(limit))
            .chain(self.owners.heads(limit, queued))
    }

    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.queues.iter().map(VecDeque::len).sum::<usize>() + self.owners.len()
    }

    pub(super) fn retain(&mut self, keep: impl Fn(ExecutionId) -> bool) {
        for queue in &mut self.queues {
            queue.retain(|id| keep(*id));
            queue.shrink_to_fit();
        }
        self.owners.retain(keep);
    }
}

/// The executions that are due later. Items of one moment keep their order of insertion.
#[derive(Debug, Default)]
pub(super) struct Timetable {
    heap: BinaryHeap<Reverse<(Timestamp, u64, ExecutionId)>>,
    inserted: u64,
}

impl Timetable {
    pub(super) fn push(&mut self, moment: Timestamp, id: ExecutionId) {
        self.inserted += 1;
        self.heap.push(Reverse((moment, self.inserted, id)));
    }

    pub(super) fn next(&self) -> Option<Timestamp> {
        self.heap.peek().map(|Reverse((moment, ..))| *moment)
    }

    /// Removes and returns the first item that is due at `now`.
    pub(super) fn pop_due(&mut self, now: Timestamp) -> Option<(Timestamp, ExecutionId)> {
        if self.next()? > now {
            return None;
        }
        self.heap.pop().map(|Reverse((moment, _, id))| (moment, id))
    }

    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.heap.len()
    }

    pub(super) fn retain(&mut self, keep: impl Fn(Timestamp, ExecutionId) -> bool) {
        self.heap
            .retain(|Reverse((moment, _, id))| keep(*moment, *id));
        self.heap.shrink_to_fit();
    }
}
