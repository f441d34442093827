//! [`TaskHandler`]: runs one delivery of a task. It decodes the arguments, runs the function, and converts
//! the result into an outcome.

use std::sync::Arc;

use futures_util::future::{BoxFuture, ready};

use crate::background::registry::TaskRegistry;
use crate::background::task::{Arguments, TaskEntry};
use crate::call::arguments::Call;
use crate::call::decode_argument::Encoding;
use crate::call::directive::Directive;
use crate::call::error::CallError;
use crate::call::inject::injector::Injector;
use crate::call::inject::origin::Origin;
use crate::call::inject::provided::Provided;
use crate::docket::current_execution::CurrentExecution;
use crate::docket::error::DocketError;
use crate::docket::handler::Handler;
use crate::docket::model::failure::{Failure, FailureKind};
use crate::docket::model::outcome::Outcome;
use crate::docket::model::submission::Submission;
use crate::docket::policy::Policy;
use crate::docket::worker::panic_hook::Catch;

/// The handler of a worker that runs the tasks of the program. `provided` supplies their dependencies.
pub(crate) struct TaskHandler {
    registry: TaskRegistry,
    provided: Arc<Provided>,
}

impl TaskHandler {
    pub(crate) fn new(registry: TaskRegistry, provided: Arc<Provided>) -> Self {
        Self { registry, provided }
    }
}

impl Handler for TaskHandler {
    fn policy(&self, task: &str) -> Option<&Policy> {
        self.registry.get(task)?.policy.as_ref().ok()
    }

    fn run(&self, run: CurrentExecution) -> BoxFuture<'static, Outcome> {
        let Some(task) = self.registry.get(run.task().as_str()) else {
            // Not reached: the worker looks the policy up first and does not run unknown tasks.
            return undecodable("this program has no task with this name".to_owned());
        };
        let arguments: Arguments = match serde_json::from_slice(run.payload()) {
            Ok(arguments) => arguments,
            Err(error) => return undecodable(error.to_string()),
        };
        log_start(task, &run, &arguments);
        let origin = Origin::Execution(Box::new(run.clone()));
        let injector = Injector::new(Arc::clone(&self.provided), origin);
        let guard = injector.guard();
        let body = (task.call)(Call::new(arguments, Encoding::Json, injector));
        Box::pin(async move {
            // A body that only waits is dropped here, so that its dependencies are torn down.
            let ended = match run.drive(Catch(body)).await {
                Some(Ok(ended)) => ended.unwrap_or_else(|error| outcome(task, error)),
                Some(Err(panic)) => Outcome::Failed(panic),
                None => run.suspended(),
            };
            // The providers are torn down before the outcome is recorded, because a failed teardown
            // turns a successful run into a failed one.
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

/// Returns the outcome of a payload that the task cannot decode.
fn undecodable(reason: String) -> BoxFuture<'static, Outcome> {
    Box::pin(ready(Outcome::Undecodable { reason }))
}

/// Logs the start of a run, with the arguments that the option `logged` of the task names.
fn log_start(task: &TaskEntry, run: &CurrentExecution, arguments: &Arguments) {
    if !tracing::enabled!(tracing::Level::INFO) {
        return;
    }
    let logged = task.policy.as_ref().map_or(&[][..], |policy| policy.logged);
    let logged = logged
        .iter()
        .filter_map(|name| Some((*name, arguments.get(*name)?)));
    tracing::info!(
        task = task.name,
        key = %run.key(),
        attempt = run.attempt(),
        delivery = run.delivery(),
        arguments = ?logged.collect::<Vec<_>>(),
        "run started"
    );
}

/// Returns the first submission of an automatic task, which a worker makes when it starts. The worker moves one with a
/// cron expression to its next time on the clock of the docket. Its key is the name of the task, so that several workers
/// schedule it only once.
fn first_run(task: &'static TaskEntry) -> Submission {
    let submission = Submission::new(task.name, "{}").key(task.name);
    let Ok(policy) = task.policy.as_ref() else {
        return submission;
    };
    task.with_limits(submission, policy, &Arguments::new())
}

/// Returns the outcome of a run that ended with an error.
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
            // Another attempt would use the same names and types.
            if let Some(DocketError::StepReused { .. } | DocketError::StepValue { .. }) =
                error.downcast_ref()
            {
                return Outcome::Failed(failure.final_now());
            }
            match task.only_if {
                Some(only_if) if !only_if(&error) => Outcome::Failed(failure.final_now()),
                _ => Outcome::Failed(failure),
            }
        }
        CallError::Output(error) => {
            // Another attempt would return a value of the same type, so the failure is final.
            let message = format!("the result cannot be written as JSON: {error}");
            Outcome::Failed(Failure::new(FailureKind::Result, message).final_now())
        }
    }
}
