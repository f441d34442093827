//! [`Origin`]: the caller of a handler.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::context::lazy::LazyContext;
use crate::context::request::Context;
use crate::docket::current_execution::CurrentExecution;

/// The caller of a handler.
pub(crate) enum Origin {
    /// A client's request.
    Request(Context),
    /// A worker that runs a `#[task]`.
    Execution(Box<CurrentExecution>),
    /// A worker that runs a tool as an MCP task, after the response with the task handle was sent.
    Task(TaskCall),
    /// A client's request whose context is created only if it is used.
    Lazy(LazyContext),
    /// A client's request to a handler that uses nothing of it but the arguments.
    ArgumentsOnly,
    /// An event that is compared with the subscription of this caller.
    #[cfg(feature = "events")]
    Event(crate::caller::Caller),
    /// The server itself, which runs a shared provider.
    Server,
}

/// A tool call that runs as an MCP task: the original request and the current execution.
#[derive(Clone)]
pub(crate) struct TaskCall {
    pub(crate) context: Context,
    pub(crate) delivery: Box<CurrentExecution>,
    /// `true` if the handler takes a `Cancellation`, and so stops by itself when it is cancelled.
    handles_cancellation: Arc<AtomicBool>,
}

impl TaskCall {
    pub(crate) fn new(context: Context, delivery: CurrentExecution) -> Self {
        Self {
            context,
            delivery: Box::new(delivery),
            handles_cancellation: Arc::default(),
        }
    }

    /// Returns the same call with another context.
    pub(crate) fn with_context(mut self, context: Context) -> Self {
        self.context = context;
        self
    }

    /// Records that the handler observes the cancellation. A cancelled call then keeps running. The flag
    /// guards no other data, so `Relaxed` access is enough.
    pub(crate) fn handle_cancellation(&self) {
        self.handles_cancellation.store(true, Ordering::Relaxed);
    }

    /// Completes when the call is cancelled, unless the handler observes the cancellation itself. The
    /// worker drops such a handler if it still runs at the end of the grace period.
    pub(crate) fn cancelled(&self) -> impl Future<Output = ()> + Send + 'static {
        let cancellation = self.delivery.cancellation();
        let handles_cancellation = Arc::clone(&self.handles_cancellation);
        async move {
            cancellation.cancelled().await;
            if handles_cancellation.load(Ordering::Relaxed) {
                std::future::pending::<()>().await;
            }
        }
    }
}
