//! [`Running`]: the handlers that run, by name. A server that stops names those that do not end.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

tokio::task_local! {
    /// The handler that the current task runs.
    static CURRENT: RunningHandler;
}

/// Runs `future` as the body of `handler`.
pub(crate) async fn scope<T>(handler: RunningHandler, future: impl Future<Output = T>) -> T {
    CURRENT.scope(handler, future).await
}

/// Returns the handler that the current task runs.
pub(crate) fn current() -> Option<RunningHandler> {
    CURRENT.try_with(Clone::clone).ok()
}

/// The running handlers of one server.
#[derive(Debug, Clone, Default)]
pub(crate) struct Running(Arc<Mutex<Handlers>>);

#[derive(Debug, Default)]
struct Handlers {
    next: u64,
    names: BTreeMap<u64, Cow<'static, str>>,
}

impl Running {
    fn with<T>(&self, change: impl FnOnce(&mut Handlers) -> T) -> T {
        change(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Adds a handler until the guard and all of its clones are dropped.
    pub(crate) fn enter(&self, name: impl Into<Cow<'static, str>>) -> RunningHandler {
        let id = self.with(|handlers| {
            handlers.next += 1;
            handlers.names.insert(handlers.next, name.into());
            handlers.next
        });
        RunningHandler(Arc::new(Entered {
            running: self.clone(),
            id,
        }))
    }

    /// Returns the names of the running handlers.
    pub(crate) fn names(&self) -> Vec<String> {
        self.with(|handlers| handlers.names.values().map(ToString::to_string).collect())
    }
}

/// A handler that runs. The thread of a `blocking` body has a clone, because it may outlive its call.
#[derive(Debug, Clone)]
pub(crate) struct RunningHandler(#[expect(dead_code, reason = "a guard")] Arc<Entered>);

#[derive(Debug)]
struct Entered {
    running: Running,
    id: u64,
}

impl Drop for Entered {
    fn drop(&mut self) {
        self.running
            .with(|handlers| handlers.names.remove(&self.id));
    }
}
