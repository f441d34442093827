//! Limits that executions share: how many run, how many start in a span, how long to keep quiet.

use std::collections::{HashMap, VecDeque};

use crate::docket::model::key::Name;
use crate::docket::model::record::ExecutionId;
use crate::docket::model::submission::{ConcurrencyLimit, Cooldown, RateLimit};
use crate::docket::model::time::Timestamp;

/// All lanes by name. A lane that is at rest is forgotten.
#[derive(Debug, Default)]
pub(crate) struct Lanes {
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

/// The starts of a rate-limited lane.
#[derive(Debug, Default)]
struct Starts {
    /// The latest start times that were given out, past or to come.
    given: VecDeque<Timestamp>,
    /// The latest real starts: work can begin later than its time, and the limit holds for what really happened.
    made: VecDeque<Timestamp>,
    /// When all of these have lost their meaning.
    over: Timestamp,
}

const SWEEP_FROM: usize = 1024;

impl Lanes {
    /// Takes a place in the lane, or puts the execution in line for one: at its head, if it `was_let_go` from there
    /// and another was faster.
    pub(crate) fn enter(
        &mut self,
        limit: &ConcurrencyLimit,
        id: ExecutionId,
        was_let_go: bool,
    ) -> bool {
        let lane = self.lane(&limit.lane);
        if lane.running < limit.at_most {
            lane.running += 1;
            return true;
        }
        if was_let_go {
            lane.waiting.push_front(id);
        } else {
            lane.waiting.push_back(id);
        }
        false
    }

    /// Gives the place back.
    pub(crate) fn leave(&mut self, limit: &ConcurrencyLimit) {
        if let Some(lane) = self.lanes.get_mut(&limit.lane) {
            lane.running = lane.running.saturating_sub(1);
        }
    }

    /// The next in line, if the lane has room for it.
    pub(crate) fn next_in_line(&mut self, limit: &ConcurrencyLimit) -> Option<ExecutionId> {
        let lane = self.lanes.get_mut(&limit.lane)?;
        if lane.running < limit.at_most {
            lane.waiting.pop_front()
        } else {
            None
        }
    }

    /// Starts now (`None`), or says when to try. `has_start_time` tells that the lane gave it a time before.
    pub(crate) fn start(
        &mut self,
        limit: &RateLimit,
        now: Timestamp,
        has_start_time: bool,
    ) -> Option<Timestamp> {
        let at_most = limit.at_most as usize;
        let starts = &mut self.lane(&limit.lane).starts;
        if !has_start_time {
            let start = starts.give(limit, now);
            if start > now {
                return Some(start);
            }
        }
        if starts.made.len() >= at_most
            && let Some(oldest) = starts.made.front()
            && *oldest + limit.per > now
        {
            return Some(*oldest + limit.per);
        }
        starts.made.push_back(now);
        while starts.made.len() > at_most {
            starts.made.pop_front();
        }
        starts.over = starts.over.max(now + limit.per);
        None
    }

    /// The execution that a submission is folded into, while the lane keeps quiet.
    pub(crate) fn cooling(&self, cooldown: &Cooldown, now: Timestamp) -> Option<ExecutionId> {
        let (until, id) = self.lanes.get(&cooldown.lane)?.cooling?;
        (until > now).then_some(id)
    }

    pub(crate) fn cool(&mut self, cooldown: &Cooldown, until: Timestamp, id: ExecutionId) {
        self.lane(&cooldown.lane).cooling = Some((until, id));
    }

    /// Forgets the lanes at rest, once there are twice as many lanes as the last time.
    pub(crate) fn sweep(&mut self, now: Timestamp) {
        if self.lanes.len() <= self.sweep_above.max(SWEEP_FROM) {
            return;
        }
        self.lanes.retain(|_, lane| {
            lane.running > 0
                || !lane.waiting.is_empty()
                || lane.starts.over > now
                || lane.cooling.is_some_and(|(until, _)| until > now)
        });
        self.sweep_above = self.lanes.len() * 2;
    }

    #[cfg(test)]
    pub(crate) fn len(&self) -> usize {
        self.lanes.len()
    }

    pub(crate) fn retain_waiting(&mut self, keep: impl Fn(ExecutionId) -> bool) {
        for lane in self.lanes.values_mut() {
            lane.waiting.retain(|id| keep(*id));
        }
    }

    fn lane(&mut self, name: &Name) -> &mut Lane {
        self.lanes.entry(name.clone()).or_default()
    }
}

impl Starts {
    fn give(&mut self, limit: &RateLimit, now: Timestamp) -> Timestamp {
        let at_most = limit.at_most as usize;
        let mut start = now;
        if self.given.len() >= at_most
            && let (Some(oldest), Some(latest)) = (self.given.front(), self.given.back())
            && *oldest + limit.per > now
        {
            // One by one, not all together when the span is over.
            start = (*oldest + limit.per).max(*latest + limit.per / limit.at_most);
        }
        self.given.push_back(start);
        while self.given.len() > at_most {
            self.given.pop_front();
        }
        self.over = self.over.max(start + limit.per);
        start
    }
}
