//! Lanes: limits on concurrency, start rate and cooldown that executions share.

use std::collections::{HashMap, VecDeque};

use crate::docket::model::key::Name;
use crate::docket::model::record::ExecutionId;
use crate::docket::model::submission::{ConcurrencyLimit, Cooldown, RateLimit};
use crate::docket::model::time::Timestamp;

/// All lanes by name. Idle lanes are deleted.
#[derive(Debug, Default)]
pub(super) struct Lanes {
    lanes: HashMap<Name, Lane>,
    sweep_above: usize,
}

#[derive(Debug, Default)]
struct Lane {
    running: u32,
    waiting: VecDeque<ExecutionId>,
    starts: Starts,
    cooling: Option<(Timestamp, ExecutionId)>,
}

/// The start times in a rate-limited lane.
#[derive(Debug, Default)]
struct Starts {
    /// The latest assigned start times, past or future. They keep waiting executions in order.
    assigned: VecDeque<Timestamp>,
    /// The latest actual starts. A run can start later than assigned, and the limit applies to actual starts.
    actual: VecDeque<Timestamp>,
    /// The time after which all of these start times are too old to matter.
    until: Timestamp,
}

/// The number of lanes below which idle lanes are not swept.
const SWEEP_FROM: usize = 1024;

impl Lanes {
    /// Takes a slot of the lane and returns true, or queues the execution and returns false. An execution that
    /// `was_released` but found its slot taken goes to the head of the queue, so that it keeps its turn.
    pub(super) fn enter(
        &mut self,
        limit: &ConcurrencyLimit,
        id: ExecutionId,
        was_released: bool,
    ) -> bool {
        let lane = self.lane(&limit.lane);
        if lane.running < limit.at_most {
            lane.running += 1;
            return true;
        }
        if was_released {
            lane.waiting.push_front(id);
        } else {
            lane.waiting.push_back(id);
        }
        false
    }

    /// Frees a slot of the lane.
    pub(super) fn leave(&mut self, limit: &ConcurrencyLimit) {
        if let Some(lane) = self.lanes.get_mut(&limit.lane) {
            lane.running = lane.running.saturating_sub(1);
        }
    }

    /// Removes the next execution from the lane's queue and returns it, if the lane has a free slot.
    pub(super) fn next_in_line(&mut self, limit: &ConcurrencyLimit) -> Option<ExecutionId> {
        let lane = self.lanes.get_mut(&limit.lane)?;
        if lane.running < limit.at_most {
            lane.waiting.pop_front()
        } else {
            None
        }
    }

    /// Records a start now and returns `None`, or returns the time at which to try again. `has_start_time` is true if
    /// the lane has already assigned a start time to the execution.
    pub(super) fn start(
        &mut self,
        limit: &RateLimit,
        now: Timestamp,
        has_start_time: bool,
    ) -> Option<Timestamp> {
        let at_most = limit.at_most as usize;
        let starts = &mut self.lane(&limit.lane).starts;
        if !has_start_time {
            let start = starts.assign(limit, now);
            if start > now {
                return Some(start);
            }
        }
        if starts.actual.len() >= at_most
            && let Some(oldest) = starts.actual.front()
            && *oldest + limit.per > now
        {
            return Some(*oldest + limit.per);
        }
        starts.actual.push_back(now);
        while starts.actual.len() > at_most {
            starts.actual.pop_front();
        }
        starts.until = starts.until.max(now + limit.per);
        None
    }

    /// Returns the execution that started the cooldown, if the cooldown has not ended.
    pub(super) fn cooling(&self, cooldown: &Cooldown, now: Timestamp) -> Option<ExecutionId> {
        let (until, id) = self.lanes.get(&cooldown.lane)?.cooling?;
        (until > now).then_some(id)
    }

    pub(super) fn cool(&mut self, cooldown: &Cooldown, until: Timestamp, id: ExecutionId) {
        self.lane(&cooldown.lane).cooling = Some((until, id));
    }

    /// Deletes idle lanes once there are twice as many lanes as after the last sweep, so that the amortized cost per
    /// lane is constant.
    pub(super) fn sweep(&mut self, now: Timestamp) {
        if self.lanes.len() <= self.sweep_above.max(SWEEP_FROM) {
            return;
        }
        self.lanes.retain(|_, lane| {
            lane.running > 0
                || !lane.waiting.is_empty()
                || lane.starts.until > now
                || lane.cooling.is_some_and(|(until, _)| until > now)
        });
        self.sweep_above = self.lanes.len() * 2;
    }

    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.lanes.len()
    }

    pub(super) fn retain_waiting(&mut self, keep: impl Fn(ExecutionId) -> bool) {
        for lane in self.lanes.values_mut() {
            lane.waiting.retain(|id| keep(*id));
        }
    }

    fn lane(&mut self, name: &Name) -> &mut Lane {
        self.lanes.entry(name.clone()).or_default()
    }
}

impl Starts {
    fn assign(&mut self, limit: &RateLimit, now: Timestamp) -> Timestamp {
        let at_most = limit.at_most as usize;
        let mut start = now;
        if self.assigned.len() >= at_most
            && let (Some(oldest), Some(latest)) = (self.assigned.front(), self.assigned.back())
            && *oldest + limit.per > now
        {
            // Spread evenly: executions that all wait for the end of the period would start together.
            start = (*oldest + limit.per).max(*latest + limit.per / limit.at_most);
        }
        self.assigned.push_back(start);
        while self.assigned.len() > at_most {
            self.assigned.pop_front();
        }
        self.until = self.until.max(start + limit.per);
        start
    }
}
