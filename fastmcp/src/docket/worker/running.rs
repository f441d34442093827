//! What a worker runs at present, and how it is stopped.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::sync::Arc;
use std::time::Duration;

use tokio::task::{AbortHandle, JoinHandle};
use tokio::time::sleep;

use crate::docket::backend::call::Hold;
use crate::docket::delivery::{RunContext, Stop};
use crate::docket::model::key::Key;

/// How long a dropped body may take to come to its next `.await`.
pub(crate) const DROP_PATIENCE: Duration = Duration::from_secs(1);

#[derive(Debug, Default)]
pub(crate) struct Running {
    runs: HashMap<Hold, Run, BuildHasherDefault<HoldHasher>>,
}

/// Tokens are numbers of our own making, no two alike: nobody can choose them so that they collide.
#[derive(Debug, Default)]
pub(crate) struct HoldHasher(u64);

impl Hasher for HoldHasher {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.write_u64(u64::from(*byte));
        }
    }

    fn write_u64(&mut self, number: u64) {
        // An odd constant with bits all over it spreads consecutive numbers over the whole range.
        self.0 = (self.0 ^ number).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    }
}

#[derive(Debug)]
pub(crate) struct Run {
    context: Arc<RunContext>,
    task: JoinHandle<()>,
    /// Waits for the run to follow its cancellation.
    chase: Option<AbortHandle>,
}

impl Running {
    pub(crate) fn insert(&mut self, context: Arc<RunContext>, task: JoinHandle<()>) {
        self.runs.insert(
            context.hold(),
            Run {
                context,
                task,
                chase: None,
            },
        );
    }

    pub(crate) fn ended(&mut self, hold: Hold) {
        if let Some(chase) = self.runs.remove(&hold).and_then(|run| run.chase) {
            chase.abort();
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.runs.len()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.runs.is_empty()
    }

    pub(crate) fn holds(&self) -> Vec<Hold> {
        self.runs.keys().copied().collect()
    }

    pub(crate) fn keys(&self) -> Vec<Key> {
        self.runs
            .values()
            .map(|run| run.context.claimed.key.clone())
            .collect()
    }

    /// Asks a body to stop, drops it after `grace`, and reports one that cannot be dropped because it blocks. False
    /// for a run that is not here.
    pub(crate) fn cancel(&mut self, hold: Hold, grace: Duration) -> bool {
        let Some(run) = self.runs.get_mut(&hold) else {
            return false;
        };
        if run.chase.is_some() {
            return true;
        }
        run.context.ask_to_stop(Stop::Cancel);
        let task = run.task.abort_handle();
        let key = run.context.claimed.key.clone();
        let chase = tokio::spawn(async move {
            sleep(grace).await;
            task.abort();
            sleep(DROP_PATIENCE).await;
            tracing::error!(%key, "cancelled, but its body blocks and cannot be stopped; it still runs");
        });
        run.chase = Some(chase.abort_handle());
        true
    }

    /// Asks a body to stop and drops it at its next `.await`.
    pub(crate) fn stop(&mut self, hold: Hold, reason: Stop) -> Option<Key> {
        let run = self.runs.get(&hold)?;
        run.context.ask_to_stop(reason);
        run.task.abort();
        Some(run.context.claimed.key.clone())
    }
}
