//! The options of [`FastMcp`] that add middleware.

use crate::middleware::chain::Middleware;
use crate::middleware::operation::Operation;
use crate::selection::Selection;
use crate::server::builder::FastMcp;

impl FastMcp {
    /// Adds a [middleware](crate::middleware) around the requests of its kind. The first middleware that is added is
    /// the outermost: it sees a request first, and its answer last.
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// use fastmcp::middleware::{AuditLog, Next, RateLimit, ToolCall, from_fn};
    /// use fastmcp::{ToolResult, prelude::*};
    ///
    /// async fn tenant(call: ToolCall, next: Next<ToolCall>) -> Result<ToolResult> {
    ///     if call.arguments().get("tenant").is_none() {
    ///         return Err(ToolError::new("name the tenant").into());
    ///     }
    ///     next.run(call).await
    /// }
    ///
    /// let server = FastMcp::new("shop")
    ///     .middleware(AuditLog::new())
    ///     .middleware(RateLimit::new(60, Duration::from_secs(60)))
    ///     .middleware(from_fn(tenant));
    /// ```
    pub fn middleware<R: Operation>(mut self, middleware: impl Middleware<R>) -> Self {
        self.0.middleware.push(middleware, None);
        self
    }

    /// Adds a [middleware](crate::middleware) around the requests for some components only. Lists, and requests about
    /// existing tasks, have no component and pass it.
    ///
    /// A part of the selection that matches no component is an error of the start.
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// use fastmcp::middleware::Timeout;
    /// use fastmcp::{ComponentKind, FastMcp, Selection};
    ///
    /// let slow = Selection::kind(ComponentKind::Tool) & !Selection::tag("slow");
    /// let server = FastMcp::new("shop").middleware_for(slow, Timeout::new(Duration::from_secs(5)));
    /// ```
    pub fn middleware_for<R: Operation>(
        mut self,
        selection: Selection,
        middleware: impl Middleware<R>,
    ) -> Self {
        self.0.middleware.push(middleware, Some(selection));
        self
    }
}
