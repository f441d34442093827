//! Runs the program's tasks: what a worker's deliveries are handed to.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::SystemTime;

use crate::background::directive::Directive;
use crate::background::task::{Arguments, RegisteredTask, TaskEntry};
use crate::call::inject::injector::{Injector, Origin, Provided};
use crate::call::inject::needs::Offer;
use crate::call::take::{Call, CallError, Encoding};
use crate::call::unmet;
use crate::call::unmet::UnmetDependency;
use crate::docket::current_execution::CurrentExecution;
use crate::docket::error::DocketError;
use crate::docket::handle::Docket;
use crate::docket::handler::Handler;
use crate::docket::model::failure::{Failure, FailureKind};
use crate::docket::model::outcome::Outcome;
use crate::docket::model::submission::Submission;
use crate::docket::model::time::When;
use crate::docket::policy::{Policy, Repeat};
use crate::docket::worker::builder::WorkerBuilder;
use crate::docket::worker::handle::Worker;
use crate::docket::worker::panic_hook::Catch;
use crate::registration::{DuplicateName, Location, refuse_duplicates};
use futures_util::future::BoxFuture;

/// Every task of the program, by name.
pub(crate) struct TaskRegistry {
    tasks: HashMap<&'static str, &'static TaskEntry>,
}

impl TaskRegistry {
    /// Gathers the registered tasks.
    pub(crate) fn gather() -> Result<Self, DuplicateName> {
        let mut tasks: Vec<&TaskEntry> = inventory::iter::<RegisteredTask>()
            .map(|registered| registered.0)
            .collect();
        tasks.sort_by_key(|task| (task.name, task.location));
        refuse_duplicates("tasks", tasks.iter().map(|task| (task.name, task.location)))?;
        let tasks = tasks.into_iter().map(|task| (task.name, task));
        Ok(Self {
            tasks: tasks.collect(),
        })
    }

    fn sorted(&self) -> impl Iterator<Item = &'static TaskEntry> {
        let mut tasks: Vec<&TaskEntry> = self.tasks.values().copied().collect();
        tasks.sort_by_key(|task| task.name);
        tasks.into_iter()
    }

    /// Refuses a task with an option that makes no sense.
    pub(crate) fn check(&self) -> Result<(), Box<InvalidTask>> {
        for task in self.sorted() {
            if let Err(source) = task.policy() {
                return Err(Box::new(InvalidTask {
                    task: task.name,
                    location: task.location,
                    source,
                }));
            }
        }
        Ok(())
    }

    /// The first parameter of any task that the worker cannot provide.
    pub(crate) fn unmet(&self, offer: &Offer<'_>) -> Option<UnmetDependency> {
        let mut tasks = self.sorted();
        tasks
            .find_map(|task| unmet::unmet("task", task.name, task.location, task.parameters, offer))
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
        self.registry.tasks.get(task)?.policy.as_ref().ok()
    }

    fn run(&self, delivery: CurrentExecution) -> BoxFuture<'static, Outcome> {
        let Some(&task) = self.registry.tasks.get(delivery.task().as_str()) else {
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
        log_start(task, &delivery, &arguments);
        let origin = Origin::Execution(Box::new(delivery));
        let injector = Injector::new(Arc::clone(&self.provided), origin);
        let guard = injector.guard();
        let run = (task.call)(Call::new(arguments, Encoding::Json, injector));
        Box::pin(async move {
            let ended = match Catch(run).await {
                Ok(ended) => ended.unwrap_or_else(|error| outcome(task, error)),
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

    fn automatic(&self) -> Vec<Submission> {
        let automatic = self.registry.sorted().filter(|task| task.is_automatic);
        automatic.map(first_run).collect()
    }
}

/// Says in the log that a run begins, with the arguments that may stand there.
fn log_start(task: &TaskEntry, delivery: &CurrentExecution, arguments: &Arguments) {
    if !tracing::enabled!(tracing::Level::INFO) {
        return;
    }
    let logged = task.policy.as_ref().map_or(&[][..], |policy| policy.logged);
    let logged = logged
        .iter()
        .filter_map(|name| Some((*name, arguments.get(*name)?)));
    let run = delivery;
    tracing::info!(
        task = task.name,
        key = %run.key(),
        attempt = run.attempt(),
        delivery = run.delivery(),
        arguments = ?logged.collect::<Vec<_>>(),
        "a run begins"
    );
}

/// The run that a worker starts by itself, under the task's name: at once, or at the timetable's
/// next moment.
fn first_run(task: &'static TaskEntry) -> Submission {
    let submission = Submission::new(task.name, "{}").key(task.name);
    let Ok(policy) = task.policy.as_ref() else {
        return submission;
    };
    let submission = task.under_limits(submission, policy, &Arguments::new());
    let timetable = match &policy.repeat {
        Some(Repeat::Cron(cron)) => cron.next_after(SystemTime::now().into()),
        Some(Repeat::Every(_)) | None => None,
    };
    match timetable {
        Some(moment) => submission.when(When::At(moment)),
        None => submission,
    }
}

/// What a run that gave no outcome of its own came to.
fn outcome(task: &TaskEntry, error: CallError) -> Outcome {
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
        CallError::Failed(error) => {
            if let Some(directive) = error.downcast_ref::<Directive>() {
                return directive.outcome();
            }
            let failure = Failure::error(format!("{error:#}"));
            match task.only_if {
                Some(only_if) if !only_if(&error) => Outcome::Failed(failure.final_now()),
                _ => Outcome::Failed(failure),
            }
        }
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
        registry.check()?;
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

/// A task with an option that makes no sense.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[error("task `{task}` ({location}): option {source}")]
#[non_exhaustive]
pub struct InvalidTask {
    /// The task.
    pub task: &'static str,
    /// Where its function is.
    pub location: Location,
    /// The option, and what would be right.
    pub source: DocketError,
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
    /// A task has an option that makes no sense.
    #[error(transparent)]
    InvalidTask(#[from] Box<InvalidTask>),
    /// An option of the worker makes no sense.
    #[error(transparent)]
    Option(#[from] DocketError),
}
