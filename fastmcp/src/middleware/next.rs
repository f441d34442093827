//! [`Next`]: the rest of the server, as a middleware sees it.

use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

use futures_util::future::BoxFuture;

use crate::error::{Error, Result};
use crate::middleware::operation::Operation;
use crate::middleware::request::{Answer, Request};

/// One middleware of a chain, for requests of any kind.
pub(crate) trait Layer: Send + Sync {
    /// Handles a request, or passes it on.
    fn handle(&self, request: Request, next: Next<Request>) -> BoxFuture<'_, Result<Answer>>;
}

/// The handler behind the last middleware.
pub(crate) type End = dyn Fn(Request) -> BoxFuture<'static, Result<Answer>> + Send + Sync;

/// The rest of the server: the middleware that was added later, and the handler.
///
/// [`run`](Self::run) passes the request on. A middleware that repeats a request clones both before.
pub struct Next<R> {
    layers: Arc<[Arc<dyn Layer>]>,
    /// The index of the next layer.
    position: usize,
    end: Arc<End>,
    operation: PhantomData<fn(R) -> R>,
}

impl<R> Clone for Next<R> {
    fn clone(&self) -> Self {
        Self {
            layers: Arc::clone(&self.layers),
            position: self.position,
            end: Arc::clone(&self.end),
            operation: PhantomData,
        }
    }
}

impl Next<Request> {
    pub(crate) fn new(layers: Arc<[Arc<dyn Layer>]>, end: Arc<End>) -> Self {
        Self {
            layers,
            position: 0,
            end,
            operation: PhantomData,
        }
    }

    /// Returns the same rest for requests of one kind.
    pub(crate) fn typed<R>(self) -> Next<R> {
        Next {
            layers: self.layers,
            position: self.position,
            end: self.end,
            operation: PhantomData,
        }
    }

    fn pass(mut self, request: Request) -> BoxFuture<'static, Result<Answer>> {
        let Some(layer) = self.layers.get(self.position).cloned() else {
            return (self.end)(request);
        };
        self.position += 1;
        Box::pin(async move { layer.handle(request, self).await })
    }
}

impl<R: Operation> Next<R> {
    /// Passes the request to the next middleware, or to the handler, and returns the answer.
    ///
    /// # Errors
    ///
    /// The error of the request. A middleware that returns it unchanged with `?` lets the client see what it would
    /// see without the middleware.
    pub fn run(self, request: R) -> BoxFuture<'static, Result<R::Answer>> {
        let next: Next<Request> = Next {
            layers: self.layers,
            position: self.position,
            end: self.end,
            operation: PhantomData,
        };
        let request = request.into_request();
        let kind = request.kind();
        let answer = next.pass(request);
        Box::pin(async move {
            R::from_answer(answer.await?).ok_or_else(|| {
                let method = kind.method();
                Error::msg(format!(
                    "a middleware answered `{method}` with an answer of another kind"
                ))
            })
        })
    }
}

impl<R> fmt::Debug for Next<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Next").finish_non_exhaustive()
    }
}
