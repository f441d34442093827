//! What one call holds: the values of its providers, and their teardowns.
//!
//! Each provider is on a list, in the order in which they were ready, so that whatever a provider
//! depends on stands before it. The list is taken down from its end: a value is let go, then its
//! provider runs on to its own end.

use std::any::TypeId;
use std::fmt;
use std::panic::AssertUnwindSafe;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use futures_util::FutureExt;
use tokio::task::JoinHandle;
use tokio_util::task::task_tracker::TaskTrackerToken;
use tracing::Instrument;

use crate::call::inject::injector::Provided;
use crate::call::inject::provided_ref::{AnyLent, Lent};
use crate::call::inject::provider::{Provider, ProviderEntry};
use crate::docket::progress::Progress;
use futures_util::future::BoxFuture;

/// How long one teardown may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// A provider that waits for the end of what it has provided.
pub(crate) type Teardown = BoxFuture<'static, crate::error::Result<()>>;

/// One provider's value and its teardown.
pub(crate) struct Held {
    pub(crate) provider: TypeId,
    pub(crate) entry: &'static ProviderEntry,
    pub(crate) value: AnyLent,
    pub(crate) teardown: Option<Teardown>,
}

/// A teardown that went wrong.
#[derive(Debug, thiserror::Error)]
pub(crate) enum TeardownError {
    #[error("provider `{provider}` failed when it was torn down: {cause:#}")]
    Failed {
        provider: &'static str,
        cause: crate::error::Error,
    },
    #[error("provider `{provider}` did not end within {PATIENCE:?} after it was torn down")]
    Late { provider: &'static str },
    #[error("provider `{provider}` panicked when it was torn down")]
    Panicked { provider: &'static str },
}

/// What one call holds.
#[derive(Default)]
pub(crate) struct CallScope {
    held: Mutex<Vec<Held>>,
    /// What tells the client how far the call is: the same for all that ask for it.
    pub(crate) progress: OnceLock<Progress>,
    pub(crate) succeeded: Arc<AtomicBool>,
}

impl CallScope {
    fn held(&self) -> std::sync::MutexGuard<'_, Vec<Held>> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What `P` has provided in this call.
    pub(crate) fn get<P: Provider>(&self) -> Option<Lent<P::Value>> {
        let id = TypeId::of::<P>();
        let held = self.held();
        let held = held.iter().find(|held| held.provider == id)?;
        held.value.downcast_ref::<Lent<P::Value>>().cloned()
    }

    pub(crate) fn add(&self, held: Held) {
        self.held().push(held);
    }

    fn take(&self) -> Vec<Held> {
        std::mem::take(&mut *self.held())
    }
}

/// Lets go of what is held, last in first out, and gives the first error; all are logged.
pub(crate) async fn tear_down(mut held: Vec<Held>) -> Result<(), TeardownError> {
    let mut first = Ok(());
    while let Some(one) = held.pop() {
        drop(one.value);
        let Some(teardown) = one.teardown else {
            continue;
        };
        let provider = one.entry.name;
        // Unwind safety: what a teardown leaves half done is dropped with it.
        let teardown = AssertUnwindSafe(teardown).catch_unwind();
        let error = match tokio::time::timeout(PATIENCE, teardown).await {
            Ok(Ok(Ok(()))) => continue,
            Ok(Ok(Err(cause))) => TeardownError::Failed { provider, cause },
            Ok(Err(_)) => TeardownError::Panicked { provider },
            Err(_) => TeardownError::Late { provider },
        };
        tracing::error!(provider, at = %one.entry.location, "{error}");
        first = first.and(Err(error));
    }
    first
}

/// Sees to it that what a call holds is torn down, also if the call is dropped where it stands.
pub(crate) struct CallGuard {
    scope: Arc<CallScope>,
    /// Lets the server's shutdown wait for the end of this.
    token: Option<TaskTrackerToken>,
}

impl CallGuard {
    pub(crate) fn new(scope: Arc<CallScope>, provided: &Provided) -> Self {
        Self {
            scope,
            token: Some(provided.calls.token()),
        }
    }

    /// Tears down, after a body that `succeeded` or did not.
    pub(crate) async fn close(mut self, succeeded: bool) -> Result<(), TeardownError> {
        self.scope.succeeded.store(succeeded, Ordering::Relaxed);
        match self.start() {
            Some(teardown) => match teardown.await {
                Ok(ended) => ended,
                // It catches panics itself: only a runtime that ends can have stopped it.
                Err(_) => Ok(()),
            },
            None => Ok(()),
        }
    }

    /// Tears down in a task of its own: a request that is taken back meanwhile does not stop it.
    fn start(&mut self) -> Option<JoinHandle<Result<(), TeardownError>>> {
        let mut held = self.scope.take();
        let token = self.token.take();
        if held.iter().all(|held| held.teardown.is_none()) {
            while held.pop().is_some() {}
            return None;
        }
        let Ok(runtime) = tokio::runtime::Handle::try_current() else {
            for held in &held {
                let provider = held.entry.name;
                tracing::error!(provider, "was not torn down: the runtime is gone");
            }
            return None;
        };
        let teardown = async move {
            let ended = tear_down(held).await;
            drop(token);
            ended
        };
        Some(runtime.spawn(teardown.in_current_span()))
    }
}

impl Drop for CallGuard {
    fn drop(&mut self) {
        // What was closed holds nothing any more. Of the rest, the log says what goes wrong.
        drop(self.start());
    }
}

impl fmt::Debug for CallScope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&str> = self.held().iter().map(|held| held.entry.name).collect();
        f.debug_tuple("CallScope").field(&names).finish()
    }
}
