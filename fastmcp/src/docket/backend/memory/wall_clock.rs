//! Due times on the wall clock: they move when the wall clock is stepped.

use std::time::Duration;

use crate::docket::backend::memory::store::Store;
use crate::docket::model::record::{ExecutionId, Record};
use crate::docket::model::state::ExecutionState;
use crate::docket::model::time::{Timestamp, When};

/// The smallest step that is followed, in microseconds. Reading two clocks takes some time, so smaller ones are noise.
const SMALLEST_STEP: u64 = 20_000;

/// The times between two looks at the wall clock while an execution waits for it: the operating system does not wake a
/// sleeping process when the clock is set.
const SHORTEST_SLEEP: Duration = Duration::from_secs(1);
const LONGEST_SLEEP: Duration = Duration::from_secs(10);

impl Store {
    /// Returns the monotonic time of a due time, and notes an execution that waits for the wall clock.
    pub(super) fn due_at(&mut self, id: ExecutionId, when: When, now: Timestamp) -> Timestamp {
        let When::At(moment) = when else {
            if let Some(extra) = self.slab.get_mut(id).and_then(|entry| entry.extra.as_mut()) {
                extra.wall_due = None;
            }
            self.on_wall_clock.remove(&id);
            return when.due(now).max(Timestamp::from_micros(1));
        };
        let due = self.monotonic(moment);
        if due > now
            && let Some(entry) = self.slab.get_mut(id)
        {
            entry.extra().wall_due = Some(moment);
            self.on_wall_clock.insert(id);
        }
        due
    }

    /// Moves the executions that wait for the wall clock, if it was stepped.
    pub(super) fn follow_wall_clock(&mut self, deviation: i64) {
        if deviation.abs_diff(self.deviation) < SMALLEST_STEP {
            return;
        }
        self.deviation = deviation;
        let waiting: Vec<ExecutionId> = self.on_wall_clock.iter().copied().collect();
        for id in waiting {
            let Some(entry) = self.slab.get(id) else {
                self.on_wall_clock.remove(&id);
                continue;
            };
            let wall_due = entry.extra.as_ref().and_then(|extra| extra.wall_due);
            let is_behind = entry
                .extra
                .as_ref()
                .is_some_and(|extra| extra.behind.is_some());
            let is_scheduled = entry.machine.state() == ExecutionState::Scheduled;
            let (Some(moment), true) = (wall_due, is_scheduled) else {
                self.on_wall_clock.remove(&id);
                continue;
            };
            let due = self.monotonic(moment);
            if let Some(entry) = self.slab.get_mut(id) {
                entry.due = due;
            }
            if !is_behind {
                self.count_stale_item();
                self.wake_at(due, id);
            }
        }
    }

    /// Returns how long a call may sleep until it has to look at the wall clock again.
    pub(super) fn next_look(&self, now: Timestamp, next: Option<Timestamp>) -> Option<Timestamp> {
        if self.on_wall_clock.is_empty() {
            return next;
        }
        let sleep = next.map_or(LONGEST_SLEEP, |next| next.since(now) / 8);
        let look = now + sleep.clamp(SHORTEST_SLEEP, LONGEST_SLEEP);
        Some(next.map_or(look, |next| next.min(look)))
    }

    /// Returns the wall clock's time at a moment of the monotonic clock.
    pub(super) fn wall(&self, moment: Timestamp) -> Timestamp {
        match moment {
            Timestamp::EPOCH | Timestamp::MAX => moment,
            _ => shifted(moment, self.deviation),
        }
    }

    pub(super) fn monotonic(&self, moment: Timestamp) -> Timestamp {
        shifted(moment, self.deviation.saturating_neg()).max(Timestamp::from_micros(1))
    }

    /// Converts the moments of a record to the wall clock.
    pub(super) fn on_wall(&self, mut record: Record) -> Record {
        if self.deviation != 0 {
            for moment in [
                Some(&mut record.submitted),
                Some(&mut record.due),
                Some(&mut record.updated),
                record.started.as_mut(),
                record.ended.as_mut(),
            ]
            .into_iter()
            .flatten()
            {
                *moment = self.wall(*moment);
            }
        }
        record
    }
}

fn shifted(moment: Timestamp, by: i64) -> Timestamp {
    Timestamp::from_micros(moment.as_micros().saturating_add_signed(by))
}
