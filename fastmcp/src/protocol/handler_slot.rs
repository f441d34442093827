//! [`HandlerSlot`]: returns the handler of a session to the HTTP transport.

use std::sync::{Arc, OnceLock};

/// Gets the handler that serves `initialize`. The HTTP transport inserts it into the extensions of the request, because
/// the protocol library creates the handlers and does not return them.
pub(crate) struct HandlerSlot<H>(Arc<OnceLock<H>>);

impl<H> Default for HandlerSlot<H> {
    fn default() -> Self {
        Self(Arc::default())
    }
}

impl<H> Clone for HandlerSlot<H> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<H: Clone + Send + Sync + 'static> HandlerSlot<H> {
    /// Puts a handler into the slot of a request, if it has one for handlers of this type.
    pub(crate) fn fill(handler: &H, extensions: &rmcp::model::Extensions) {
        let parts = extensions.get::<axum::http::request::Parts>();
        if let Some(Self(slot)) = parts.and_then(|parts| parts.extensions.get::<Self>()) {
            slot.get_or_init(|| handler.clone());
        }
    }

    /// Returns the handler; `None` if the request has not reached one.
    pub(crate) fn handler(&self) -> Option<H> {
        self.0.get().cloned()
    }
}
