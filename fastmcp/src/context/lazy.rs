//! [`LazyContext`]: the context of a call that is created when the handler, or a dependency of it, asks for it.

use std::fmt;
use std::sync::{Arc, OnceLock};

use crate::context::request::Context;

/// The ID of a request.
#[derive(Debug, Clone)]
pub(crate) enum CallId {
    Number(i64),
    Text(Arc<str>),
}

impl fmt::Display for CallId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(number) => number.fmt(f),
            Self::Text(text) => f.write_str(text),
        }
    }
}

/// Creates the contexts of the calls of one connection.
pub(crate) trait ContextSource: Send + Sync {
    /// Returns the context of the request with this ID.
    fn context(&self, id: &CallId) -> Context;
}

/// The context of a call that is created on first use.
pub(crate) struct LazyContext {
    source: Arc<dyn ContextSource>,
    id: CallId,
    context: OnceLock<Context>,
}

impl LazyContext {
    pub(crate) fn new(source: Arc<dyn ContextSource>, id: CallId) -> Self {
        Self {
            source,
            id,
            context: OnceLock::new(),
        }
    }

    pub(crate) fn get(&self) -> &Context {
        self.context.get_or_init(|| self.source.context(&self.id))
    }
}

/// Cancels the token of a context when the call ends or is dropped: work that a handler has started outside of itself
/// must not run on after a cancelled call.
pub(crate) struct CancelAtEnd(pub(crate) Arc<LazyContext>);

impl Drop for CancelAtEnd {
    fn drop(&mut self) {
        if let Some(context) = self.0.context.get() {
            context.0.cancellation.cancel();
        }
    }
}
