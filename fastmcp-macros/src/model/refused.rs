//! [`Refused`]: a refused handler and its fallback.

use crate::errors::Errors;
use crate::model::task::Task;
use crate::parse::function::Function;

/// The errors of a refused handler, and its fallback.
pub(crate) struct Refused {
    pub(crate) errors: Errors,
    pub(crate) fallback: Fallback,
}

/// The item that is expanded anyway, so that uses of the function do not cause further errors.
pub(crate) enum Fallback {
    /// The function alone.
    Function(Box<Function>),
    /// The task without its policy, because `docket.add(…)` requires a task.
    Task(Box<Task>),
}
