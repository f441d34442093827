//! [`WorkerBuilder`]: creates workers.

use std::sync::Arc;
use std::time::Duration;

use crate::docket::error::DocketError;
use crate::docket::handle::Docket;
use crate::docket::handler::Handler;
use crate::docket::model::submission::Submission;
use crate::docket::model::time::MAX_DELAY;
use crate::docket::worker::handle::Worker;
use crate::docket::worker::options::WorkerOptions;
use crate::docket::worker::run_loop;
use crate::docket::worker::session::Shared;

/// Creates a worker. See [`Worker::builder`].
#[must_use = "finish with `.build()`"]
pub struct WorkerBuilder {
    docket: Docket,
    handler: Arc<dyn Handler>,
    name: Option<String>,
    options: WorkerOptions,
}

impl Worker {
    /// Returns a builder for a worker that runs the tasks of `handler`.
    pub fn builder(docket: &Docket, handler: Arc<dyn Handler>) -> WorkerBuilder {
        WorkerBuilder {
            docket: docket.clone(),
            handler,
            name: None,
            options: WorkerOptions::default(),
        }
    }
}

impl WorkerBuilder {
    /// Sets the name, which must be unique within the docket; by default a random one.
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// Sets how many executions run at once; by default 10.
    pub fn concurrency(mut self, concurrency: usize) -> Self {
        self.options.concurrency = concurrency;
        self
    }

    /// Sets the time without contact after which the worker's runs are delivered to another worker; by default 5
    /// minutes. The worker renews its leases itself, so a body may run longer.
    pub fn lease(mut self, lease: Duration) -> Self {
        self.options.lease = lease;
        self
    }

    /// Sets the maximum number of deliveries of one attempt; by default 3. If the lease of the last one expires, the
    /// execution becomes a dead letter.
    pub fn max_deliveries(mut self, deliveries: u32) -> Self {
        self.options.max_deliveries = deliveries;
        self
    }

    /// Sets how long a shutdown waits for running bodies; by default 10 seconds.
    pub fn shutdown_grace(mut self, grace: Duration) -> Self {
        self.options.shutdown_grace = grace;
        self
    }

    /// Sets how long a cancelled body may take to stop before it is dropped; by default 5 seconds.
    pub fn cancel_grace(mut self, grace: Duration) -> Self {
        self.options.cancel_grace = grace;
        self
    }

    /// Sets how often the worker checks its automatic tasks; by default every 30 seconds. It submits tasks again that
    /// were cancelled or became dead letters. A worker without automatic tasks checks nothing.
    pub fn automatic_check(mut self, interval: Duration) -> Self {
        self.options.automatic_check = interval;
        self
    }

    /// Creates the worker. It does nothing until one of its `run_…` methods is called.
    ///
    /// # Errors
    /// [`DocketError::Option`] if an option is invalid.
    pub fn build(self) -> Result<Worker, DocketError> {
        let refuse = |option, problem: &str| {
            Err(DocketError::Option {
                option,
                problem: problem.into(),
            })
        };
        let mut options = self.options;
        if options.concurrency == 0 {
            return refuse(
                "concurrency",
                "is 0, so nothing would ever run; it must be at least 1",
            );
        }
        if options.max_deliveries == 0 {
            return refuse(
                "max_deliveries",
                "is 0, so nothing would ever run; it must be at least 1",
            );
        }
        if options.lease < Duration::from_millis(10) {
            return refuse(
                "lease",
                "is too short to be renewed in time; it must be at least 10 ms",
            );
        }
        if options.automatic_check < Duration::from_millis(10) {
            return refuse("automatic_check", "is too short; it must be at least 10 ms");
        }
        options.automatic_check = options.automatic_check.min(MAX_DELAY);
        // Callers may pass `Duration::MAX` for "no limit", but sums with the current time must not overflow.
        options.lease = options.lease.min(MAX_DELAY);
        options.shutdown_grace = options.shutdown_grace.min(MAX_DELAY);
        options.cancel_grace = options.cancel_grace.min(MAX_DELAY);
        let name = self
            .name
            .unwrap_or_else(|| format!("worker-{:08x}", fastrand::u32(..)));
        let handler = self.handler;
        let is_perpetual = |submission: &Submission| {
            let policy = handler.policy(&submission.task);
            policy.is_some_and(|policy| policy.repeat.is_some())
        };
        let automatic = handler.automatic().into_iter().filter(is_perpetual);
        let automatic = automatic.filter_map(|submission| submission.key).collect();
        let new_loop = Box::new(move |shared| {
            let run: crate::docket::backend::contract::BoxFuture<'static, ()> =
                Box::pin(run_loop::run(shared, Arc::clone(&handler)));
            run
        });
        Ok(Worker {
            shared: Arc::new(Shared::new(self.docket, name, options, automatic, new_loop)),
            inside: false,
        })
    }
}
