//! Teardown: drops the values of providers and runs their cleanup code, last in, first out.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt;
use tokio::task::JoinHandle;
use tokio_util::task::task_tracker::TaskTrackerToken;
use tracing::Instrument;

use crate::call::inject::call_scope::CallScope;
use crate::call::inject::provided_value::ProvidedValue;

/// The time limit of one provider's teardown.
const TEARDOWN_TIMEOUT: Duration = Duration::from_secs(10);

/// A failed teardown.
#[derive(Debug, thiserror::Error)]
pub(crate) enum TeardownError {
    #[error("teardown of provider `{provider}` failed: {cause:#}")]
    Failed {
        provider: &'static str,
        cause: crate::error::Error,
    },
    #[error("teardown of provider `{provider}` timed out after {TEARDOWN_TIMEOUT:?}")]
    TimedOut { provider: &'static str },
    #[error("teardown of provider `{provider}` panicked")]
    Panicked { provider: &'static str },
}

/// Tears the values down from the end of the list. Logs every error and returns the first.
///
/// An error does not stop the loop, because the remaining providers still have to release their
/// resources.
pub(crate) async fn tear_down(mut values: Vec<ProvidedValue>) -> Result<(), TeardownError> {
    let mut first = Ok(());
    while let Some(provided) = values.pop() {
        // The teardown waits until all references to the value are dropped. This is the last one.
        drop(provided.value);
        let Some(teardown) = provided.teardown else {
            continue;
        };
        let provider = provided.entry.name;
        // Unwind safety: a teardown that panics is dropped with its state.
        let teardown = AssertUnwindSafe(teardown).catch_unwind();
        let error = match tokio::time::timeout(TEARDOWN_TIMEOUT, teardown).await {
            Ok(Ok(Ok(()))) => continue,
            Ok(Ok(Err(cause))) => TeardownError::Failed { provider, cause },
            Ok(Err(_)) => TeardownError::Panicked { provider },
            Err(_) => TeardownError::TimedOut { provider },
        };
        tracing::error!(provider, at = %provided.entry.location, "{error}");
        first = first.and(Err(error));
    }
    first
}

/// Tears one call down. Dropping the guard starts the teardown too, so a cancelled call is also torn
/// down.
pub(crate) struct CallGuard {
    scope: Arc<CallScope>,
    /// Makes the server's shutdown wait for this teardown.
    token: Option<TaskTrackerToken>,
}

impl CallGuard {
    pub(crate) fn new(scope: Arc<CallScope>, token: TaskTrackerToken) -> Self {
        Self {
            scope,
            token: Some(token),
        }
    }

    /// Tears the call down, and waits for the end of the teardown. Providers receive `succeeded` from
    /// `Scope::provide`. If the future is dropped, the teardown continues in its task.
    pub(crate) async fn close(mut self, succeeded: bool) -> Result<(), TeardownError> {
        self.scope.set_succeeded(succeeded);
        match self.start() {
            Some(teardown) => match teardown.await {
                Ok(result) => result,
                // `tear_down` catches panics, so only a runtime that shuts down cancels the task.
                Err(_) => Ok(()),
            },
            None => Ok(()),
        }
    }

    /// Starts the teardown in a task of its own, so that a client that cancels its request meanwhile
    /// does not interrupt it. Returns `None` if there is nothing to wait for.
    fn start(&mut self) -> Option<JoinHandle<Result<(), TeardownError>>> {
        let mut values = self.scope.take();
        let token = self.token.take();
        if values.iter().all(|value| value.teardown.is_none()) {
            // The common case needs no task. Dropping the `Vec` would start at its front, but a value
            // has to be dropped before the values that it depends on.
            while values.pop().is_some() {}
            return None;
        }
        let Ok(runtime) = tokio::runtime::Handle::try_current() else {
            for value in &values {
                let provider = value.entry.name;
                tracing::error!(provider, "teardown skipped: no Tokio runtime is running");
            }
            return None;
        };
        let teardown = async move {
            let result = tear_down(values).await;
            drop(token);
            result
        };
        Some(runtime.spawn(teardown.in_current_span()))
    }
}

impl Drop for CallGuard {
    fn drop(&mut self) {
        // After `close`, the scope is empty, and this does nothing. Otherwise the call was cancelled:
        // nobody waits for the task, and errors are only logged.
        drop(self.start());
    }
}
