//! [`TaskRegistry`]: the tasks of the program, by name.

use std::collections::HashMap;

use crate::background::error::InvalidTask;
use crate::background::task::{RegisteredTask, TaskEntry};
use crate::call::inject::capabilities::Capabilities;
use crate::call::unmet::{UnmetDependency, unmet};
use crate::registration::{DuplicateKind, DuplicateName, refuse_duplicates};

/// The tasks of the program, by name.
pub(crate) struct TaskRegistry {
    tasks: HashMap<&'static str, &'static TaskEntry>,
}

impl TaskRegistry {
    /// Collects the tasks that the program registers.
    pub(crate) fn gather() -> Result<Self, DuplicateName> {
        let mut tasks: Vec<&TaskEntry> = inventory::iter::<RegisteredTask>()
            .map(|registered| registered.0)
            .collect();
        tasks.sort_by_key(|task| (task.name, task.location));
        refuse_duplicates(
            DuplicateKind::Task,
            tasks.iter().map(|task| (task.name, task.location)),
        )?;
        let tasks = tasks.into_iter().map(|task| (task.name, task));
        Ok(Self {
            tasks: tasks.collect(),
        })
    }

    /// Returns the task with this name.
    pub(crate) fn get(&self, name: &str) -> Option<&'static TaskEntry> {
        self.tasks.get(name).copied()
    }

    /// Iterates over the tasks in the order of their names, so that start-up reports the same
    /// error each time.
    pub(crate) fn sorted(&self) -> impl Iterator<Item = &'static TaskEntry> {
        let mut tasks: Vec<&TaskEntry> = self.tasks.values().copied().collect();
        tasks.sort_by_key(|task| task.name);
        tasks.into_iter()
    }

    /// Returns the first problem of each task with an invalid option.
    pub(crate) fn invalid(&self) -> Vec<InvalidTask> {
        let invalid = self.sorted().filter_map(|task| {
            Some(InvalidTask {
                task: task.name,
                location: task.location,
                problem: task.policy().err()?,
            })
        });
        invalid.collect()
    }

    /// Returns the parameters of all tasks that the worker cannot provide.
    pub(crate) fn unmet(&self, capabilities: &Capabilities<'_>) -> Vec<UnmetDependency> {
        let unmet = self.sorted().flat_map(|task| {
            unmet(
                "task",
                task.name,
                task.location,
                task.parameters,
                capabilities,
            )
        });
        unmet.collect()
    }
}
