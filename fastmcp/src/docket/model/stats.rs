//! [`Stats`]: counts and delays of a docket, for health checks and metrics.

use std::time::Duration;

use crate::docket::model::key::Name;
use crate::docket::model::state::ExecutionState;
use crate::docket::model::time::Timestamp;

/// The numbers of executions by state.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Counts {
    /// Due later, or parked.
    pub scheduled: usize,
    /// Due, and waiting for a worker.
    pub queued: usize,
    /// Leased by a worker.
    pub running: usize,
    /// Ended with a result that is still kept.
    pub completed: usize,
    /// Ended with a failure, and still kept.
    pub failed: usize,
    /// Cancelled, and still kept.
    pub cancelled: usize,
    /// Could not run, and still kept.
    pub dead: usize,
}

impl Counts {
    /// Returns the number of executions in `state`.
    #[must_use]
    pub fn of(&self, state: ExecutionState) -> usize {
        let mut copy = *self;
        *copy.of_mut(state)
    }

    /// Returns the number of executions that have not ended.
    #[must_use]
    pub fn pending(&self) -> usize {
        self.scheduled + self.queued + self.running
    }

    pub(crate) fn of_mut(&mut self, state: ExecutionState) -> &mut usize {
        match state {
            ExecutionState::Scheduled => &mut self.scheduled,
            ExecutionState::Queued => &mut self.queued,
            ExecutionState::Running => &mut self.running,
            ExecutionState::Completed => &mut self.completed,
            ExecutionState::Failed => &mut self.failed,
            ExecutionState::Cancelled => &mut self.cancelled,
            ExecutionState::Dead => &mut self.dead,
        }
    }

    pub(crate) fn add(&mut self, other: &Self) {
        for state in ExecutionState::ALL {
            *self.of_mut(state) += other.of(state);
        }
    }
}

/// The counts and delays of one task.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct TaskStats {
    /// The name of the task.
    pub task: Name,
    /// The numbers of its executions.
    pub counts: Counts,
    /// The time for which its oldest execution at the head of the queue has been due; `None` if none is there.
    pub lag: Option<Duration>,
    /// The number of executions that have started since the docket counts this task. Redeliveries do not count.
    pub started: u64,
    /// The lateness of the latest start: the time between the due time and the start.
    pub lateness: Duration,
    /// The sum of the lateness of all starts.
    pub total_lateness: Duration,
}

impl TaskStats {
    pub(crate) fn new(task: Name) -> Self {
        Self {
            task,
            counts: Counts::default(),
            lag: None,
            started: 0,
            lateness: Duration::ZERO,
            total_lateness: Duration::ZERO,
        }
    }
}

/// The counts and delays of a docket at one moment.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Stats {
    /// The numbers of all executions.
    pub counts: Counts,
    /// The number of dead letters: failed and dead executions that can be retried.
    pub dead_letters: usize,
    /// The bytes of pending executions, as they were accepted.
    pub pending_bytes: usize,
    /// The bytes of the results, without the executions that have their own retention period.
    pub result_bytes: usize,
    /// The bytes of the dead letters.
    pub dead_letter_bytes: usize,
    /// The longest time for which an execution at the head of the queue has been due; zero if none waits.
    pub lag: Duration,
    /// The number of live workers.
    pub workers: usize,
    /// The number of their slots, free or not.
    pub slots: usize,
    /// True if the docket is paused.
    pub paused: bool,
    /// The time on the backend's clock.
    pub now: Timestamp,
    /// The tasks, by name.
    pub tasks: Vec<TaskStats>,
}

impl Stats {
    /// Returns the statistics of a task; `None` if the docket does not know it.
    #[must_use]
    pub fn task(&self, name: &str) -> Option<&TaskStats> {
        self.tasks.iter().find(|task| task.task == *name)
    }

    /// Adds the totals of the tasks, sorts the tasks, and removes those without any executions and starts.
    pub(crate) fn complete(mut self) -> Self {
        self.tasks
            .retain(|task| task.counts != Counts::default() || task.started > 0);
        self.tasks.sort_unstable_by(|a, b| a.task.cmp(&b.task));
        for task in &self.tasks {
            self.counts.add(&task.counts);
            self.lag = self.lag.max(task.lag.unwrap_or_default());
        }
        self
    }
}

/// The number of executions of each priority, and of owners, that are the head of the queue.
///
/// The head is the first executions of each priority without an owner, and the first execution of each of the owners
/// that come next. The oldest of them decides the lag. The rest of the queue is younger, or waits behind one of them.
pub(crate) const HEAD: usize = 100;

/// The number of tasks of a docket above which those without executions are forgotten, so that programs that make up
/// names of tasks do not fill the store.
pub(crate) const MAX_TASKS: usize = 1000;
