//! [`Origin`]: the caller of a handler.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::context::request::Context;
use crate::docket::current_execution::CurrentExecution;

/// The caller of a handler.
pub(crate) enum Origin {
    /// A client's request.
    Request(Context),
    /// A worker that runs a `#[task]`.
    Execution(Box<CurrentExecution>),
    /// A worker that runs a tool as an MCP task, after the client's request has returned.
    Task(TaskCall),
    /// The server itself, which runs a shared provider.
    Server,
}

/// A tool call that runs as an MCP task: the original request, and the execution that runs it.
pub(crate) struct TaskCall {
    pub(crate) context: Context,
    pub(crate) delivery: Box<CurrentExecution>,
    /// Whether the handler takes a `Cancellation`, and so stops by itself when it is cancelled.
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

    /// Leaves a cancelled call running, because its handler observes the cancellation.
    pub(crate) fn handle_cancellation(&self) {
        self.handles_cancellation.store(true, Ordering::Relaxed);
    }

    /// Completes when the call is cancelled, unless the handler observes the cancellation itself. A
    /// handler that does so and still keeps running is dropped by the worker after its grace period.
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
