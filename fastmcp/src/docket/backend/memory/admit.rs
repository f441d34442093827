//! Taking executions in: keys in use, replacements, cooldowns, the bound.

use std::cmp::Reverse;
use std::sync::Arc;

use crate::docket::backend::call::{Admission, Message};
use crate::docket::model::record::ExecutionId;
use crate::docket::model::state::{Cancelling, ExecutionState};
use crate::docket::model::submission::{OnConflict, WhileRunning};
use crate::docket::model::time::Timestamp;

use crate::docket::backend::memory::entry::Entry;
use crate::docket::backend::memory::store::Store;

const REPLACED: &str = "replaced under the same key";

impl Store {
    pub(crate) fn admit(&mut self, message: Message, now: Timestamp) -> Admission {
        if let Some(existing) = self.cooling(&message, now) {
            return Admission::Existing(existing);
        }
        let present = self.keys.get(&message.key).copied();
        let state = present
            .and_then(|id| Some(self.slab.get(id)?.life.state()))
            .filter(|state| !state.is_terminal());
        let (Some(id), Some(state)) = (present, state) else {
            return self.take_in(message, now);
        };
        match (message.conflict, state) {
            (OnConflict::Keep, _) => Admission::Existing(id),
            (OnConflict::Replace(WhileRunning::Reject), ExecutionState::Running) => {
                Admission::Running(id)
            }
            (OnConflict::Replace(rule), ExecutionState::Running) => {
                self.put_behind(id, rule, message, now)
            }
            (OnConflict::Replace(_), _) => {
                self.cancel_waiting(id, REPLACED, now);
                self.take_in(message, now)
            }
        }
    }

    /// The execution that the message is folded into. One that was cancelled before it ran, or that the message would
    /// replace before it runs, is no reason for quiet: the message is no run more.
    fn cooling(&self, message: &Message, now: Timestamp) -> Option<ExecutionId> {
        let cooldown = message.limits.as_ref()?.cooldown.as_ref()?;
        let id = self.lanes.cooling(cooldown, now)?;
        let Some(entry) = self.slab.get(id) else {
            // Its record is forgotten; the lane keeps quiet all the same.
            return Some(id);
        };
        let never_ran = entry.life.token() == 0;
        let is_taken_back = never_ran && entry.life.state() == ExecutionState::Cancelled;
        let is_replaced = never_ran
            && entry.key == message.key
            && matches!(message.conflict, OnConflict::Replace(_));
        (!is_taken_back && !is_replaced).then_some(id)
    }

    fn take_in(&mut self, message: Message, now: Timestamp) -> Admission {
        if let Some(full) = self.full() {
            return full;
        }
        let id = self.place(message, now);
        if let Some(entry) = self.slab.get(id) {
            self.keys.insert(entry.key.clone(), id);
        }
        self.line_up(id, now);
        Admission::Accepted(id)
    }

    fn put_behind(
        &mut self,
        running: ExecutionId,
        rule: WhileRunning,
        message: Message,
        now: Timestamp,
    ) -> Admission {
        let earlier = self.slab.get(running).and_then(Entry::successor);
        if earlier.is_none()
            && let Some(full) = self.full()
        {
            return full;
        }
        if let Some(earlier) = earlier {
            self.cancel_waiting(earlier, REPLACED, now);
        }
        let id = self.place(message, now);
        if let Some(entry) = self.slab.get_mut(id) {
            entry.extra().behind = Some(running);
        }
        if let Some(entry) = self.slab.get_mut(running) {
            entry.extra().successor = Some(id);
        }
        if rule == WhileRunning::CancelPrevious {
            self.signal(running, REPLACED, now);
        }
        Admission::Accepted(id)
    }

    /// Makes the entry, without lining it up.
    fn place(&mut self, message: Message, now: Timestamp) -> ExecutionId {
        let due = message.when.due(now).max(Timestamp::from_micros(1));
        let cooldown = message
            .limits
            .as_ref()
            .and_then(|limits| limits.cooldown.clone());
        let keep = message.keep;
        let id = self.slab.insert(Entry::new(message, due, now));
        if let Some(time) = keep {
            self.kept.push(Reverse((now + time, id)));
            self.wakes.timers();
        }
        self.pending += 1;
        if let Some(cooldown) = cooldown {
            self.lanes
                .cool(&cooldown, due.max(now) + cooldown.quiet, id);
            self.lanes.sweep(now);
        }
        id
    }

    fn full(&self) -> Option<Admission> {
        let capacity = self.options.capacity;
        (self.pending >= capacity).then_some(Admission::Full { capacity })
    }

    /// Tells the worker of a running execution to stop it.
    pub(crate) fn signal(&mut self, id: ExecutionId, reason: &str, now: Timestamp) {
        let Some(entry) = self.slab.get_mut(id) else {
            return;
        };
        if entry.life.is_cancelling() || entry.life.cancel() != Cancelling::Signalled {
            return;
        }
        entry.extra().reason = Some(reason.to_owned());
        entry.announce(id, now);
        let hold = entry.hold(id);
        if let Some(worker) = entry.run.worker.clone() {
            self.workers.signal(&worker, hold);
            self.wakes.signals();
        }
    }

    /// Cancels what is scheduled or queued; false when it is neither.
    pub(crate) fn cancel_waiting(&mut self, id: ExecutionId, reason: &str, now: Timestamp) -> bool {
        let Some(entry) = self.slab.get_mut(id) else {
            return false;
        };
        let was_parked = entry.life.is_parked();
        if entry.life.state() == ExecutionState::Running
            || entry.life.cancel() != Cancelling::Removed
        {
            return false;
        }
        entry.extra().reason = Some(reason.to_owned());
        let behind = entry.extra().behind.take();
        let offered_to: Option<Arc<str>> = entry.extra().offered_to.take();
        if let Some(worker) = offered_to {
            self.workers.take_back(&worker, id);
        }
        match behind {
            Some(running) => {
                if let Some(running) = self.slab.get_mut(running) {
                    running.extra().successor = None;
                }
            }
            // What is parked stands in no queue.
            None if was_parked => {}
            None => self.left_a_stale_entry(),
        }
        // It may have been its turn.
        if let Some(limits) = self.slab.get(id).and_then(Entry::limits).cloned() {
            self.pass_the_turn_on(&limits);
        }
        self.end(id, now);
        true
    }
}
