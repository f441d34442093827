//! Runs the future of a handler, with its time limit and its answer log, and converts panics into
//! errors.

use std::any::Any;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;

use crate::call::error::CallError;
use crate::call::inject::running;
use crate::call::inject::teardown::{CallGuard, TeardownError};
use crate::context::answer_log::AnswerLog;
use crate::context::request::Context;

/// The reason why a handler returned no reply.
#[derive(Debug, thiserror::Error)]
pub(crate) enum RunError {
    #[error(transparent)]
    Call(#[from] CallError),
    #[error("panicked: {0}")]
    Panicked(String),
    #[error(transparent)]
    Teardown(#[from] TeardownError),
    #[error("exceeded its timeout of {0:?}")]
    TimedOut(Duration),
    /// The handler has asked the client a question, which is in the answer log. It runs again with the
    /// answer.
    #[error("waiting for client input")]
    Suspended,
}

/// Runs `future`, then the cleanup of its dependencies. A panic in the handler fails only this call.
///
/// The time limit applies to the body, not to the cleanup: the future of a body that times out is
/// dropped, and its providers still clean up.
pub(crate) async fn run<Reply>(
    future: BoxFuture<'static, Result<Reply, CallError>>,
    guard: CallGuard,
    timeout: Option<Duration>,
    answer_log: Option<Arc<AnswerLog>>,
) -> Result<Reply, RunError> {
    // Unwind safety: state inside the future is dropped with it. State that handlers share is behind
    // locks of the handlers, which a panic poisons.
    let unwinding = AssertUnwindSafe(future).catch_unwind();
    let unwinding = async {
        match &answer_log {
            Some(log) => log.drive(unwinding).await,
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
    // The cleanup runs before the reply is sent, so that the client's next request sees its effects,
    // such as a commit. An error of the handler takes precedence over an error of the cleanup. A
    // suspended run has not succeeded: its transactions roll back, and the next run repeats them.
    let closed = guard.close(reply.is_ok()).await;
    let reply = reply?;
    closed?;
    Ok(reply)
}

/// Runs a call, and sends progress at this interval while its handler reports none. Without an
/// interval, or if the client waits for no progress, nothing is sent.
pub(crate) async fn with_heartbeat<T>(
    context: Option<Context>,
    interval: Option<Duration>,
    call: impl Future<Output = T>,
) -> T {
    let context = context.filter(Context::wants_progress);
    match context.zip(interval) {
        Some((context, interval)) => {
            tokio::select! {
                // A call that has ended sends no progress, even if a heartbeat is due.
                biased;
                ended = call => ended,
                never = context.send_heartbeats(interval) => match never {},
            }
        }
        None => call.await,
    }
}

pub(crate) fn panic_message(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().copied();
    let text = text.or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    text.unwrap_or("no message").to_owned()
}

/// Runs the body of a `blocking` handler on the runtime's pool of blocking threads. With `SOUND`, the
/// result must be `Send`. Without it, the result has been refused, and a second error would repeat that.
#[doc(hidden)]
pub struct Blocking<const SOUND: bool>;

impl Blocking<true> {
    /// Runs the body.
    pub async fn run<T: Send + 'static>(body: impl FnOnce() -> T + Send + 'static) -> T {
        blocking(body).await
    }
}

impl Blocking<false> {
    /// Never called, because the program does not compile.
    pub async fn run<T>(_: impl FnOnce() -> T) -> T {
        std::future::pending().await
    }
}

/// A thread cannot be stopped from outside. If the call is cancelled or times out, the body still runs
/// to its end, and its result is dropped.
async fn blocking<T: Send + 'static>(body: impl FnOnce() -> T + Send + 'static) -> T {
    let span = tracing::Span::current();
    let running = running::current();
    let body = move || {
        let _running = running;
        span.in_scope(body)
    };
    match tokio::task::spawn_blocking(body).await {
        Ok(value) => value,
        Err(error) => match error.try_into_panic() {
            Ok(panic) => std::panic::resume_unwind(panic),
            // The runtime is shutting down and drops this future too.
            Err(_) => std::future::pending().await,
        },
    }
}
