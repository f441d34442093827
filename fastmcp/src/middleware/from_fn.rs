//! [`from_fn`]: makes a middleware from an async function.

use std::fmt;
use std::marker::PhantomData;

use crate::error::Result;
use crate::middleware::chain::Middleware;
use crate::middleware::next::Next;
use crate::middleware::operation::Operation;

/// A middleware that calls a function; [`from_fn`] creates it.
pub struct FromFn<F, R> {
    function: F,
    operation: PhantomData<fn(R)>,
}

/// Creates a middleware from an async function of a request and the rest of the server.
///
/// ```
/// use fastmcp::middleware::{Next, ResourceRead, from_fn};
/// use fastmcp::mcp::ResourceContents;
/// use fastmcp::prelude::*;
///
/// async fn log(read: ResourceRead, next: Next<ResourceRead>) -> Result<Vec<ResourceContents>> {
///     println!("{} is read", read.uri());
///     next.run(read).await
/// }
///
/// let server = FastMcp::new("files").middleware(from_fn(log));
/// ```
pub fn from_fn<R, F, A>(function: F) -> FromFn<F, R>
where
    R: Operation,
    F: Fn(R, Next<R>) -> A + Send + Sync + 'static,
    A: Future<Output = Result<R::Answer>> + Send + 'static,
{
    FromFn {
        function,
        operation: PhantomData,
    }
}

impl<R, F, A> Middleware<R> for FromFn<F, R>
where
    R: Operation,
    F: Fn(R, Next<R>) -> A + Send + Sync + 'static,
    A: Future<Output = Result<R::Answer>> + Send + 'static,
{
    fn handle(&self, request: R, next: Next<R>) -> impl Future<Output = Result<R::Answer>> + Send {
        (self.function)(request, next)
    }
}

impl<F, R> fmt::Debug for FromFn<F, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FromFn").finish_non_exhaustive()
    }
}
