//! [`Session`]: the values that handlers store in a session.

use std::any::{Any, TypeId};
use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The values that handlers store in a session, at most one of each type.
///
/// A session is a connection over standard input and output, or a session of streamable HTTP. Its
/// values are dropped when it ends. Requests in protocol 2026-07-28 have no session. For them, keep
/// values in a [state](crate::FastMcp::state) of the server, under a name that clients send.
///
/// ```
/// use std::sync::atomic::{AtomicU32, Ordering};
/// use fastmcp::prelude::*;
///
/// /// Counts the calls in this session.
/// #[tool]
/// async fn calls(ctx: Context) -> Result<u32> {
///     let session = ctx.session().ok_or_else(|| ToolError::new("this tool requires a session"))?;
///     let count = session.get_or_insert_with(AtomicU32::default);
///     Ok(count.fetch_add(1, Ordering::Relaxed) + 1)
/// }
/// ```
#[derive(Clone, Default)]
pub struct Session {
    id: Option<Arc<str>>,
    values: Arc<Mutex<Values>>,
}

type Values = HashMap<TypeId, Arc<dyn Any + Send + Sync>>;

impl Session {
    /// Returns the same session with the ID that the transport assigned.
    pub(crate) fn with_id(&self, id: Option<&str>) -> Self {
        Self {
            id: id.map(Into::into),
            values: Arc::clone(&self.values),
        }
    }

    /// Locks the values. A panic cannot leave the map half-updated, so a poisoned lock is still
    /// usable.
    fn values(&self) -> MutexGuard<'_, Values> {
        self.values.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns the session's ID (`Mcp-Session-Id`). It is `None` over streams, where the connection is
    /// the session.
    pub fn id(&self) -> Option<&str> {
        self.id.as_deref()
    }

    /// Returns the value of type `T`, if the session has one.
    pub fn get<T: Send + Sync + 'static>(&self) -> Option<Arc<T>> {
        let value = self.values().get(&TypeId::of::<T>()).cloned();
        value?.downcast().ok()
    }

    /// Stores `value` for later requests of the session, and replaces any value of the same type.
    pub fn insert<T: Send + Sync + 'static>(&self, value: T) {
        self.values()
            .insert(TypeId::of::<T>(), Arc::new(value) as _);
    }

    /// Returns the value of type `T`. If there is none, stores and returns the result of `make`;
    /// concurrent requests get the same value.
    pub fn get_or_insert_with<T: Send + Sync + 'static>(&self, make: impl FnOnce() -> T) -> Arc<T> {
        if let Some(value) = self.get() {
            return value;
        }
        // `make` runs without the lock, because it is the handler's code and may use this session
        // itself. If another request stores a value in the meantime, that value wins.
        let made: Arc<T> = Arc::new(make());
        let mut values = self.values();
        let kept = values
            .entry(TypeId::of::<T>())
            .or_insert_with(|| Arc::clone(&made) as _);
        Arc::clone(kept).downcast().unwrap_or(made)
    }

    /// Removes the value of type `T` and returns it.
    pub fn remove<T: Send + Sync + 'static>(&self) -> Option<Arc<T>> {
        let value = self.values().remove(&TypeId::of::<T>());
        value?.downcast().ok()
    }
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session")
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}
