//! [`Middleware`], and [`Chain`]: the middleware of one server.

use std::marker::PhantomData;
use std::sync::Arc;

use futures_util::future::BoxFuture;

use crate::component::access::Component;
use crate::error::Result;
use crate::middleware::next::{Layer, Next};
use crate::middleware::operation::Operation;
use crate::middleware::request::{Answer, Request, RequestKind};
use crate::selection::{Descriptor, Selection, UnmatchedSelection};

/// A middleware with state of its own. [`from_fn`](crate::middleware::from_fn()) makes one from a function.
///
/// `R` is the kind of requests that it wraps. A type can implement the trait for several kinds, and is then added
/// once for each.
///
/// ```
/// use std::sync::atomic::{AtomicU64, Ordering};
///
/// use fastmcp::middleware::{Middleware, Next, ToolCall};
/// use fastmcp::{ToolResult, prelude::*};
///
/// #[derive(Default)]
/// struct Counter(AtomicU64);
///
/// impl Middleware<ToolCall> for Counter {
///     async fn handle(&self, call: ToolCall, next: Next<ToolCall>) -> Result<ToolResult> {
///         self.0.fetch_add(1, Ordering::Relaxed);
///         next.run(call).await
///     }
/// }
///
/// let server = FastMcp::new("counted").middleware(Counter::default());
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a middleware for `{R}`",
    note = "wrap an async function in `fastmcp::middleware::from_fn`",
    note = "or implement `Middleware<ToolCall>` or another kind of request"
)]
pub trait Middleware<R: Operation>: Send + Sync + 'static {
    /// Handles a request. [`Next::run`] passes it on.
    ///
    /// # Errors
    ///
    /// A [`ToolError`](crate::ToolError) or any other error becomes the result of a tool, or the error of another
    /// request, as if the handler had returned it. A [`ProtocolError`](crate::ProtocolError) becomes a JSON-RPC
    /// error.
    fn handle(&self, request: R, next: Next<R>) -> impl Future<Output = Result<R::Answer>> + Send;
}

/// A middleware for one kind of requests.
struct Typed<R, M> {
    middleware: M,
    operation: PhantomData<fn(R)>,
}

impl<R: Operation, M: Middleware<R>> Layer for Typed<R, M> {
    fn handle(&self, request: Request, next: Next<Request>) -> BoxFuture<'_, Result<Answer>> {
        match R::from_request(request) {
            Ok(request) => Box::pin(async move {
                let answer = self.middleware.handle(request, next.typed()).await?;
                Ok(R::into_answer(answer))
            }),
            Err(request) => next.run(request),
        }
    }
}

/// One middleware and the requests that it wraps.
#[derive(Clone)]
struct Entry {
    layer: Arc<dyn Layer>,
    kind: Option<RequestKind>,
    selection: Option<Selection>,
}

impl Entry {
    fn wraps(&self, kind: RequestKind, component: Option<&Descriptor<'_>>) -> bool {
        let selects = |selection: &Selection| component.is_some_and(|it| selection.matches(it));
        self.kind.is_none_or(|it| it == kind) && self.selection.as_ref().is_none_or(selects)
    }
}

/// The middleware of one server, from the outermost to the innermost.
#[derive(Clone, Default)]
pub(crate) struct Chain(Vec<Entry>);

impl Chain {
    pub(crate) fn push<R: Operation, M: Middleware<R>>(
        &mut self,
        middleware: M,
        selection: Option<Selection>,
    ) {
        self.0.push(Entry {
            layer: Arc::new(Typed {
                middleware,
                operation: PhantomData,
            }),
            kind: R::KIND,
            selection,
        });
    }

    /// Returns whether a middleware wraps requests of this kind, for any component.
    pub(crate) fn wraps(&self, kind: RequestKind) -> bool {
        self.0.iter().any(|it| it.kind.is_none_or(|it| it == kind))
    }

    /// Returns the middleware around a request; `None` if there is none. `component` is only called if there is
    /// middleware for this kind.
    pub(crate) fn around(
        &self,
        kind: RequestKind,
        component: impl FnOnce() -> Option<Component>,
    ) -> Option<Arc<[Arc<dyn Layer>]>> {
        if !self.wraps(kind) {
            return None;
        }
        let component = component();
        let component = component.as_ref().map(Component::descriptor);
        let entries = self.0.iter();
        let entries = entries.filter(|it| it.wraps(kind, component.as_ref()));
        let layers: Arc<[_]> = entries.map(|it| Arc::clone(&it.layer)).collect();
        (!layers.is_empty()).then_some(layers)
    }

    /// Returns the first part of a selection that matches none of the components.
    pub(crate) fn refuse_unmatched(
        &self,
        components: &[Descriptor<'_>],
    ) -> Result<(), UnmatchedSelection> {
        let mut selections = self.0.iter().filter_map(|it| it.selection.as_ref());
        selections.try_for_each(|it| it.refuse_unmatched(components))
    }
}
