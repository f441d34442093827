//! The server's background work: one docket and one worker, between the lifespan's two halves.

use std::sync::Arc;

use tokio::task::JoinHandle;

use crate::call::inject::provided::Provided;
use crate::docket::error::DocketError;
use crate::docket::handle::Docket;
use crate::docket::handler::Handler;
use crate::docket::worker::builder::WorkerBuilder;
use crate::docket::worker::handle::Worker;
use crate::docket::worker::report::ShutdownReport;
use crate::server::error::StartError;
use crate::server::settings::DocketSettings;

/// Whether a server has background work, and where.
pub(crate) enum DocketChoice {
    /// What the environment says.
    Environment,
    /// Code says yes; where, the environment says.
    Enabled,
    /// Code says yes, and where.
    On(Docket),
    /// Code says no.
    Off,
}

/// What code says about the worker, after the environment has spoken.
pub(crate) type WorkerOptions = Box<dyn FnOnce(WorkerBuilder) -> WorkerBuilder + Send>;

impl DocketChoice {
    /// The docket, if there is to be one. Somebody answers where it is.
    pub(crate) async fn docket(
        self,
        server: &str,
        settings: &DocketSettings,
    ) -> Result<Option<Docket>, StartError> {
        // Who says where the docket is wants one.
        let is_wished = settings.enabled.unwrap_or(settings.url.is_some());
        match self {
            Self::On(docket) => {
                docket.check().await?;
                Ok(Some(docket))
            }
            Self::Enabled => place(server, settings).await.map(Some),
            Self::Environment if is_wished => place(server, settings).await.map(Some),
            Self::Environment | Self::Off => Ok(None),
        }
    }
}

/// The docket where the environment says.
async fn place(server: &str, settings: &DocketSettings) -> Result<Docket, StartError> {
    let name = settings.name.as_deref().unwrap_or(server);
    let mut builder = Docket::builder(name);
    if let Some(delay) = settings.reconnection_delay {
        builder = builder.reconnection_delay(delay);
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
    finished: JoinHandle<Result<ShutdownReport, DocketError>>,
}

impl Background {
    /// Starts the worker of `docket`, and lets the server's handlers have it.
    pub(crate) fn start(
        docket: &Docket,
        handler: Arc<dyn Handler>,
        provided: &Provided,
        settings: &DocketSettings,
        options: Option<WorkerOptions>,
    ) -> Result<Self, DocketError> {
        // A task's handler gets its worker from the worker itself, so there is no cycle here.
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
        if let Some(options) = options {
            builder = options(builder);
        }
        let worker = builder.build()?;
        let _ = provided.worker.set(worker.clone());
        let running = worker.clone();
        let finished = tokio::spawn(async move { running.run_forever().await });
        Ok(Self { worker, finished })
    }

    /// Stops claiming, waits for what runs, and says in the log what was left.
    pub(crate) async fn stop(self) {
        self.worker.shutdown();
        match self.finished.await {
            Ok(Ok(parting)) => {
                for key in &parting.released {
                    tracing::warn!(%key, "stopped before it was finished; given back to the docket");
                }
                for key in &parting.abandoned {
                    tracing::warn!(%key, "did not stop: its body blocks");
                }
            }
            // It was stopped before it had begun: the server was not meant to run at all.
            Ok(Err(DocketError::Stopped { .. })) => {}
            Ok(Err(error)) => tracing::error!(%error, "the worker ended"),
            Err(error) => tracing::error!(%error, "the worker ended"),
        }
        // What others can reach is not lost with this process.
        if !self.worker.docket().is_shared() {
            tell_what_is_left(self.worker.docket()).await;
        }
    }
}

/// Names what waits in the docket. One in memory loses it when the program ends.
async fn tell_what_is_left(docket: &Docket) {
    let snapshot = match docket.snapshot().await {
        Ok(snapshot) => snapshot,
        Err(error) => {
            tracing::error!(%error, "what is left in the docket cannot be told");
            return;
        }
    };
    let waiting = snapshot
        .executions
        .iter()
        .filter(|record| !record.state.is_terminal());
    for record in waiting.take(NAMED) {
        let (key, task, state) = (&record.key, &record.task, record.state);
        tracing::warn!(%key, %task, %state, "left in the docket");
    }
    if snapshot.pending() > NAMED {
        tracing::warn!(
            count = snapshot.pending(),
            "left in the docket, these among them"
        );
    }
}

/// How many of the executions that are left are named one by one.
const NAMED: usize = 100;
