//! What is ready, by priority, and what is due later, by time.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};

use crate::docket::model::record::ExecutionId;
use crate::docket::model::submission::Priority;
use crate::docket::model::time::Timestamp;

/// The ready executions: first in, first out within a priority.
///
/// What was cancelled in the meantime stays in the queues until it is met or swept.
#[derive(Debug, Default)]
pub(crate) struct Ready {
    queues: [VecDeque<ExecutionId>; 3],
}

impl Ready {
    pub(crate) fn push(&mut self, priority: Priority, id: ExecutionId) {
        self.queues[priority as usize].push_back(id);
    }

    pub(crate) fn push_first(&mut self, priority: Priority, id: ExecutionId) {
        self.queues[priority as usize].push_front(id);
    }

    pub(crate) fn pop(&mut self) -> Option<ExecutionId> {
        self.queues.iter_mut().find_map(VecDeque::pop_front)
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.queues.iter().all(VecDeque::is_empty)
    }

    #[cfg(test)]
    pub(crate) fn len(&self) -> usize {
        self.queues.iter().map(VecDeque::len).sum()
    }

    pub(crate) fn retain(&mut self, keep: impl Fn(ExecutionId) -> bool) {
        for queue in &mut self.queues {
            queue.retain(|id| keep(*id));
            queue.shrink_to_fit();
        }
    }
}

/// What is due later. Entries of one moment come out in the order in which they went in.
#[derive(Debug, Default)]
pub(crate) struct Timetable {
    heap: BinaryHeap<Reverse<(Timestamp, u64, ExecutionId)>>,
    entered: u64,
}

impl Timetable {
    pub(crate) fn push(&mut self, moment: Timestamp, id: ExecutionId) {
        self.entered += 1;
        self.heap.push(Reverse((moment, self.entered, id)));
    }

    pub(crate) fn next(&self) -> Option<Timestamp> {
        self.heap.peek().map(|Reverse((moment, ..))| *moment)
    }

    /// Takes out the first entry that is due at `now`.
    pub(crate) fn pop_due(&mut self, now: Timestamp) -> Option<(Timestamp, ExecutionId)> {
        if self.next()? > now {
            return None;
        }
        self.heap.pop().map(|Reverse((moment, _, id))| (moment, id))
    }

    #[cfg(test)]
    pub(crate) fn len(&self) -> usize {
        self.heap.len()
    }

    pub(crate) fn retain(&mut self, keep: impl Fn(Timestamp, ExecutionId) -> bool) {
        self.heap
            .retain(|Reverse((moment, _, id))| keep(*moment, *id));
        self.heap.shrink_to_fit();
    }
}
