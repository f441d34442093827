//! [`ConcurrencyLimit`]: limits how many handlers run at once.

use tokio::sync::Semaphore;

use crate::error::{Result, ToolError};
use crate::middleware::chain::Middleware;
use crate::middleware::next::Next;
use crate::middleware::request::{Answer, Request};

/// Limits how many tools, resources and prompts run at once. Further requests wait, in their order.
///
/// A handler that reads another resource or prompt of its server through its [`Context`](crate::Context) counts once,
/// because it would otherwise wait for itself.
///
/// ```
/// use fastmcp::{FastMcp, Selection};
/// use fastmcp::middleware::ConcurrencyLimit;
///
/// let server = FastMcp::new("images")
///     .middleware(ConcurrencyLimit::new(100).refuse())
///     .middleware_for(Selection::tag("gpu"), ConcurrencyLimit::new(2));
/// # let _ = server;
/// ```
#[derive(Debug)]
pub struct ConcurrencyLimit {
    permits: Semaphore,
    at_most: usize,
    refuses: bool,
}

impl ConcurrencyLimit {
    /// Creates the limit, which is at least one.
    pub fn new(at_most: usize) -> Self {
        let at_most = at_most.clamp(1, Semaphore::MAX_PERMITS);
        Self {
            permits: Semaphore::new(at_most),
            at_most,
            refuses: false,
        }
    }

    /// Refuses further requests, instead of letting them wait.
    #[must_use]
    pub fn refuse(mut self) -> Self {
        self.refuses = true;
        self
    }
}

impl Middleware<Request> for ConcurrencyLimit {
    async fn handle(&self, request: Request, next: Next<Request>) -> Result<Answer> {
        let is_limited = matches!(
            request,
            Request::ToolCall(_) | Request::ResourceRead(_) | Request::PromptGet(_)
        );
        if !is_limited || request.context().0.nested {
            return next.run(request).await;
        }
        let permit = if self.refuses {
            self.permits.try_acquire().ok()
        } else {
            // The semaphore is never closed.
            self.permits.acquire().await.ok()
        };
        if permit.is_none() {
            let message = format!("{} requests are running; try again later", self.at_most);
            return Err(ToolError::new(message).into());
        }
        next.run(request).await
    }
}
