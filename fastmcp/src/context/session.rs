//! What a server remembers of one session.

use std::any::{Any, TypeId};
use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The state of one session: values of the handlers' own types, one of each type.
///
/// A session is a connection of standard input and output, or a session of streamable HTTP. It
/// ends with them, and what is kept here with it. Requests of protocol 2026-07-28 belong to no
/// session; give work that must be found again a name of its own and keep it in a state of the
/// server.
///
/// ```
/// use std::sync::atomic::{AtomicU32, Ordering};
/// use fastmcp::prelude::*;
///
/// /// How often this was called in this session.
/// #[tool]
/// async fn calls(ctx: Context) -> Result<u32> {
///     let session = ctx.session().ok_or_else(|| ToolError::new("this needs a session"))?;
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
    /// The same session, under the id that its transport gives it.
    pub(crate) fn with_id(&self, id: Option<&str>) -> Self {
        Self {
            id: id.map(Into::into),
            values: Arc::clone(&self.values),
        }
    }

    fn values(&self) -> MutexGuard<'_, Values> {
        self.values.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Its id (`Mcp-Session-Id`); `None` over streams, where the connection is the session.
    pub fn id(&self) -> Option<&str> {
        self.id.as_deref()
    }

    /// The value of type `T`, if one was kept.
    pub fn get<T: Send + Sync + 'static>(&self) -> Option<Arc<T>> {
        let value = self.values().get(&TypeId::of::<T>()).cloned();
        value?.downcast().ok()
    }

    /// Keeps `value` for the session's later requests, in the place of another of its type.
    pub fn insert<T: Send + Sync + 'static>(&self, value: T) {
        self.values()
            .insert(TypeId::of::<T>(), Arc::new(value) as _);
    }

    /// The value of type `T`; without one, what `make` gives is kept. Two requests that ask at the
    /// same time get the same one.
    pub fn get_or_insert_with<T: Send + Sync + 'static>(&self, make: impl FnOnce() -> T) -> Arc<T> {
        if let Some(value) = self.get() {
            return value;
        }
        // Made outside of the lock: `make` is the handler's code, and may come back here.
        let made: Arc<T> = Arc::new(make());
        let mut values = self.values();
        let kept = values
            .entry(TypeId::of::<T>())
            .or_insert_with(|| Arc::clone(&made) as _);
        Arc::clone(kept).downcast().unwrap_or(made)
    }

    /// Forgets the value of type `T`, and gives it back.
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
