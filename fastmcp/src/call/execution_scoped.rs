//! The dependencies that exist only during one run of a task.

use crate::call::inject::builtin::{Cancellation, TaskKey};
use crate::docket::current_execution::CurrentExecution;
use crate::docket::current_execution::handles::{NextRun, TimeLimit};
use crate::docket::progress::Progress;

/// Marks a dependency that exists only during one run of a task, so that a shared provider cannot
/// take it.
#[doc(hidden)]
pub trait ExecutionScoped {}

impl ExecutionScoped for Progress {}
impl ExecutionScoped for CurrentExecution {}
impl ExecutionScoped for TaskKey {}
impl ExecutionScoped for Cancellation {}
impl ExecutionScoped for TimeLimit {}
impl ExecutionScoped for NextRun {}
impl<D: ExecutionScoped> ExecutionScoped for Option<D> {}
