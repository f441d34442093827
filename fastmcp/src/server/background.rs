//! The server's background work: one docket and one worker, between the lifespan's two halves.

use std::sync::Arc;

use tokio::task::JoinHandle;

use super::settings::{self, SettingError};
use crate::dependencies::Provided;
use crate::docket::{Docket, DocketError, Handler, Parting, Worker};

/// Whether a server has background work.
pub(super) enum DocketChoice {
    /// What the environment says.
    Environment,
    /// Code says yes.
    On(Docket),
    /// Code says no.
    Off,
}

impl DocketChoice {
    /// The docket, if there is to be one.
    pub(super) fn docket(self, server: &str) -> Result<Option<Docket>, SettingError> {
        Ok(match self {
            Self::On(docket) => Some(docket),
            Self::Off => None,
            Self::Environment => {
                let is_on = settings::flag(settings::ENABLE_DOCKET)?.unwrap_or(false);
                is_on.then(|| Docket::memory(server))
            }
        })
    }
}

/// The worker of a running server.
pub(super) struct Background {
    worker: Worker,
    finished: JoinHandle<Result<Parting, DocketError>>,
}

impl Background {
    /// Starts the worker of `docket`, and lets the server's handlers have it.
    pub(super) fn start(
        docket: &Docket,
        handler: Arc<dyn Handler>,
        provided: &Provided,
    ) -> Result<Self, DocketError> {
        // A task's handler gets its worker from the worker itself, so there is no cycle here.
        let worker = Worker::builder(docket, handler).build()?;
        let _ = provided.worker.set(worker.clone());
        let running = worker.clone();
        let finished = tokio::spawn(async move { running.run_forever().await });
        Ok(Self { worker, finished })
    }

    /// Stops claiming, waits for what runs, and says in the log what was left.
    pub(super) async fn stop(self) {
        self.worker.shutdown();
        match self.finished.await {
            Ok(Ok(parting)) => {
                for key in &parting.handed_back {
                    tracing::warn!(%key, "stopped before it was finished; given back to the docket");
                }
                for key in &parting.abandoned {
                    tracing::warn!(%key, "did not stop: its body blocks");
                }
            }
            Ok(Err(error)) => tracing::error!(%error, "the worker ended"),
            Err(error) => tracing::error!(%error, "the worker ended"),
        }
        tell_what_is_left(self.worker.docket()).await;
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
