//! The queues of ready executions by priority, and the timetable of executions that are due later.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};

use crate::docket::model::record::ExecutionId;
use crate::docket::model::submission::Priority;
use crate::docket::model::time::Timestamp;

/// The ready executions, first in, first out within a priority.
///
/// Cancelled executions stay in the queues until they are popped or swept: removing them at once would be a linear search.
#[derive(Debug, Default)]
pub(super) struct Ready {
    queues: [VecDeque<ExecutionId>; 3],
}

impl Ready {
    pub(super) fn push(&mut self, priority: Priority, id: ExecutionId) {
        self.queues[priority as usize].push_back(id);
    }

    pub(super) fn push_first(&mut self, priority: Priority, id: ExecutionId) {
        self.queues[priority as usize].push_front(id);
    }

    pub(super) fn pop(&mut self) -> Option<ExecutionId> {
        self.queues.iter_mut().find_map(VecDeque::pop_front)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.queues.iter().all(VecDeque::is_empty)
    }

    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.queues.iter().map(VecDeque::len).sum()
    }

    pub(super) fn retain(&mut self, keep: impl Fn(ExecutionId) -> bool) {
        for queue in &mut self.queues {
            queue.retain(|id| keep(*id));
            queue.shrink_to_fit();
        }
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
