//! Start-up errors of the program's tasks.

use crate::call::unmet::UnmetDependency;
use crate::docket::error::DocketError;
use crate::registration::{DuplicateName, Location};
use crate::text::list;

/// A task with an invalid option.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[error("task `{task}` ({location}): option {problem}")]
#[non_exhaustive]
pub struct InvalidTask {
    /// The name of the task.
    pub task: &'static str,
    /// The location of the function.
    pub location: Location,
    /// The option, and its valid values.
    pub problem: DocketError,
}

/// The reason why a worker of the program's tasks cannot be created.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum WorkerError {
    /// Two tasks have the same name.
    #[error(transparent)]
    DuplicateName(#[from] DuplicateName),
    /// A task depends on something that only a server provides.
    #[error(transparent)]
    UnmetDependency(#[from] Box<UnmetDependency>),
    /// A task has an invalid option.
    #[error(transparent)]
    InvalidTask(#[from] Box<InvalidTask>),
    /// An option of the worker is invalid.
    #[error(transparent)]
    Option(#[from] DocketError),
    /// The program has several problems.
    #[error("the worker cannot start for {} reasons:{}", .0.len(), list(.0))]
    Several(Vec<Self>),
}
