//! Words to the docket as a whole, and to executions from outside.

use std::collections::VecDeque;
use std::sync::Arc;

use bytes::Bytes;

use crate::docket::backend::call::{
    Admission, Amended, Cancelled, Command, Message, Reply, Target,
};
use crate::docket::model::key::{Key, Name};
use crate::docket::model::record::ExecutionId;
use crate::docket::model::submission::{Limits, OnConflict};
use crate::docket::model::time::{Timestamp, When};

use crate::docket::backend::memory::entry::Entry;
use crate::docket::backend::memory::store::{Store, is_waiting};

impl Store {
    pub(crate) fn control(&mut self, command: Command, now: Timestamp) -> Reply {
        match command {
            Command::Cancel { key, reason } => Reply::Cancelled(self.cancel(&key, &reason, now)),
            Command::Strike(task) => {
                self.struck.entry(task).or_default();
                Reply::Done
            }
            Command::Restore(task) => {
                self.restore(&task);
                Reply::Done
            }
            Command::Pause => {
                self.paused = true;
                Reply::Done
            }
            Command::Resume => {
                self.paused = false;
                self.wakes.timers();
                Reply::Done
            }
            Command::Clear => Reply::Cleared(self.clear(now)),
            Command::Replay(key) => Reply::Replayed(self.replay(&key, now)),
            Command::DeadLetters(limit) => Reply::DeadLetters(
                self.dead
                    .iter()
                    .take(limit)
                    .filter_map(|(_, id)| Some(self.slab.get(*id)?.record(*id)))
                    .collect(),
            ),
            Command::Amend {
                id,
                expected,
                note,
                wake,
            } => Reply::Amended(self.amend(id, &expected, note, wake, now)),
            Command::Leave(worker) => {
                self.leave(&worker, now);
                Reply::Done
            }
        }
    }

    pub(crate) fn locate(&self, target: &Target) -> Option<ExecutionId> {
        match target {
            Target::Key(key) => self.keys.get(key).copied(),
            Target::Id(id) => self.slab.get(*id).map(|_| *id),
        }
    }

    fn cancel(&mut self, key: &Key, reason: &str, now: Timestamp) -> Cancelled {
        let Some(id) = self.keys.get(key).copied() else {
            return Cancelled::Unknown;
        };
        if self.cancel_waiting(id, reason, now) {
            return Cancelled::Removed;
        }
        let Some(entry) = self.slab.get(id) else {
            return Cancelled::Unknown;
        };
        if entry.life.state().is_terminal() {
            return Cancelled::Unknown;
        }
        if let Some(successor) = entry.successor() {
            self.cancel_waiting(successor, reason, now);
        }
        self.signal(id, reason, now);
        Cancelled::Signalled
    }

    fn amend(
        &mut self,
        id: ExecutionId,
        expected: &Bytes,
        note: Bytes,
        wake: bool,
        now: Timestamp,
    ) -> Amended {
        let Some(entry) = self.slab.get_mut(id) else {
            return Amended::Unknown;
        };
        if !entry.life.is_parked() || entry.note() != Some(expected) {
            return Amended::Stale;
        }
        entry.extra().note = Some(note);
        if wake && entry.life.wake().is_ok() {
            entry.due = now;
            self.line_up(id, now);
        }
        if let Some(entry) = self.slab.get_mut(id) {
            entry.announce(id, now);
        }
        Amended::Done
    }

    fn restore(&mut self, task: &Name) {
        let parked: VecDeque<ExecutionId> = self.struck.remove(task).unwrap_or_default();
        self.wakes.work(parked.len());
        // They have waited longest: to the head, in their order.
        for id in parked.into_iter().rev() {
            if let Some(entry) = self.slab.get(id).filter(|entry| is_waiting(entry)) {
                self.ready.push_first(entry.priority, id);
            }
        }
    }

    fn clear(&mut self, now: Timestamp) -> usize {
        let waiting: Vec<ExecutionId> = self
            .slab
            .iter()
            .filter(|(_, entry)| is_waiting(entry))
            .map(|(id, _)| id)
            .collect();
        waiting
            .into_iter()
            .filter(|id| self.cancel_waiting(*id, "the docket was cleared", now))
            .count()
    }

    fn replay(&mut self, key: &Key, now: Timestamp) -> Option<Admission> {
        let place = self
            .dead
            .iter()
            .rposition(|(_, id)| self.slab.get(*id).is_some_and(|entry| entry.key == *key))?;
        let id = self.dead.get(place)?.1;
        let admission = self.admit(self.slab.get(id).map(again)?, now);
        if matches!(admission, Admission::Accepted(_)) {
            self.dead.remove(place);
            self.ended.push_back((now + self.options.result_ttl, id));
        }
        Some(admission)
    }

    fn leave(&mut self, worker: &Arc<str>, now: Timestamp) {
        for id in self.workers.leave(worker) {
            if let Some(entry) = self.slab.get_mut(id).filter(|entry| is_waiting(entry)) {
                entry.extra().offered_to = None;
                self.hand_on(id, worker.clone(), now);
            }
        }
    }
}

/// The message that a dead letter once was, due now. Its lane may cool down after the dead letter itself: somebody
/// wants it all the same.
fn again(entry: &Entry) -> Message {
    let limits = entry.limits().cloned().map(|limits| {
        Box::new(Limits {
            cooldown: None,
            ..limits
        })
    });
    Message {
        key: entry.key.clone(),
        task: entry.task.clone(),
        body: entry.body.clone(),
        when: When::Now,
        priority: entry.priority,
        conflict: OnConflict::Keep,
        limits,
        note: entry.note().cloned(),
        keep: None,
    }
}
