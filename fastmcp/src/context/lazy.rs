//! [`LazyContext`]: the context of a call that is created when the handler, or a dependency of it, asks for it.

use std::sync::{Arc, OnceLock};

use crate::context::call_state::{CallId, CallState, CancelAtEnd};
use crate::context::request::Context;

/// Creates the contexts of the calls of one connection.
pub(crate) trait ContextSource: Send + Sync {
    /// Returns the context of a request.
    fn context(&self, state: Arc<CallState>) -> Context;
}

/// The context of a call that is created on first use.
pub(crate) struct LazyContext {
    source: Arc<dyn ContextSource>,
    state: Arc<CallState>,
    context: OnceLock<Context>,
}

impl LazyContext {
    pub(crate) fn new(source: Arc<dyn ContextSource>, id: CallId) -> Self {
        Self {
            source,
            state: Arc::new(CallState::new(id)),
            context: OnceLock::new(),
        }
    }

    pub(crate) fn get(&self) -> &Context {
        let create = || self.source.context(Arc::clone(&self.state));
        self.context.get_or_init(create)
    }

    /// Returns the guard that ends the call.
    pub(crate) fn cancel_at_end(&self) -> CancelAtEnd {
        CancelAtEnd(Arc::clone(&self.state))
    }
}
