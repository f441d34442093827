//! Ending runs: what follows a verdict, a lost lease, a refusal.

use std::sync::Arc;

use crate::docket::backend::call::{Again, Hold, Settled, Verdict};
use crate::docket::model::record::ExecutionId;
use crate::docket::model::state::{AfterFailure, Ending, ExecutionState};
use crate::docket::model::time::{Timestamp, When};

use crate::docket::backend::memory::store::Store;

impl Store {
    pub(crate) fn settle(&mut self, hold: Hold, verdict: &Verdict, now: Timestamp) -> Settled {
        let id = hold.id;
        let Some(entry) = self.slab.get_mut(id) else {
            return Settled::Fenced;
        };
        if entry.life.hold(hold.token).is_err() {
            return Settled::Fenced;
        }
        let superseded = entry.successor().is_some();
        match verdict {
            Verdict::Completed { result, .. } if !entry.life.is_cancelling() => {
                entry.result = result.clone();
                // The failure of an earlier run is not the state of affairs any more.
                if let Some(extra) = &mut entry.extra {
                    extra.failure = None;
                }
            }
            Verdict::Failed { failure, .. } | Verdict::Retry { failure, .. } => {
                entry.remember(now, failure.to_string());
                entry.extra().failure = Some(failure.clone());
            }
            Verdict::Cancelled { reason } | Verdict::Buried { reason } => {
                entry.extra().reason.get_or_insert_with(|| reason.clone());
            }
            Verdict::HandOn => entry.remember(now, "this worker does not know the task".into()),
            _ => {}
        }
        let Ok(state) = entry.life.settle(hold.token, ending(verdict), superseded) else {
            return Settled::Fenced;
        };
        self.vacate(id, now);
        self.follow(id, state, verdict, now);
        Settled::Done(state)
    }

    fn follow(
        &mut self,
        id: ExecutionId,
        state: ExecutionState,
        verdict: &Verdict,
        now: Timestamp,
    ) {
        match (state, verdict) {
            (ExecutionState::Scheduled, Verdict::Parked { note }) => {
                if let Some(entry) = self.slab.get_mut(id) {
                    entry.extra().note = Some(note.clone());
                    // No entry of the timetable is meant for it any more.
                    entry.wake = Timestamp::EPOCH;
                    entry.announce(id, now);
                }
            }
            (ExecutionState::Scheduled, _) => {
                let (when, body) = match verdict {
                    Verdict::Retry { after, .. } | Verdict::Snoozed { after } => {
                        (When::After(*after), None)
                    }
                    Verdict::Completed {
                        again: Some(Again { when, body }),
                        ..
                    }
                    | Verdict::Failed {
                        again: Some(Again { when, body }),
                        ..
                    } => (*when, body.clone()),
                    _ => (When::Now, None),
                };
                let is_next_run =
                    matches!(verdict, Verdict::Completed { .. } | Verdict::Failed { .. });
                if let Some(entry) = self.slab.get_mut(id) {
                    if is_next_run && let Some(extra) = &mut entry.extra {
                        extra.note = None;
                    }
                    entry.due = when.due(now).max(Timestamp::from_micros(1));
                    if let Some(body) = body {
                        entry.body = body;
                    }
                    entry.announce(id, now);
                }
                self.line_up(id, now);
            }
            (ExecutionState::Queued, Verdict::HandOn) => {
                let worker = self
                    .slab
                    .get(id)
                    .and_then(|entry| entry.run.worker.clone())
                    .unwrap_or_default();
                self.hand_on(id, worker, now);
            }
            (ExecutionState::Queued, _) => self.requeue(id, now),
            _ => self.end(id, now),
        }
    }

    /// Back to the head of its queue.
    fn requeue(&mut self, id: ExecutionId, now: Timestamp) {
        if let Some(entry) = self.slab.get_mut(id) {
            self.ready.push_first(entry.priority, id);
            entry.announce(id, now);
            self.wakes.work(1);
        }
    }

    /// Frees what a run occupies: its seat, and its place in a lane.
    fn vacate(&mut self, id: ExecutionId, now: Timestamp) {
        let Some(entry) = self.slab.get(id) else {
            return;
        };
        let seat = entry.run.seat as usize;
        let limits = entry.limits().cloned();
        self.running.swap_remove(seat);
        if let Some(moved) = self.running.get(seat).copied()
            && let Some(moved) = self.slab.get_mut(moved)
        {
            moved.run.seat = u32::try_from(seat).unwrap_or(u32::MAX);
        }
        if self.running.is_empty() {
            self.leases_until = Timestamp::MAX;
        }
        if let Some(limits) = limits {
            if let Some(limit) = &limits.concurrency {
                self.lanes.leave(limit);
            }
            self.pass_the_turn_on(&limits);
            self.lanes.sweep(now);
        }
    }

