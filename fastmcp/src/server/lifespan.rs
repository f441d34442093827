//! The user's own start-up and shut-down around the server's life.

use std::any::{Any, TypeId};
use std::sync::Arc;

use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::error::{Error, Result};
use futures_util::future::BoxFuture;

/// A value of the server's state, by its type.
pub(crate) type StateEntry = (TypeId, Arc<dyn Any + Send + Sync>);

/// A lifespan as the builder keeps it.
pub(crate) type LifespanFn = Box<dyn FnOnce(Lifespan) -> BoxFuture<'static, Result<()>> + Send>;

/// The server's life, as a [lifespan](crate::FastMcp::lifespan) function sees it.
#[derive(Debug)]
pub struct Lifespan {
    ready: oneshot::Sender<StateEntry>,
    stopping: CancellationToken,
}

impl Lifespan {
    /// Lets the server start, with `value` as its [`State`](crate::dependencies::State), and
    /// returns when the server has stopped.
    pub async fn serve<T: Send + Sync + 'static>(self, value: T) {
        let entry: StateEntry = (TypeId::of::<T>(), Arc::new(value));
        // Nobody receives it if the start was given up, and then `stopping` is cancelled too.
        let _ = self.ready.send(entry);
        self.stopping.cancelled().await;
    }
}

/// A lifespan that has let the server start.
pub(crate) struct Running {
    stopping: CancellationToken,
    finished: JoinHandle<Result<()>>,
}

/// Runs the user's function up to its [`Lifespan::serve`].
pub(crate) async fn start(lifespan: LifespanFn) -> Result<(Running, StateEntry)> {
    let (ready, is_ready) = oneshot::channel();
    let stopping = CancellationToken::new();
    let stop_if_abandoned = stopping.clone().drop_guard();
    let handle = Lifespan {
        ready,
        stopping: stopping.clone(),
    };
    let finished = tokio::spawn(lifespan(handle));
    match is_ready.await {
        Ok(state) => {
            stop_if_abandoned.disarm();
            Ok((Running { stopping, finished }, state))
        }
        Err(_) => {
            // The handle was dropped: the function has returned, or panicked.
            finished.await??;
            Err(Error::msg("it returned without calling `Lifespan::serve`"))
        }
    }
}

impl Running {
    /// Lets the user's function go on behind its [`Lifespan::serve`], to its end.
    pub(crate) async fn stop(self) -> Result<()> {
        self.stopping.cancel();
        self.finished.await?
    }
}
