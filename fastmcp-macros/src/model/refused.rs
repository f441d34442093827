//! A refused handler, and its fallback.

use crate::errors::Errors;
use crate::model::task::Task;
use crate::parse::function::Function;

/// A refused handler.
pub(crate) struct Refused {
    pub(crate) errors: Errors,
    pub(crate) fallback: Fallback,
}

/// The item that is still expanded, so that code that uses the function is not a second error.
pub(crate) enum Fallback {
    /// The function alone.
    Function(Box<Function>),
    /// The task without the options of its policy: `docket.add(…)` needs a task.
    Task(Box<Task>),
}
