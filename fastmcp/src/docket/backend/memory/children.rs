//! Children: executions that are cancelled together with the one that has added them.

use std::collections::BTreeSet;

use crate::docket::backend::memory::store::Store;
use crate::docket::model::parent::cancelled_with;
use crate::docket::model::record::ExecutionId;
use crate::docket::model::state::ExecutionState;
use crate::docket::model::time::Timestamp;

impl Store {
    /// Adds an accepted execution to the children of `parent`, or to the executions that this step cancels if the parent
    /// has been cancelled. A parent that has ended in another way has no children.
    pub(super) fn adopt(&mut self, id: ExecutionId, parent: ExecutionId) {
        let Some(entry) = self.slab.get_mut(parent) else {
            return;
        };
        let state = entry.machine.state();
        if state == ExecutionState::Cancelled || entry.machine.is_cancelling() {
            let reason = cancelled_with(&entry.key);
            self.orphans.push((BTreeSet::from([id]), reason));
        } else if !state.is_terminal() {
            entry.extra().children.insert(id);
            if let Some(child) = self.slab.get_mut(id) {
                child.extra().parent = Some(parent);
            }
        }
    }

    /// Notes that the children of an execution are to be cancelled.
    pub(super) fn orphan_children(&mut self, id: ExecutionId) {
        if let Some(entry) = self.slab.get_mut(id)
            && let Some(extra) = &mut entry.extra
            && !extra.children.is_empty()
        {
            let children = std::mem::take(&mut extra.children);
            self.orphans.push((children, cancelled_with(&entry.key)));
        }
    }

    /// Removes an execution that has ended from the children of its parent, and lets its own children go on unless it
    /// was cancelled.
    pub(super) fn leave_family(&mut self, id: ExecutionId) {
        let Some(entry) = self.slab.get_mut(id) else {
            return;
        };
        let is_cancelled = entry.machine.state() == ExecutionState::Cancelled;
        let Some(extra) = &mut entry.extra else {
            return;
        };
        let parent = extra.parent.take();
        if !is_cancelled {
            extra.children = BTreeSet::new();
        }
        self.orphan_children(id);
        let parent = parent.and_then(|parent| self.slab.get_mut(parent));
        if let Some(extra) = parent.and_then(|parent| parent.extra.as_mut()) {
            extra.children.remove(&id);
        }
    }

    /// Cancels the children of the executions that this step has cancelled. Every step ends with it. A loop, because
    /// the depth of families is not limited.
    pub(super) fn cancel_orphans(&mut self, now: Timestamp) {
        while let Some((children, reason)) = self.orphans.pop() {
            for child in children {
                if !self.cancel_waiting(child, &reason, now) {
                    self.signal(child, &reason, now);
                }
            }
        }
    }
}
