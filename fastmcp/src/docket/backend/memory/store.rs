//! [`Store`]: the data of a memory docket, and the changes that the passing of time causes.
//!
//! The sibling files implement the other steps.

use std::cmp::Reverse;
use std::collections::{BTreeSet, BinaryHeap, HashMap, HashSet, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use crate::docket::backend::memory::counts::Tasks;
use crate::docket::backend::memory::entry::Entry;
use crate::docket::backend::memory::lanes::Lanes;
use crate::docket::backend::memory::queue::{Ready, Timetable};
use crate::docket::backend::memory::retained::Retained;
use crate::docket::backend::memory::slab::Slab;
use crate::docket::backend::memory::wakeups::Wakeups;
use crate::docket::backend::memory::workers::Workers;
use crate::docket::model::delivery::Lease;
use crate::docket::model::key::{Key, Name};
use crate::docket::model::options::DocketOptions;
use crate::docket::model::record::{ExecutionId, Snapshot};
use crate::docket::model::state::ExecutionState;
use crate::docket::model::time::Timestamp;

/// The data of one memory docket, behind one lock.
#[derive(Debug)]
pub(super) struct Store {
    pub(super) options: DocketOptions,
    pub(super) slab: Slab,
    /// The execution that holds a key now, or held it last.
    pub(super) keys: HashMap<Key, ExecutionId>,
    pub(super) ready: Ready,
    pub(super) timetable: Timetable,
    pub(super) running: Vec<ExecutionId>,
    /// A lower bound of the time at which the next lease expires. Renewals do not update it, so that they stay cheap.
    pub(super) leases_until: Timestamp,
    pub(super) lanes: Lanes,
    pub(super) struck: HashMap<Name, VecDeque<ExecutionId>>,
    pub(super) paused: bool,
    pub(super) workers: Workers,
    /// The results.
    pub(super) ended: Retained,
    /// The dead letters.
    pub(super) dead: Retained,
    pub(super) tasks: Tasks,
    /// The executions with their own retention period, by its end.
    pub(super) kept: BinaryHeap<Reverse<(Timestamp, ExecutionId)>>,
    /// By how many microseconds the wall clock is ahead of the monotonic clock.
    pub(super) deviation: i64,
    /// The executions whose due time is on the wall clock.
    pub(super) on_wall_clock: HashSet<ExecutionId>,
    pub(super) last_token: u64,
    /// The number of submissions, which numbers them in order.
    pub(super) last_sequence: u64,
    pub(super) pending: usize,
    /// The bytes of the pending executions, as they were accepted.
    pub(super) pending_bytes: usize,
    /// The number of pending executions of each owner.
    pub(super) owners: HashMap<Key, usize>,
    /// The number of stale items in the queues.
    pub(super) stale: usize,
    /// The executions to cancel with their parents, and the reasons.
    pub(super) orphans: Vec<(BTreeSet<ExecutionId>, String)>,
    /// The wake-ups to send after the lock is released.
    pub(super) wakeups: Wakeups,
}

/// The number of stale items below which the queues are not swept.
const SWEEP_FROM: usize = 1024;
/// The reason of executions that were cancelled at the end of their retention.
const RETENTION_ENDED: &str = "its retention period ended";

impl Store {
    pub(super) fn new(options: DocketOptions) -> Self {
        Self {
            options,
            slab: Slab::default(),
            keys: HashMap::new(),
            ready: Ready::default(),
            timetable: Timetable::default(),
            running: Vec::new(),
            leases_until: Timestamp::MAX,
            lanes: Lanes::default(),
            struck: HashMap::new(),
            paused: false,
            workers: Workers::default(),
            ended: Retained::default(),
            dead: Retained::default(),
            tasks: Tasks::default(),
            kept: BinaryHeap::new(),
            deviation: 0,
            on_wall_clock: HashSet::new(),
            last_token: 0,
            last_sequence: 0,
            pending: 0,
            pending_bytes: 0,
            owners: HashMap::new(),
            stale: 0,
            orphans: Vec::new(),
            wakeups: Wakeups::default(),
        }
    }

    /// Applies the effects of time: due times, expired leases, expired records and ended retention periods. Every
    /// step starts with it, so that it acts on the current state.
    pub(super) fn pass_time(&mut self, now: Timestamp) {
        while let Some((moment, id)) = self.timetable.pop_due(now) {
            self.become_due(id, moment, now);
        }
        if self.leases_until <= now {
            self.expire_leases(now);
        }
        self.delete_expired(now);
        self.end_retention(now);
    }

    /// Returns the next time at which `pass_time` has work to do.
    pub(super) fn next_moment(&self) -> Option<Timestamp> {
        let lease = (self.leases_until != Timestamp::MAX).then_some(self.leases_until);
        // Deleting results is not urgent. The slack allows one wake-up to delete many of them.
        let slack = (self.options.result_ttl / 8).min(Duration::from_mins(1));
        let ended = self.ended.next().map(|until| until + slack);
        let dead = self.dead.next();
        let kept = self.kept.peek().map(|Reverse((until, _))| *until);
        [self.timetable.next(), lease, ended, dead, kept]
            .into_iter()
            .flatten()
            .min()
    }

    /// Adds a waiting execution to the timetable if it is due later, or else to the ready queue.
    pub(super) fn enqueue(&mut self, id: ExecutionId, now: Timestamp) {
        let Some(entry) = self.slab.get_mut(id) else {
            return;
        };
        if entry.machine.state() == ExecutionState::Scheduled {
            if entry.due > now {
                let due = entry.due;
                self.wake_at(due, id);
                return;
            }
            // Cannot fail, because the execution is scheduled and callers do not pass parked ones.
            let _ = entry.machine.become_due();
            entry.count();
        }
        self.ready.push(entry.priority, entry.owner(), id);
        self.wakeups.work(1);
    }

    /// Adds the execution to the timetable. This invalidates its earlier items.
    pub(super) fn wake_at(&mut self, moment: Timestamp, id: ExecutionId) {
        if let Some(entry) = self.slab.get_mut(id) {
            entry.wake_at = moment;
        }
        if self.timetable.next().is_none_or(|next| moment < next) {
            self.wakeups.timers();
        }
        self.timetable.push(moment, id);
    }

    fn become_due(&mut self, id: ExecutionId, moment: Timestamp, now: Timestamp) {
        let Some(entry) = self.slab.get_mut(id) else {
            return;
        };
        if entry.wake_at != moment || !is_waiting(entry) {
            self.stale = self.stale.saturating_sub(1);
            return;
        }
        if let Some(worker) = entry
            .extra
            .as_ref()
            .and_then(|extra| extra.offered_to.clone())
        {
            self.check_offer(id, &worker, now);
            return;
        }
        if entry.machine.is_parked() {
            // Its item has just been taken out of the timetable.
            entry.wake_at = Timestamp::EPOCH;
            self.wake(id, now);
            return;
        }
        self.on_wall_clock.remove(&id);
        let announce = entry.machine.become_due().is_ok();
        self.ready.push(entry.priority, entry.owner(), id);
        if announce {
            entry.announce(id, now);
        }
        self.wakeups.work(1);
    }

    fn expire_leases(&mut self, now: Timestamp) {
        let lost: Vec<Lease> = self
            .running
            .iter()
            .filter_map(|id| {
                let entry = self.slab.get(*id)?;
                (entry.run.lease_until <= now).then(|| entry.lease(*id))
            })
            .collect();
        for lease in lost {
            self.lose_lease(lease, now);
        }
        self.leases_until = self
            .running
            .iter()
            .filter_map(|id| Some(self.slab.get(*id)?.run.lease_until))
            .min()
            .unwrap_or(Timestamp::MAX);
    }

    pub(super) fn delete_expired(&mut self, now: Timestamp) {
        let options = &self.options;
        let (results, result_bytes) = (options.result_capacity, options.result_bytes);
        let (letters, letter_bytes) = (options.dead_letter_capacity, options.dead_letter_bytes);
        while let Some(id) = self.ended.pop(now, results, result_bytes) {
            self.forget(id);
        }
        while let Some(id) = self.dead.pop(now, letters, letter_bytes) {
            self.forget(id);
        }
    }

    /// Deletes executions whose retention period is over. Executions that have not ended are cancelled first.
    fn end_retention(&mut self, now: Timestamp) {
        while let Some(Reverse((until, id))) = self.kept.peek().copied() {
            if until > now {
                break;
            }
            self.kept.pop();
            let Some(state) = self.slab.get(id).map(|entry| entry.machine.state()) else {
                continue;
            };
            match state {
                ExecutionState::Running => self.signal(id, RETENTION_ENDED, now),
                state if state.is_terminal() => self.forget(id),
                // `end` deletes it.
                _ => drop(self.cancel_waiting(id, RETENTION_ENDED, now)),
            }
        }
    }

    pub(super) fn forget(&mut self, id: ExecutionId) {
        let Some(entry) = self.slab.remove(id) else {
            return;
        };
        if self.keys.get(&entry.key) == Some(&id) {
            self.keys.remove(&entry.key);
        }
    }

    /// Counts a cancelled execution that is still in a queue. Removes all of them once they are the majority, so that the
    /// cost per execution is constant.
    pub(super) fn count_stale_item(&mut self) {
        self.stale += 1;
        if self.stale < SWEEP_FROM || self.stale < self.pending {
            return;
        }
        self.stale = 0;
        let slab = &self.slab;
        let waits = |id| slab.get(id).is_some_and(is_waiting);
        self.ready.retain(waits);
        self.timetable.retain(|moment, id| {
            slab.get(id)
                .is_some_and(|entry| is_waiting(entry) && entry.wake_at == moment)
        });
        self.lanes.retain_waiting(waits);
        for held_back in self.struck.values_mut() {
            held_back.retain(|id| waits(*id));
        }
    }

    pub(super) fn snapshot(&self, limit: usize, now: Timestamp) -> Snapshot {
        let mut snapshot = Snapshot {
            dead: self.dead.len(),
            paused: self.paused,
            struck: self.struck.keys().cloned().collect(),
            now: Some(self.wall(now)),
            ..Snapshot::default()
        };
        for task in self.tasks.stats() {
            snapshot.scheduled += task.counts.scheduled;
            snapshot.queued += task.counts.queued;
            snapshot.running += task.counts.running;
        }
        let mut held: HashMap<Arc<str>, usize> = HashMap::new();
        let running = self.running.iter().filter_map(|id| self.slab.get(*id));
        for worker in running.filter_map(|entry| entry.run.worker.as_ref()) {
            *held.entry(worker.clone()).or_default() += 1;
        }
        // Without a list, the cost does not depend on the number of executions.
        let all = (limit > 0).then(|| self.slab.iter()).into_iter().flatten();
        let mut listed: Vec<_> = all
            .filter(|(_, entry)| !entry.machine.state().is_terminal() || entry.is_dead_letter)
            .map(|(id, entry)| (entry.submitted, id))
            .collect();
        listed.sort_unstable();
        listed.truncate(limit);
        snapshot.executions = listed
            .into_iter()
            .filter_map(|(_, id)| Some(self.on_wall(self.slab.get(id)?.record(id))))
            .collect();
        snapshot.workers = self.workers.alive(now, &held);
        snapshot
    }
}

pub(super) fn is_waiting(entry: &Entry) -> bool {
    matches!(
        entry.machine.state(),
        ExecutionState::Scheduled | ExecutionState::Queued
    )
}
