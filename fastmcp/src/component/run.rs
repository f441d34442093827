//! Runs one handler's future to its end, and turns a panic into an error.

use std::any::Any;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt;

use crate::call::error::CallError;
use crate::call::inject::teardown::{CallGuard, TeardownError};
use crate::context::answer_log::Journal;
use futures_util::future::BoxFuture;

/// Why a handler gave no reply.
#[derive(Debug, thiserror::Error)]
pub(crate) enum RunError {
    #[error(transparent)]
    Call(#[from] CallError),
    #[error("panicked: {0}")]
    Panicked(String),
    #[error(transparent)]
    Teardown(#[from] TeardownError),
    #[error("took longer than its timeout of {0:?}")]
    TimedOut(Duration),
    /// It asks the client, and is run again with the answer: the journal has the question.
    #[error("waits for an answer of the client")]
    Suspended,
}

/// Runs `future`, then tears down what its dependencies hold; a panic in it ends this call and
/// nothing else.
pub(crate) async fn run<Reply>(
    future: BoxFuture<'static, Result<Reply, CallError>>,
    guard: CallGuard,
    timeout: Option<Duration>,
    journal: Option<Arc<Journal>>,
) -> Result<Reply, RunError> {
    // Unwind safety: whatever the panic left half done is dropped with the future; what handlers
    // share is behind their own locks, which poison.
    let unwinding = AssertUnwindSafe(future).catch_unwind();
    let unwinding = async {
        match &journal {
            Some(journal) => journal.drive(unwinding).await,
            None => Some(unwinding.await),
        }
    };
    let ended = match timeout {
        Some(timeout) => tokio::time::timeout(timeout, unwinding)
            .await
            .map_err(|_| RunError::TimedOut(timeout)),
        None => Ok(unwinding.await),
    };
    let reply = match ended {
        Ok(Some(Ok(reply))) => reply.map_err(RunError::Call),
        Ok(Some(Err(panic))) => Err(RunError::Panicked(panic_message(&*panic))),
        Ok(None) => Err(RunError::Suspended),
        Err(error) => Err(error),
    };
    let closed = guard.close(reply.is_ok()).await;
    let reply = reply?;
    closed?;
    Ok(reply)
}

fn panic_message(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().copied();
    let text = text.or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    text.unwrap_or("no message").to_owned()
}
