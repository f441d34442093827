//! Background work: the server's docket and its worker, which runs between the set-up and the
//! clean-up of the lifespan.

use std::sync::Arc;

use tokio::task::JoinHandle;

use crate::call::inject::provided::Provided;
use crate::call::inject::running::Running;
use crate::docket::error::DocketError;
use crate::docket::handle::Docket;
use crate::docket::handler::Handler;
use crate::docket::worker::builder::WorkerBuilder;
use crate::docket::worker::handle::Worker;
use crate::docket::worker::report::ShutdownReport;
use crate::server::error::StartError;
use crate::server::settings::DocketSettings;

/// The configuration of the docket in code.
pub(crate) enum DocketChoice {
    /// The environment determines whether background work is enabled, and the docket's location.
    Environment,
    /// Enabled by code; the environment determines the docket's location.
    Enabled,
    /// Enabled by code, with this docket.
    On(Docket),
    /// Disabled by code.
    Off,
}

/// The worker options from code. They are applied after those from the environment.
pub(crate) type WorkerOptions = Box<dyn FnOnce(WorkerBuilder) -> WorkerBuilder + Send>;

/// The configuration of the worker in code.
pub(crate) enum WorkerChoice {
    /// The server runs a worker, with these options.
    On(Option<WorkerOptions>),
    /// The server runs no worker.
    Off,
}

impl WorkerChoice {
    /// Returns the setting that disables the worker, if there is one.
    pub(crate) fn disabled_by(&self, settings: &DocketSettings) -> Option<&'static str> {
        match self {
            Self::Off => Some("`FastMcp::without_worker`"),
            Self::On(_) if settings.concurrency == Some(0) => Some("FASTMCP_DOCKET_CONCURRENCY=0"),
            Self::On(_) => None,
        }
    }
}

impl DocketChoice {
    /// Returns whether the program itself has created the docket.
    pub(crate) fn is_of_program(&self) -> bool {
        matches!(self, Self::On(_))
    }

    /// Returns the docket, if background work is enabled. Checks that it can be reached.
    pub(crate) async fn docket(
        self,
        server: &str,
        settings: &DocketSettings,
    ) -> Result<Option<Docket>, StartError> {
        if !self.is_enabled(settings) {
            return Ok(None);
        }
        match self {
            Self::On(docket) => {
                docket.check().await?;
                Ok(Some(docket))
            }
            Self::Enabled | Self::Environment | Self::Off => open(server, settings).await.map(Some),
        }
    }

    /// Returns whether background work is enabled.
    pub(crate) fn is_enabled(&self, settings: &DocketSettings) -> bool {
        match self {
            Self::On(_) | Self::Enabled => true,
            // A URL enables background work, unless `FASTMCP_EXPERIMENTAL_ENABLE_DOCKET` disables it.
            Self::Environment => settings.enabled.unwrap_or(settings.url.is_some()),
            Self::Off => false,
        }
    }
}

/// Opens the docket at the location from the environment.
async fn open(server: &str, settings: &DocketSettings) -> Result<Docket, StartError> {
    let name = settings.name.as_deref().unwrap_or(server);
    let mut builder = Docket::builder(name);
    if let Some(delay) = settings.reconnection_delay {
        builder = builder.reconnection_delay(delay);
    }
    if settings.allow_eviction == Some(true) {
        builder = builder.allow_eviction();
    }
    let Some(url) = &settings.url else {
        return Ok(builder.memory());
    };
    let docket = builder.url(url).map_err(StartError::DocketUrl)?;
    docket.check().await.map_err(StartError::DocketUrl)?;
    Ok(docket)
}

/// The worker of a running server.
pub(crate) struct Background {
    worker: Worker,
    /// `None` for a worker that runs nothing.
    finished: Option<JoinHandle<Result<ShutdownReport, DocketError>>>,
}

impl Background {
    /// Creates the worker of `docket`, and makes it available to handlers.
    pub(crate) fn worker(
        docket: &Docket,
        handler: Arc<dyn Handler>,
        provided: &Provided,
        settings: &DocketSettings,
        options: WorkerChoice,
    ) -> Result<Worker, DocketError> {
        // `provided` gets the worker only below, because the worker requires the handler, which
        // requires `provided`.
        let mut builder = Worker::builder(docket, handler);
        if let Some(name) = &settings.worker_name {
            builder = builder.name(name);
        }
        if let Some(concurrency) = settings.concurrency {
            builder = builder.concurrency(concurrency);
        }
        if let Some(timeout) = settings.redelivery_timeout {
            builder = builder.lease(timeout);
        }
        if let Some(deliveries) = settings.max_deliveries {
            builder = builder.max_deliveries(deliveries);
        }
        if let WorkerChoice::On(Some(options)) = options {
            builder = options(builder);
        }
        let worker = builder.build()?;
        let _ = provided.worker.set(worker.clone());
        Ok(worker)
    }

    /// Starts the worker, unless it is idle.
    pub(crate) fn start(worker: Worker, is_idle: bool) -> Self {
        let running = worker.clone();
        let finished = (!is_idle).then(|| tokio::spawn(async move { running.run_forever().await }));
        Self { worker, finished }
    }

    /// Stops claiming tasks, waits for running ones, and logs those that did not finish.
    /// Tasks that block their threads are added to `running`.
    pub(crate) async fn stop(self, running: &Running) {
        let Some(finished) = self.finished else {
            return;
        };
        self.worker.shutdown();
        match finished.await {
            Ok(Ok(report)) => {
                for key in &report.released {
                    tracing::warn!(%key, "a task did not finish and was returned to the docket");
                }
                for key in &report.abandoned {
                    tracing::warn!(%key, "a task blocks its thread and did not stop");
                    // It runs as long as the process.
                    std::mem::forget(running.enter(format!("task {key}")));
                }
            }
            // The server was stopped before the worker had started.
            Ok(Err(DocketError::Stopped { .. })) => {}
            Ok(Err(error)) => tracing::error!(%error, "the worker failed"),
            Err(error) => tracing::error!(%error, "the worker failed"),
        }
        // Tasks in a shared docket are not lost when this process ends.
        if !self.worker.docket().is_shared() {
            log_remaining(&self.worker).await;
        }
    }
}

/// Logs the tasks that a docket in memory loses when the process ends. Automatic tasks are not lost:
/// the next start schedules them again.
async fn log_remaining(worker: &Worker) {
    let snapshot = match worker.docket().snapshot().await {
        Ok(snapshot) => snapshot,
        Err(error) => {
            tracing::error!(%error, "cannot list the tasks that remain in the docket");
            return;
        }
    };
    let waiting = snapshot
        .executions
        .iter()
        .filter(|record| !record.state.is_terminal() && !worker.automatic().contains(&record.key));
    for record in waiting.take(LIST_LIMIT) {
        let (key, task, state) = (&record.key, &record.task, record.state);
        tracing::warn!(%key, %task, %state, "a task remains in the docket");
    }
    if snapshot.pending() > LIST_LIMIT {
        tracing::warn!(
            count = snapshot.pending(),
            "tasks remain in the docket; only the first are listed"
        );
    }
}

/// The maximum number of remaining executions that are logged.
const LIST_LIMIT: usize = 100;
