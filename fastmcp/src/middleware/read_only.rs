//! [`ReadOnly`]: refuses tools that may change data.

use std::fmt;

use crate::caller::Caller;
use crate::error::{Result, ToolError};
use crate::middleware::chain::Middleware;
use crate::middleware::next::Next;
use crate::middleware::request::{Answer, Request, TaskOperation};

/// Refuses the tools that do not have the annotation `read_only`, also as tasks.
///
/// The tools stay in the lists, so that a model can explain why it does not use them. To leave them out, use
/// [`FastMcp::visible`](crate::FastMcp::visible) with
/// [`Component::is_read_only`](crate::Component::is_read_only).
///
/// ```
/// use fastmcp::FastMcp;
/// use fastmcp::middleware::ReadOnly;
///
/// let maintenance = FastMcp::new("shop").middleware(ReadOnly::new());
/// let shop = FastMcp::new("shop").middleware(ReadOnly::unless(|caller| caller.has_scope("write")));
/// ```
pub struct ReadOnly(Option<Exempt>);

/// Decides whether a caller may write.
type Exempt = Box<dyn Fn(&Caller) -> bool + Send + Sync>;

impl ReadOnly {
    /// Refuses for all callers.
    #[must_use]
    pub fn new() -> Self {
        Self(None)
    }

    /// Refuses for all callers, except those for whom `may_write` returns `true`.
    pub fn unless(may_write: impl Fn(&Caller) -> bool + Send + Sync + 'static) -> Self {
        Self(Some(Box::new(may_write)))
    }
}

impl Default for ReadOnly {
    fn default() -> Self {
        Self::new()
    }
}

impl Middleware<Request> for ReadOnly {
    async fn handle(&self, request: Request, next: Next<Request>) -> Result<Answer> {
        let writes = match &request {
            Request::ToolCall(call) => !call.component().is_read_only(),
            Request::Task(task) => {
                task.operation() == TaskOperation::Create
                    && task.component().is_some_and(|it| !it.is_read_only())
            }
            _ => false,
        };
        let may_write = || {
            let caller = request.caller();
            self.0.as_ref().is_some_and(|may_write| may_write(&caller))
        };
        if writes && !may_write() {
            let name = request.component().map_or("", |it| it.name());
            let message = format!("tool `{name}` may change data, and only reading is allowed");
            return Err(ToolError::new(message).into());
        }
        next.run(request).await
    }
}

impl fmt::Debug for ReadOnly {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ReadOnly").finish_non_exhaustive()
    }
}
