//! Runs the middleware of a server around a request.

use std::panic::AssertUnwindSafe;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Weak};

use futures_util::FutureExt;
use futures_util::future::BoxFuture;

use crate::call::error::CallError;
use crate::component::request_error::RequestError;
use crate::component::run::{RunError, panic_message};
use crate::error::{Error, Result};
use crate::middleware::next::{End, Layer, Next};
use crate::middleware::operation::Operation;
use crate::middleware::request::{Answer, Request};

/// The error of a request with middleware.
pub(crate) enum AroundError {
    /// The error of the handler, which the middleware has passed on.
    Request(RequestError),
    /// An error of a middleware.
    Middleware(RunError),
}

impl AroundError {
    fn failed(error: Error) -> Self {
        match error.downcast::<RequestError>() {
            Ok(error) => Self::Request(error),
            Err(error) => Self::Middleware(RunError::Call(CallError::Failed(error))),
        }
    }
}

/// Counts the handlers behind the middleware that run.
#[derive(Clone, Default)]
struct Running(Arc<AtomicUsize>);

impl Running {
    /// Counts a handler until the guard is dropped. All access happens while one task polls the request, so `Relaxed`
    /// is enough.
    fn start(&self) -> RunningGuard {
        self.0.fetch_add(1, Ordering::Relaxed);
        RunningGuard(Self(Arc::clone(&self.0)))
    }

    fn is_empty(&self) -> bool {
        self.0.load(Ordering::Relaxed) == 0
    }
}

struct RunningGuard(Running);

impl Drop for RunningGuard {
    fn drop(&mut self) {
        self.0.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Runs a request through `layers`. The last one passes it to `end`, with the server.
pub(crate) async fn around<S, R, E>(
    server: &Weak<S>,
    layers: Arc<[Arc<dyn Layer>]>,
    request: R,
    end: E,
) -> Result<R::Answer, AroundError>
where
    S: Send + Sync + 'static,
    R: Operation,
    E: Fn(Arc<S>, R) -> BoxFuture<'static, Result<R::Answer, RequestError>> + Send + Sync + 'static,
{
    let request = request.into_request();
    let answer_log = request.context().answer_log().cloned();
    let running = Running::default();
    let end = end_of(server.clone(), running.clone(), end);
    let answer = Next::new(layers, end).run(request);
    let answer = AssertUnwindSafe(answer).catch_unwind();
    let ended = match &answer_log {
        // A middleware may ask the client a question. The handler ends its own run for a question, and tears its
        // dependencies down meanwhile.
        Some(log) => log.drive_if(answer, || running.is_empty()).await,
        None => Some(answer.await),
    };
    match ended {
        Some(Ok(Ok(answer))) => R::from_answer(answer)
            .ok_or_else(|| AroundError::failed(Error::msg("the answer is of another kind"))),
        Some(Ok(Err(error))) => Err(AroundError::failed(error)),
        Some(Err(panic)) => Err(AroundError::Middleware(RunError::Panicked(panic_message(
            &*panic,
        )))),
        None => Err(AroundError::Request(RequestError::Suspended)),
    }
}

fn end_of<S, R, E>(server: Weak<S>, running: Running, end: E) -> Arc<End>
where
    S: Send + Sync + 'static,
    R: Operation,
    E: Fn(Arc<S>, R) -> BoxFuture<'static, Result<R::Answer, RequestError>> + Send + Sync + 'static,
{
    Arc::new(
        move |request: Request| -> BoxFuture<'static, Result<Answer>> {
            let Ok(request) = R::from_request(request) else {
                let error = Error::msg("a middleware passed on a request of another kind");
                return Box::pin(std::future::ready(Err(error)));
            };
            let Some(server) = server.upgrade() else {
                let error = Error::msg("the server has stopped");
                return Box::pin(std::future::ready(Err(error)));
            };
            let reply = end(server, request);
            let running = running.clone();
            Box::pin(async move {
                let running = running.start();
                let reply = reply.await;
                drop(running);
                Ok(R::into_answer(reply?))
            })
        },
    )
}
