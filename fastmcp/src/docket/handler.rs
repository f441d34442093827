//! What a docket's executions are run by: the one thing that the engine does not know itself.

use std::collections::HashMap;
use std::fmt;
use std::future::Future;
use std::time::Duration;

use bytes::Bytes;
use serde::Serialize;

use crate::docket::backend::contract::BoxFuture;
use crate::docket::delivery::Delivery;
use crate::docket::model::failure::{Failure, FailureKind};
use crate::docket::model::key::Name;
use crate::docket::model::submission::Submission;
use crate::docket::policy::Policy;

/// Runs executions: turns a task's name and payload into a future.
///
/// [`Handlers`] is one made of closures.
pub trait Handler: Send + Sync + 'static {
    /// How the runs of `task` are to be treated; `None` when this worker does not know the task.
    fn policy(&self, task: &str) -> Option<&Policy>;

    /// One run. A panic in here, or in the future, fails the run and harms nothing else.
    fn run(&self, delivery: Delivery) -> BoxFuture<'static, Outcome>;

    /// The perpetual tasks that a worker starts by itself, each under a fixed key.
    fn automatic(&self) -> Vec<Submission> {
        Vec::new()
    }
}

/// What a run came to.
#[derive(Debug, Clone, PartialEq)]
#[must_use = "the worker has to be told what a run came to"]
pub enum Outcome {
    /// A result, as JSON.
    Completed(Bytes),
    /// A failure, to which the retry policy applies as far as the failure is retryable.
    Failed(Failure),
    /// A failure that asks for another attempt, by default after the policy's pause. The policy's number of attempts
    /// still holds.
    Retry {
        /// The pause, where it is to be another than the policy's.
        after: Option<Duration>,
        /// Why.
        failure: Failure,
    },
    /// Not yet: run again later. This counts as no attempt.
    Snooze {
        /// How much later.
        after: Duration,
    },
    /// Not before somebody outside has answered: this run is over and holds nothing, and the execution is run again,
    /// from its start, once its note was [amended](crate::docket::execution::Execution::amend) with the word to wake it. Until then it is
    /// scheduled and never due. This counts as no attempt.
    Park {
        /// The execution's note from now on: what is asked, and all that the next run has to know. At most as large
        /// as a payload may be.
        note: Bytes,
    },
    /// The work is no longer wanted: ends as cancelled.
    Discard {
        /// Why.
        reason: String,
    },
    /// The payload is none that the task can read: a dead letter at once.
    Undecodable {
        /// What is wrong with it.
        reason: String,
    },
}

impl Outcome {
    /// The result `value`; a failure when it does not serialise.
    pub fn json<T: Serialize + ?Sized>(value: &T) -> Self {
        match serde_json::to_vec(value) {
            Ok(json) => Self::Completed(json.into()),
            Err(error) => Self::Failed(
                Failure::new(
                    FailureKind::Result,
                    format!("the result does not serialise: {error}"),
                )
                .final_now(),
            ),
        }
    }

    /// Completed, with nothing to say: JSON `null`.
    pub fn done() -> Self {
        Self::Completed(Bytes::from_static(b"null"))
    }
}

/// A [`Handler`] made of closures, one per task.
///
/// ```
/// use fastmcp::docket::{Handlers, Outcome, Policy};
///
/// let handlers = Handlers::new()
///     .task("greet", Policy::default(), |delivery| async move {
///         match serde_json::from_slice::<String>(delivery.payload()) {
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
    run: Box<dyn Fn(Delivery) -> BoxFuture<'static, Outcome> + Send + Sync>,
}

impl Handlers {
    /// Knows no task yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Runs the task `name` with `body`, under `policy`. The last of several bodies for one name counts.
    #[must_use]
    pub fn task<F, R>(mut self, name: impl Into<Name>, policy: Policy, body: F) -> Self
    where
        F: Fn(Delivery) -> R + Send + Sync + 'static,
        R: Future<Output = Outcome> + Send + 'static,
    {
        self.tasks.insert(
            name.into(),
            Task {
                policy,
                run: Box::new(move |delivery| Box::pin(body(delivery))),
            },
        );
        self
    }

    /// Has each worker submit this when it starts, unless its key is in use.
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

    fn run(&self, delivery: Delivery) -> BoxFuture<'static, Outcome> {
        match self.tasks.get(delivery.execution().task().as_str()) {
            Some(task) => (task.run)(delivery),
            None => Box::pin(std::future::ready(Outcome::Undecodable {
                reason: "no body for this task".into(),
            })),
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
