//! [`Timeout`]: limits the time of requests.

use std::time::Duration;

use crate::error::{Result, ToolError};
use crate::middleware::chain::Middleware;
use crate::middleware::next::Next;
use crate::middleware::request::{Answer, Request};

/// Limits the time of requests. A handler that takes longer is dropped, and its dependencies are torn down; the
/// request fails.
///
/// `#[tool(timeout = "5s")]` limits one handler. The time of a question to the user counts in a session, in which the
/// handler waits for the answer.
///
/// ```
/// use std::time::Duration;
///
/// use fastmcp::FastMcp;
/// use fastmcp::middleware::Timeout;
///
/// let server = FastMcp::new("shop").middleware(Timeout::new(Duration::from_secs(30)));
/// # let _ = server;
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Timeout(Duration);

impl Timeout {
    /// Creates the limit.
    pub fn new(limit: Duration) -> Self {
        Self(limit)
    }
}

impl Middleware<Request> for Timeout {
    async fn handle(&self, request: Request, next: Next<Request>) -> Result<Answer> {
        let label = request.label();
        match tokio::time::timeout(self.0, next.run(request)).await {
            Ok(reply) => reply,
            Err(_) => {
                let message = format!("`{label}` exceeded its timeout of {:?}", self.0);
                Err(ToolError::new(message).into())
            }
        }
    }
}
