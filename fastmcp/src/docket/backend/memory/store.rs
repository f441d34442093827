//! Everything that a memory docket holds, behind one lock; the steps themselves are in the files beside this one.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap, HashSet, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use crate::docket::backend::call::Hold;
use crate::docket::model::key::{Key, Name};
use crate::docket::model::options::DocketOptions;
use crate::docket::model::record::{ExecutionId, Snapshot};
use crate::docket::model::state::ExecutionState;
use crate::docket::model::time::Timestamp;

use crate::docket::backend::memory::entry::Entry;
use crate::docket::backend::memory::lanes::Lanes;
use crate::docket::backend::memory::queue::{Ready, Timetable};
use crate::docket::backend::memory::slab::Slab;
use crate::docket::backend::memory::wakes::Wakes;
use crate::docket::backend::memory::workers::Workers;

/// The state of one memory docket.
#[derive(Debug)]
pub(crate) struct Store {
    pub(crate) options: DocketOptions,
    pub(crate) slab: Slab,
    /// The execution that holds a key now, or held it last.
    pub(crate) keys: HashMap<Key, ExecutionId>,
    pub(crate) ready: Ready,
    pub(crate) timetable: Timetable,
    pub(crate) running: Vec<ExecutionId>,
    /// No lease runs out before this.
    pub(crate) leases_until: Timestamp,
    pub(crate) lanes: Lanes,
    pub(crate) struck: HashMap<Name, VecDeque<ExecutionId>>,
    pub(crate) paused: bool,
    pub(crate) workers: Workers,
    /// The ended executions, oldest first, and when each is forgotten.
    pub(crate) ended: VecDeque<(Timestamp, ExecutionId)>,
    pub(crate) dead: VecDeque<(Timestamp, ExecutionId)>,
    /// The executions with a time of their own that is not over, and when it is.
    pub(crate) kept: BinaryHeap<Reverse<(Timestamp, ExecutionId)>>,
    pub(crate) last_token: u64,
    pub(crate) pending: usize,
    /// How many entries of the queues lead to nothing any more.
    pub(crate) stale: usize,
    /// Whom to wake once the lock is released.
    pub(crate) wakes: Wakes,
}

const SWEEP_FROM: usize = 1024;
const TIME_OVER: &str = "its time was over";

