//! [`Tasks`]: the counts of a memory docket by task and state.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering::Relaxed};
use std::time::Duration;

use crate::docket::model::key::Name;
use crate::docket::model::state::ExecutionState;
use crate::docket::model::stats::{MAX_TASKS, TaskStats};

/// The tasks of a docket.
#[derive(Debug, Default)]
pub(super) struct Tasks {
    by_name: HashMap<Name, Arc<TaskCounter>>,
    /// The number of tasks above which those without executions are forgotten.
    sweep_above: usize,
}

/// The numbers of one task. Each execution refers to them, so that a change of its state needs no lookup. They change
/// only under the lock of the store, so the order of the operations does not matter.
#[derive(Debug, Default)]
pub(super) struct TaskCounter {
    states: [AtomicUsize; 7],
    started: AtomicU64,
    /// Microseconds.
    lateness: AtomicU64,
    total_lateness: AtomicU64,
}

/// The state in which an execution is counted.
#[derive(Debug)]
pub(super) struct Counted {
    counter: Arc<TaskCounter>,
    state: ExecutionState,
}

impl Tasks {
    pub(super) fn count(&mut self, task: &Name, state: ExecutionState) -> Counted {
        let counter = match self.by_name.get(task) {
            Some(counter) => counter.clone(),
            None => self.add(task),
        };
        counter.states[state as usize].fetch_add(1, Relaxed);
        Counted { counter, state }
    }

    fn add(&mut self, task: &Name) -> Arc<TaskCounter> {
        if self.by_name.len() >= self.sweep_above.max(MAX_TASKS) {
            self.by_name
                .retain(|_, counter| counter.states.iter().any(|count| count.load(Relaxed) > 0));
            // At twice the number of those that are left, so that a sweep costs the same for each new task.
            self.sweep_above = self.by_name.len() * 2;
        }
        let counter = Arc::<TaskCounter>::default();
        self.by_name.insert(task.clone(), counter.clone());
        counter
    }

    pub(super) fn stats(&self) -> Vec<TaskStats> {
        let tasks = self.by_name.iter();
        tasks
            .map(|(task, counter)| {
                let mut stats = TaskStats::new(task.clone());
                for state in ExecutionState::ALL {
                    *stats.counts.of_mut(state) = counter.states[state as usize].load(Relaxed);
                }
                stats.started = counter.started.load(Relaxed);
                stats.lateness = Duration::from_micros(counter.lateness.load(Relaxed));
                stats.total_lateness = Duration::from_micros(counter.total_lateness.load(Relaxed));
                stats
            })
            .collect()
    }
}

impl Counted {
    /// Counts the execution in another state.
    pub(super) fn update(&mut self, state: ExecutionState) {
        if state != self.state {
            self.counter.states[self.state as usize].fetch_sub(1, Relaxed);
            self.counter.states[state as usize].fetch_add(1, Relaxed);
            self.state = state;
        }
    }

    /// Counts a start.
    pub(super) fn started(&self, lateness: Duration) {
        let micros = u64::try_from(lateness.as_micros()).unwrap_or(u64::MAX);
        self.counter.started.fetch_add(1, Relaxed);
        self.counter.lateness.store(micros, Relaxed);
        self.counter.total_lateness.fetch_add(micros, Relaxed);
    }
}

// The execution is deleted.
impl Drop for Counted {
    fn drop(&mut self) {
        self.counter.states[self.state as usize].fetch_sub(1, Relaxed);
    }
}
