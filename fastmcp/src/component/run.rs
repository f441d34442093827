//! Runs one handler's future to its end, and turns a panic into an error.

use std::any::Any;
use std::panic::AssertUnwindSafe;
use std::time::Duration;

use futures_util::FutureExt;

use crate::BoxFuture;
use crate::parameter::CallError;

/// Why a handler gave no reply.
#[derive(Debug, thiserror::Error)]
pub(crate) enum RunError {
    #[error(transparent)]
    Call(#[from] CallError),
    #[error("panicked: {0}")]
    Panicked(String),
    #[error("took longer than its timeout of {0:?}")]
    TimedOut(Duration),
}

/// Runs `future`; a panic in it ends this call and nothing else.
pub(crate) async fn run<Reply>(
    future: BoxFuture<'static, Result<Reply, CallError>>,
) -> Result<Reply, RunError> {
    // Unwind safety: whatever the panic left half done is dropped with the future; what handlers
    // share is behind their own locks, which poison.
    match AssertUnwindSafe(future).catch_unwind().await {
        Ok(reply) => Ok(reply?),
        Err(panic) => Err(RunError::Panicked(panic_message(&*panic))),
    }
}

fn panic_message(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().copied();
    let text = text.or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    text.unwrap_or("no message").to_owned()
}