impl Store {
    pub(crate) fn new(options: DocketOptions) -> Self {
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
            ended: VecDeque::new(),
            dead: VecDeque::new(),
            kept: BinaryHeap::new(),
            last_token: 0,
            pending: 0,
            stale: 0,
            wakes: Wakes::default(),
        }
    }

    /// Does what time alone brings about: lets fall due, takes back lost leases, forgets what has expired.
    pub(crate) fn pass_time(&mut self, now: Timestamp) {
        while let Some((moment, id)) = self.timetable.pop_due(now) {
            self.fall_due(id, moment, now);
        }
        if self.leases_until <= now {
            self.take_back_lost_leases(now);
        }
        self.forget_expired(now);
        self.end_what_was_kept(now);
    }

    /// When `pass_time` will have something to do.
    pub(crate) fn next_moment(&self) -> Option<Timestamp> {
        let lease = (self.leases_until != Timestamp::MAX).then_some(self.leases_until);
        // Forgetting is not urgent: several results are dropped in one go.
        let slack = (self.options.result_ttl / 8).min(Duration::from_mins(1));
        let ended = self.ended.front().map(|(until, _)| *until + slack);
        let dead = self.dead.front().map(|(until, _)| *until);
        let kept = self.kept.peek().map(|Reverse((until, _))| *until);
        [self.timetable.next(), lease, ended, dead, kept]
            .into_iter()
            .flatten()
            .min()
    }

    /// Puts a waiting execution where it belongs: among the ready, or into the timetable.
    pub(crate) fn line_up(&mut self, id: ExecutionId, now: Timestamp) {
        let Some(entry) = self.slab.get_mut(id) else {
            return;
        };
        if entry.life.state() == ExecutionState::Scheduled {
            if entry.due > now {
                let due = entry.due;
                self.wake_at(due, id);
                return;
            }
            // A scheduled execution falls due, whatever else it is.
            let _ = entry.life.fall_due();
        }
        self.ready.push(entry.priority, id);
        self.wakes.work(1);
    }

    /// Enters the execution into the timetable.
    pub(crate) fn wake_at(&mut self, moment: Timestamp, id: ExecutionId) {
        if let Some(entry) = self.slab.get_mut(id) {
            entry.wake = moment;
        }
        if self.timetable.next().is_none_or(|next| moment < next) {
            self.wakes.timers();
        }
        self.timetable.push(moment, id);
    }

    fn fall_due(&mut self, id: ExecutionId, moment: Timestamp, now: Timestamp) {
        let Some(entry) = self.slab.get_mut(id) else {
            return;
        };
        if entry.wake != moment || !is_waiting(entry) {
            self.stale = self.stale.saturating_sub(1);
            return;
        }
        if let Some(worker) = entry
            .extra
            .as_ref()
            .and_then(|extra| extra.offered_to.clone())
        {
            self.offer_again(id, &worker, now);
            return;
        }
        let announce = entry.life.fall_due().is_ok();
        self.ready.push(entry.priority, id);
        if announce {
            entry.announce(id, now);
        }
        self.wakes.work(1);
    }

    fn take_back_lost_leases(&mut self, now: Timestamp) {
        let lost: Vec<Hold> = self
            .running
            .iter()
            .filter_map(|id| {
                let entry = self.slab.get(*id)?;
                (entry.run.lease_until <= now).then(|| Hold {
                    id: *id,
                    token: entry.life.token(),
                })
            })
            .collect();
        for hold in lost {
            self.lose(hold, now);
        }
        self.leases_until = self
            .running
            .iter()
            .filter_map(|id| Some(self.slab.get(*id)?.run.lease_until))
            .min()
            .unwrap_or(Timestamp::MAX);
    }

    fn forget_expired(&mut self, now: Timestamp) {
        while let Some((until, id)) = self.ended.front().copied() {
            if until > now && self.ended.len() <= self.options.result_capacity {
                break;
            }
            self.ended.pop_front();
            self.forget(id);
        }
        while let Some((until, id)) = self.dead.front().copied() {
            if until > now {
                break;
            }
            self.dead.pop_front();
            self.forget(id);
        }
    }

    /// Forgets what has had its time; what has not ended by then ends first.
    fn end_what_was_kept(&mut self, now: Timestamp) {
        while let Some(Reverse((until, id))) = self.kept.peek().copied() {
            if until > now {
                break;
            }
            self.kept.pop();
            let Some(state) = self.slab.get(id).map(|entry| entry.life.state()) else {
                continue;
            };
            match state {
                ExecutionState::Running => self.signal(id, TIME_OVER, now),
                state if state.is_terminal() => self.forget(id),
                // Its end forgets it.
                _ => drop(self.cancel_waiting(id, TIME_OVER, now)),
            }
        }
    }

    pub(crate) fn forget(&mut self, id: ExecutionId) {
        let Some(entry) = self.slab.remove(id) else {
            return;
        };
        if self.keys.get(&entry.key) == Some(&id) {
            self.keys.remove(&entry.key);
        }
    }

    /// An execution was taken out of its queue by name. Once most entries of the queues lead to nothing, they go.
    pub(crate) fn left_a_stale_entry(&mut self) {
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
                .is_some_and(|entry| is_waiting(entry) && entry.wake == moment)
        });
        self.lanes.retain_waiting(waits);
        for parked in self.struck.values_mut() {
            parked.retain(|id| waits(*id));
        }
    }

    pub(crate) fn survey(&self, limit: usize, now: Timestamp) -> Snapshot {
        let mut snapshot = Snapshot {
            dead: self.dead.len(),
            paused: self.paused,
            struck: self.struck.keys().cloned().collect(),
            now: Some(now),
            ..Snapshot::default()
        };
        let mut listed = Vec::new();
        let mut held: HashMap<Arc<str>, usize> = HashMap::new();
        let dead: HashSet<ExecutionId> = self.dead.iter().map(|(_, id)| *id).collect();
        for (id, entry) in self.slab.iter() {
            match entry.life.state() {
                ExecutionState::Scheduled => snapshot.scheduled += 1,
                ExecutionState::Queued => snapshot.queued += 1,
                ExecutionState::Running => {
                    snapshot.running += 1;
                    if let Some(worker) = &entry.run.worker {
                        *held.entry(worker.clone()).or_default() += 1;
                    }
                }
                ExecutionState::Dead if dead.contains(&id) => {}
                _ => continue,
            }
            listed.push((entry.submitted, id));
        }
        listed.sort_unstable();
        listed.truncate(limit);
        snapshot.executions = listed
            .into_iter()
            .filter_map(|(_, id)| Some(self.slab.get(id)?.record(id)))
            .collect();
        snapshot.workers = self.workers.alive(now, &held);
        snapshot
    }
}

pub(crate) fn is_waiting(entry: &Entry) -> bool {
    matches!(
        entry.life.state(),
        ExecutionState::Scheduled | ExecutionState::Queued
    )
}
