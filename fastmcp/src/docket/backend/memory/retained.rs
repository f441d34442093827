//! [`Retained`]: ended executions that are kept for some time, limited by number and bytes.

use std::collections::VecDeque;

use crate::docket::model::record::ExecutionId;
use crate::docket::model::time::Timestamp;

/// The results or the dead letters of a docket, oldest first.
#[derive(Debug, Default)]
pub(super) struct Retained {
    items: VecDeque<Item>,
    bytes: usize,
}

#[derive(Debug, Clone, Copy)]
struct Item {
    until: Timestamp,
    id: ExecutionId,
    bytes: usize,
}

impl Retained {
    pub(super) fn push(&mut self, until: Timestamp, id: ExecutionId, bytes: usize) {
        self.items.push_back(Item { until, id, bytes });
        self.bytes += bytes;
    }

    /// Removes and returns the oldest execution if its time is over, or if the executions exceed the limits. An execution
    /// that exceeds the limit alone is removed first: it must not push all others out. Only the latest one can.
    pub(super) fn pop(
        &mut self,
        now: Timestamp,
        capacity: usize,
        capacity_bytes: usize,
    ) -> Option<ExecutionId> {
        if let Some(latest) = self
            .items
            .pop_back_if(|latest| latest.bytes > capacity_bytes)
        {
            self.bytes -= latest.bytes;
            return Some(latest.id);
        }
        let oldest = *self.items.front()?;
        let is_kept =
            oldest.until > now && self.items.len() <= capacity && self.bytes <= capacity_bytes;
        if is_kept {
            return None;
        }
        self.items.pop_front();
        self.bytes -= oldest.bytes;
        Some(oldest.id)
    }

    /// Removes the executions for which `remove` returns true.
    pub(super) fn remove(&mut self, remove: impl Fn(ExecutionId) -> bool) {
        let bytes = &mut self.bytes;
        self.items.retain(|item| {
            let is_removed = remove(item.id);
            if is_removed {
                *bytes -= item.bytes;
            }
            !is_removed
        });
    }

    /// Returns the time at which the oldest execution is deleted.
    pub(super) fn next(&self) -> Option<Timestamp> {
        self.items.front().map(|item| item.until)
    }

    pub(super) fn ids(&self) -> impl DoubleEndedIterator<Item = ExecutionId> + '_ {
        self.items.iter().map(|item| item.id)
    }

    pub(super) fn len(&self) -> usize {
        self.items.len()
    }

    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }
}
