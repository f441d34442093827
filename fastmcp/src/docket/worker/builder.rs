//! The options of a worker.

use std::sync::Arc;
use std::time::Duration;

use crate::docket::error::DocketError;
use crate::docket::handle::Docket;
use crate::docket::handler::Handler;
use crate::docket::submit::HORIZON;

use crate::docket::worker::handle::Worker;
use crate::docket::worker::session::Shared;

/// Sets the options of a worker; made by [`Worker::builder`].
#[must_use = "finish with `.build()`"]
pub struct WorkerBuilder {
    docket: Docket,
    handler: Arc<dyn Handler>,
    name: Option<String>,
    options: WorkerOptions,
}

/// How a worker works.
#[derive(Debug, Clone)]
pub(crate) struct WorkerOptions {
    pub(crate) concurrency: usize,
    pub(crate) lease: Duration,
    pub(crate) max_deliveries: u32,
    pub(crate) shutdown_grace: Duration,
    pub(crate) cancel_grace: Duration,
}

impl WorkerBuilder {
    pub(crate) fn new(docket: &Docket, handler: Arc<dyn Handler>) -> Self {
        Self {
            docket: docket.clone(),
            handler,
            name: None,
            options: WorkerOptions {
                concurrency: 10,
                lease: Duration::from_mins(5),
                max_deliveries: 3,
                shutdown_grace: Duration::from_secs(10),
                cancel_grace: Duration::from_secs(5),
            },
        }
    }

    /// Its name, which no other worker of the docket may have; by default a random one.
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// How many executions run at once; by default 10.
    pub fn concurrency(mut self, concurrency: usize) -> Self {
        self.options.concurrency = concurrency;
        self
    }

    /// How long the worker may be silent before its runs are delivered to another; by default 5 minutes. It renews
    /// in time by itself, however long a body takes.
    pub fn lease(mut self, lease: Duration) -> Self {
        self.options.lease = lease;
        self
    }

    /// How often one attempt is delivered when its workers die, before it becomes a dead letter; by default 3.
    pub fn max_deliveries(mut self, deliveries: u32) -> Self {
        self.options.max_deliveries = deliveries;
        self
    }

    /// How long a shutdown lets what runs go on; by default 10 seconds.
    pub fn shutdown_grace(mut self, grace: Duration) -> Self {
        self.options.shutdown_grace = grace;
        self
    }

    /// How long a cancelled body may take to stop by itself before it is dropped; by default 5 seconds.
    pub fn cancel_grace(mut self, grace: Duration) -> Self {
        self.options.cancel_grace = grace;
        self
    }

    /// The worker. It does nothing until it is run.
    ///
    /// # Errors
    /// [`DocketError::Option`] when an option makes no sense.
    pub fn build(self) -> Result<Worker, DocketError> {
        let refuse = |option, problem: &str| {
            Err(DocketError::Option {
                option,
                problem: problem.into(),
            })
        };
        if self.options.concurrency == 0 {
            return refuse(
                "concurrency",
                "is 0, so that nothing would ever run; at least 1",
            );
        }
        if self.options.max_deliveries == 0 {
            return refuse(
                "max_deliveries",
                "is 0, so that nothing would ever run; at least 1",
            );
        }
        if self.options.lease < Duration::from_millis(10) {
            return refuse(
                "lease",
                "is too short to be renewed in time; at least 10 ms",
            );
        }
        let mut options = self.options;
        // Longer than any schedule is for ever, and no sum with a clock overflows.
        options.lease = options.lease.min(HORIZON);
        options.shutdown_grace = options.shutdown_grace.min(HORIZON);
        options.cancel_grace = options.cancel_grace.min(HORIZON);
        let name = self
            .name
            .unwrap_or_else(|| format!("worker-{:08x}", fastrand::u32(..)));
        Ok(Worker {
            shared: Arc::new(Shared::new(self.docket, self.handler, name, options)),
            inside: false,
        })
    }
}
