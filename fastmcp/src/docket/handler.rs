//! [`Handler`]: runs the bodies of tasks. The rest of the docket does not depend on them.

use std::collections::HashMap;
use std::fmt;
use std::future::Future;

use crate::docket::backend::contract::BoxFuture;
use crate::docket::current_execution::CurrentExecution;
use crate::docket::model::key::Name;
use crate::docket::model::outcome::Outcome;
use crate::docket::model::submission::Submission;
use crate::docket::policy::Policy;

/// Runs executions: maps a task's name and payload to a future.
///
/// [`Handlers`] implements it with one closure per task.
pub trait Handler: Send + Sync + 'static {
    /// Returns the policy of `task`; `None` if this handler has no such task.
    fn policy(&self, task: &str) -> Option<&Policy>;

    /// Runs the body of one execution. A panic in this method or in its future fails the run and has no other effect.
    fn run(&self, execution: CurrentExecution) -> BoxFuture<'static, Outcome>;

    /// Returns whether the body of `task` logs the errors that it returns. By default, the worker logs each failed
    /// attempt.
    fn logs_errors(&self, task: &str) -> bool {
        let _ = task;
        false
    }

    /// Returns the perpetual tasks that a worker submits when it starts, each under a fixed key.
    fn automatic(&self) -> Vec<Submission> {
        Vec::new()
    }
}

/// A [`Handler`] with one closure per task.
///
/// ```
/// use fastmcp::docket::{Handlers, Outcome, Policy};
///
/// let handlers = Handlers::new()
///     .task("greet", Policy::default(), |execution| async move {
///         match serde_json::from_slice::<String>(execution.payload()) {
///             Ok(name) => Outcome::json(&format!("Hello, {name}")),
///             Err(error) => Outcome::Undecodable { reason: error.to_string() },
///         }
///     });
/// # let _ = handlers;
/// ```
#[derive(Default)]
pub struct Handlers {
    tasks: HashMap<Name, Task>,
    automatic: Vec<Submission>,
}

struct Task {
    policy: Policy,
    run: Box<dyn Fn(CurrentExecution) -> BoxFuture<'static, Outcome> + Send + Sync>,
}

impl Handlers {
    /// Creates a handler without tasks.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds the task `name`. A second task of the same name replaces the first.
    #[must_use]
    pub fn task<F, R>(mut self, name: impl Into<Name>, policy: Policy, body: F) -> Self
    where
        F: Fn(CurrentExecution) -> R + Send + Sync + 'static,
        R: Future<Output = Outcome> + Send + 'static,
    {
        self.tasks.insert(
            name.into(),
            Task {
                policy,
                run: Box::new(move |execution| Box::pin(body(execution))),
            },
        );
        self
    }

    /// Adds a submission that each worker makes when it starts. If its key is in use, the submission has no effect.
    #[must_use]
    pub fn automatic(mut self, submission: Submission) -> Self {
        self.automatic.push(submission);
        self
    }
}

impl Handler for Handlers {
    fn policy(&self, task: &str) -> Option<&Policy> {
        self.tasks.get(task).map(|task| &task.policy)
    }

    fn run(&self, execution: CurrentExecution) -> BoxFuture<'static, Outcome> {
        match self.tasks.get(execution.task().as_str()) {
            Some(task) => (task.run)(execution),
            None => Box::pin(std::future::ready(Outcome::UnknownTask)),
        }
    }

    fn automatic(&self) -> Vec<Submission> {
        self.automatic.clone()
    }
}

impl fmt::Debug for Handlers {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_set().entries(self.tasks.keys()).finish()
    }
}
