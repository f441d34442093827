//! Runs the program's tasks: what a worker's deliveries are handed to.

use std::collections::HashMap;
use std::sync::Arc;

use super::{Arguments, RegisteredTask, TaskEntry};
use crate::BoxFuture;
use crate::component::registry::{UnmetDependency, unmet};
use crate::dependencies::{Injector, Offer, Origin, Provided};
use crate::docket::{
    Catch, Delivery, Docket, DocketError, Failure, FailureKind, Handler, Outcome, Policy, Worker,
    WorkerBuilder,
};
use crate::parameter::{Call, CallError, Encoding};
use crate::registered::{DuplicateName, refuse_duplicates};

/// Every task of the program, by name.
pub(crate) struct TaskRegistry {
    tasks: HashMap<&'static str, (&'static TaskEntry, Policy)>,
}

impl TaskRegistry {
    /// Gathers the registered tasks.
    pub(crate) fn gather() -> Result<Self, DuplicateName> {
        let mut tasks: Vec<&TaskEntry> = inventory::iter::<RegisteredTask>()
            .map(|registered| registered.0)
            .collect();
        tasks.sort_by_key(|task| (task.name, task.location));
        refuse_duplicates("tasks", tasks.iter().map(|task| (task.name, task.location)))?;
        let tasks = tasks
            .into_iter()
            .map(|task| (task.name, (task, (task.policy)())));
        Ok(Self {
            tasks: tasks.collect(),
        })
    }

    /// The first parameter of any task that the worker cannot provide.
    pub(crate) fn unmet(&self, offer: &Offer<'_>) -> Option<UnmetDependency> {
        let mut tasks: Vec<&TaskEntry> = self.tasks.values().map(|(task, _)| *task).collect();
        tasks.sort_by_key(|task| task.name);
        let mut tasks = tasks.into_iter();
        tasks.find_map(|task| unmet("task", task.name, task.location, task.parameters, offer))
    }

    /// What runs these tasks with what a server provides.
    pub(crate) fn handler(self, provided: Arc<Provided>) -> Arc<dyn Handler> {
        Arc::new(TaskHandler {
            registry: self,
            provided,
        })
    }
}

struct TaskHandler {
    registry: TaskRegistry,
    provided: Arc<Provided>,
}

impl Handler for TaskHandler {
    fn policy(&self, task: &str) -> Option<&Policy> {
        self.registry.tasks.get(task).map(|(_, policy)| policy)
    }

    fn run(&self, delivery: Delivery) -> BoxFuture<'static, Outcome> {
        let Some((task, _)) = self
            .registry
            .tasks
            .get(delivery.execution().task().as_str())
        else {
            // The worker asks for the policy first, so it has seen that the task is unknown.
            let reason = "this program has no such task".to_owned();
            return Box::pin(std::future::ready(Outcome::Undecodable { reason }));
        };
        let arguments: Arguments = match serde_json::from_slice(delivery.payload()) {
            Ok(arguments) => arguments,
            Err(error) => {
                let reason = error.to_string();
                return Box::pin(std::future::ready(Outcome::Undecodable { reason }));
            }
        };
        let origin = Origin::Execution(Box::new(delivery));
        let injector = Injector::new(Arc::clone(&self.provided), origin);
        let guard = injector.guard();
        let run = (task.call)(Call::new(arguments, Encoding::Json, injector));
        Box::pin(async move {
            let ended = match Catch(run).await {
                Ok(ended) => ended.unwrap_or_else(outcome),
                Err(panic) => Outcome::Failed(panic),
            };
            let succeeded = matches!(ended, Outcome::Completed(_));
            match guard.close(succeeded).await {
                Err(error) if succeeded => {
                    Outcome::Failed(Failure::new(FailureKind::Dependency, error.to_string()))
                }
                _ => ended,
            }
        })
    }
}

/// What a run that gave no outcome of its own came to.
fn outcome(error: CallError) -> Outcome {
    match error {
        CallError::Arguments(errors) => Outcome::Undecodable {
            reason: errors.to_string(),
        },
        CallError::Dependency {
            parameter,
            type_name,
            cause,
        } => {
            let name = format!("{parameter}: {type_name}");
            Outcome::Failed(Failure::dependency(&name, format!("{cause:#}")))
        }
        CallError::Failed(error) => Outcome::Failed(Failure::error(format!("{error:#}"))),
        CallError::Output(error) => {
            let message = format!("the result cannot be written as JSON: {error}");
            Outcome::Failed(Failure::new(FailureKind::Result, message).final_now())
        }
    }
}

/// Workers without a server.
impl Worker {
    /// A worker that runs every `#[task]` of the program, with the default options.
    ///
    /// ```standalone_crate
    /// use fastmcp::dependencies::{Docket, Worker};
    /// use fastmcp::prelude::*;
    ///
    /// #[task]
    /// async fn double(number: u32) -> u32 {
    ///     number * 2
    /// }
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<()> {
    /// let docket = Docket::memory("numbers");
    /// let execution = docket.add(double)(21).await?;
    /// Worker::new(&docket)?.run_until_finished().await?;
    /// assert_eq!(execution.result().await?, 42);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`WorkerError`] if two tasks have one name, or one needs what only a server provides.
    pub fn new(docket: &Docket) -> Result<Self, WorkerError> {
        Ok(Self::of_tasks(docket)?.build()?)
    }

    /// The options of a worker that runs every `#[task]` of the program; end with
    /// [`build`](WorkerBuilder::build).
    ///
    /// # Errors
    ///
    /// [`WorkerError`] if two tasks have one name, or one needs what only a server provides.
    pub fn of_tasks(docket: &Docket) -> Result<WorkerBuilder, WorkerError> {
        let registry = TaskRegistry::gather()?;
        let provided = Arc::new(Provided {
            docket: Some(docket.clone()),
            ..Provided::default()
        });
        if let Some(unmet) = registry.unmet(&provided.offer_to_tasks()) {
            return Err(Box::new(unmet).into());
        }
        Ok(Self::builder(docket, registry.handler(provided)))
    }
}

/// Why a worker of the program's tasks cannot be made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum WorkerError {
    /// Two tasks have one name.
    #[error(transparent)]
    DuplicateName(#[from] DuplicateName),
    /// A task needs what only a server provides.
    #[error(transparent)]
    UnmetDependency(#[from] Box<UnmetDependency>),
    /// An option makes no sense.
    #[error(transparent)]
    Option(#[from] DocketError),
}