    pub(crate) fn lose(&mut self, hold: Hold, now: Timestamp) {
        let id = hold.id;
        let Some(entry) = self.slab.get_mut(id) else {
            return;
        };
        let superseded = entry.successor().is_some();
        let (delivery, most) = (entry.life.delivery(), entry.run.max_deliveries);
        let Ok(state) = entry.life.lose(hold.token, most, superseded) else {
            return;
        };
        entry.remember(
            now,
            "the worker was not heard of until its lease ran out".into(),
        );
        match state {
            ExecutionState::Dead => {
                entry.extra().reason = Some(format!(
                    "lost with its worker in {delivery} of {most} deliveries"
                ));
            }
            ExecutionState::Cancelled => {
                entry
                    .extra()
                    .reason
                    .get_or_insert_with(|| "replaced after its worker was lost".into());
            }
            _ => {}
        }
        self.vacate(id, now);
        match state {
            ExecutionState::Queued => self.requeue(id, now),
            _ => self.end(id, now),
        }
    }

    /// Offers a queued execution to a worker that may know its task, or buries it.
    pub(crate) fn hand_on(&mut self, id: ExecutionId, refuser: Arc<str>, now: Timestamp) {
        let Some(entry) = self.slab.get_mut(id) else {
            return;
        };
        let task = entry.task.clone();
        let extra = entry.extra();
        extra.refused_by.push(refuser);
        if let Some(worker) = self.workers.other_than(&extra.refused_by, now) {
            self.offer(id, &worker, now);
            return;
        }
        extra.reason = Some(format!(
            "no worker knows the task `{task}`: refused by {}",
            extra.refused_by.join(", ")
        ));
        if entry.life.bury().is_ok() {
            self.end(id, now);
        }
    }

    fn offer(&mut self, id: ExecutionId, worker: &Arc<str>, now: Timestamp) {
        let Some(entry) = self.slab.get_mut(id) else {
            return;
        };
        entry.extra().offered_to = Some(worker.clone());
        entry.announce(id, now);
        let patience = self.workers.lease(worker);
        self.workers.offer(worker, id);
        self.wake_at(now + patience, id);
        self.wakes.timers();
    }

    /// A worker has not taken up its offer in time: it is busy, or gone.
    pub(crate) fn offer_again(&mut self, id: ExecutionId, worker: &Arc<str>, now: Timestamp) {
        if self.workers.is_alive(worker, now) {
            let patience = self.workers.lease(worker);
            self.wake_at(now + patience, id);
            return;
        }
        self.workers.take_back(worker, id);
        if let Some(entry) = self.slab.get_mut(id) {
            entry.extra().offered_to = None;
        }
        self.hand_on(id, worker.clone(), now);
    }

    /// The last step of every execution.
    pub(crate) fn end(&mut self, id: ExecutionId, now: Timestamp) {
        let Some(entry) = self.slab.get_mut(id) else {
            return;
        };
        entry.ended = now;
        entry.announce(id, now);
        let successor = entry
            .extra
            .as_mut()
            .and_then(|extra| extra.successor.take());
        if let Some(until) = entry.keep_until() {
            entry.body = bytes::Bytes::new();
            if until <= now {
                self.forget(id);
            }
        } else if entry.life.state() == ExecutionState::Dead {
            self.dead
                .push_back((now + self.options.dead_letter_ttl, id));
        } else {
            entry.body = bytes::Bytes::new();
            self.ended.push_back((now + self.options.result_ttl, id));
            while self.ended.len() > self.options.result_capacity {
                if let Some((_, oldest)) = self.ended.pop_front() {
                    self.forget(oldest);
                }
            }
        }
        self.pending = self.pending.saturating_sub(1);
        if let Some(next) = successor
            && let Some(entry) = self.slab.get_mut(next)
        {
            entry.extra().behind = None;
            let key = entry.key.clone();
            self.keys.insert(key, next);
            self.line_up(next, now);
        }
    }
}

fn ending(verdict: &Verdict) -> Ending {
    match verdict {
        Verdict::Completed { again, .. } => Ending::Completed {
            repeat: again.is_some(),
        },
        Verdict::Failed { again, .. } => Ending::Failed(if again.is_some() {
            AfterFailure::Repeat
        } else {
            AfterFailure::Stand
        }),
        Verdict::Retry { .. } => Ending::Failed(AfterFailure::Retry),
        Verdict::Snoozed { .. } => Ending::Snoozed,
        Verdict::Parked { .. } => Ending::Parked,
        Verdict::Cancelled { .. } => Ending::Cancelled,
        Verdict::HandBack | Verdict::HandOn => Ending::HandedBack,
        Verdict::Buried { .. } => Ending::Buried,
    }
}
