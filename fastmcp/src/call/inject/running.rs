//! [`Running`]: the handlers that run, by name. A server that stops names those that do not end.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

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

/// The running handlers of one server: how many of each name run. A name stays once it has run, because there are as
/// many names as handlers, and so entering and leaving a handler change only a number.
#[derive(Debug, Clone, Default)]
pub(crate) struct Running(Arc<Mutex<BTreeMap<Cow<'static, str>, Arc<AtomicUsize>>>>);

impl Running {
    fn handlers(&self) -> MutexGuard<'_, BTreeMap<Cow<'static, str>, Arc<AtomicUsize>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds a handler until the guard and all of its clones are dropped.
    pub(crate) fn enter(&self, name: impl Into<Cow<'static, str>>) -> RunningHandler {
        let name = name.into();
        let mut handlers = self.handlers();
        let count = match handlers.get(&*name) {
            Some(count) => Arc::clone(count),
            None => Arc::clone(handlers.entry(name).or_default()),
        };
        // The counts guard no other data, so `Relaxed` access is enough.
        count.fetch_add(1, Ordering::Relaxed);
        RunningHandler(count)
    }

    /// Returns the names of the running handlers, each as often as it runs.
    pub(crate) fn names(&self) -> Vec<String> {
        let handlers = self.handlers();
        let names = handlers.iter().flat_map(|(name, count)| {
            std::iter::repeat_n(name.to_string(), count.load(Ordering::Relaxed))
        });
        names.collect()
    }
}

/// A handler that runs. The thread of a `blocking` body has a clone, because it may outlive its call.
#[derive(Debug)]
pub(crate) struct RunningHandler(Arc<AtomicUsize>);

impl Clone for RunningHandler {
    fn clone(&self) -> Self {
        self.0.fetch_add(1, Ordering::Relaxed);
        Self(Arc::clone(&self.0))
    }
}

impl Drop for RunningHandler {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}
