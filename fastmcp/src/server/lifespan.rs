//! [`Lifespan`]: the user's set-up before the server starts and clean-up after it has stopped.

use std::any::{Any, TypeId};
use std::sync::Arc;

use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::error::{Error, Result};
use futures_util::future::BoxFuture;

/// A value of the server's state, with its type.
pub(crate) type StateEntry = (TypeId, Arc<dyn Any + Send + Sync>);

/// The user's function, as the builder stores it.
pub(crate) type LifespanFn = Box<dyn FnOnce(Lifespan) -> BoxFuture<'static, Result<()>> + Send>;

/// The argument of a [lifespan](crate::FastMcp::lifespan) function.
#[derive(Debug)]
pub struct Lifespan {
    ready: oneshot::Sender<StateEntry>,
    stopping: CancellationToken,
}

impl Lifespan {
    /// Starts the server, with `value` as its [`State`](crate::dependencies::State), and returns when
    /// the server has stopped.
    pub async fn serve<T: Send + Sync + 'static>(self, value: T) {
        let entry: StateEntry = (TypeId::of::<T>(), Arc::new(value));
        // Sending fails only if the start was aborted; `stopping` is then cancelled too.
        let _ = self.ready.send(entry);
        self.stopping.cancelled().await;
    }
}

/// A lifespan function that waits in [`Lifespan::serve`].
pub(crate) struct RunningLifespan {
    stopping: CancellationToken,
    finished: JoinHandle<Result<()>>,
}

/// Runs the user's function up to its call of [`Lifespan::serve`].
pub(crate) async fn start(lifespan: LifespanFn) -> Result<(RunningLifespan, StateEntry)> {
    let (ready, is_ready) = oneshot::channel();
    let stopping = CancellationToken::new();
    // If this future is dropped before the function calls `serve`, the function must not wait forever.
    let stop_if_dropped = stopping.clone().drop_guard();
    let handle = Lifespan {
        ready,
        stopping: stopping.clone(),
    };
    let finished = tokio::spawn(lifespan(handle));
    match is_ready.await {
        Ok(state) => {
            stop_if_dropped.disarm();
            Ok((RunningLifespan { stopping, finished }, state))
        }
        Err(_) => {
            // The sender was dropped: the function has returned or panicked.
            finished.await??;
            Err(Error::msg("it returned without calling `Lifespan::serve`"))
        }
    }
}

/// Runs the rest of the user's function, after its call of [`Lifespan::serve`].
pub(crate) async fn stop(lifespan: Option<RunningLifespan>) -> Result<()> {
    let Some(RunningLifespan { stopping, finished }) = lifespan else {
        return Ok(());
    };
    stopping.cancel();
    finished.await?
}
