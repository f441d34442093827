//! Runs the executions of events in the server's worker, next to the program's own tasks.

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::BoxFuture;

use crate::docket::current_execution::CurrentExecution;
use crate::docket::handler::Handler;
use crate::docket::model::outcome::Outcome;
use crate::docket::model::submission::Submission;
use crate::docket::policy::Policy;
use crate::docket::policy::retry::Retry;
use crate::events::names::{Purpose, purpose};
use crate::events::server::EventServer;
use crate::events::{delivery, fan_out, task_end};

/// The time that a delivery has besides its request.
const SLACK: Duration = Duration::from_secs(20);

/// Returns the handler of the server's worker: it runs the executions of events, and `others`.
pub(crate) fn handler(server: Arc<EventServer>, others: Arc<dyn Handler>) -> Arc<dyn Handler> {
    let delivery = Policy {
        retry: server.options.retry,
        timeout: Some(server.options.timeout * 2 + SLACK),
        ..Policy::default()
    };
    // An event that was emitted is never given up.
    let fan_out = Policy {
        retry: Retry::attempts(Retry::FOREVER)
            .backoff(Duration::from_secs(1)..Duration::from_mins(1))
            .jitter(),
        ..Policy::default()
    };
    Arc::new(Runner {
        server,
        others,
        delivery,
        fan_out,
        record: Policy::default(),
    })
}

/// Runs the executions of events, and delegates all others.
struct Runner {
    server: Arc<EventServer>,
    others: Arc<dyn Handler>,
    delivery: Policy,
    fan_out: Policy,
    record: Policy,
}

impl Handler for Runner {
    fn policy(&self, task: &str) -> Option<&Policy> {
        match purpose(task) {
            // Another server that shares the docket may have the event.
            Some(Purpose::FanOut(event)) => self.server.registry.get(event).map(|_| &self.fan_out),
            Some(Purpose::Delivery(event)) => {
                self.server.registry.get(event).map(|_| &self.delivery)
            }
            Some(Purpose::Record) => Some(&self.record),
            None => self.others.policy(task),
        }
    }

    fn run(&self, execution: CurrentExecution) -> BoxFuture<'static, Outcome> {
        let server = Arc::clone(&self.server);
        match purpose(execution.task()) {
            Some(Purpose::FanOut(_)) => {
                Box::pin(async move { fan_out::run(&server, &execution).await })
            }
            Some(Purpose::Delivery(_)) => {
                Box::pin(async move { delivery::run(&server, &execution).await })
            }
            Some(Purpose::Record) => Box::pin(async { Outcome::done() }),
            None if !server.options.task_finished => self.others.run(execution),
            None => {
                let outcome = self.others.run(execution.clone());
                Box::pin(async move {
                    let outcome = outcome.await;
                    if let Err(error) = task_end::emit(&server, &execution, &outcome).await {
                        tracing::error!(key = %execution.key(), %error, "cannot emit the end of a task");
                    }
                    outcome
                })
            }
        }
    }

    fn logs_errors(&self, task: &str) -> bool {
        purpose(task).is_none() && self.others.logs_errors(task)
    }

    fn automatic(&self) -> Vec<Submission> {
        self.others.automatic()
    }
}
