//! [`Watched`]: the resources of a remote server whose updates clients want.

use std::collections::BTreeMap;

use tokio::sync::watch;

/// The number of resources of one remote server that are watched. Each change of their set lists them all.
const MAX_WATCHED: usize = 1_000;

/// The resources that are watched, with the number of their watchers.
#[derive(Clone)]
pub(super) struct Watched(watch::Sender<BTreeMap<String, usize>>);

impl Watched {
    pub(super) fn new() -> Self {
        Self(watch::Sender::new(BTreeMap::new()))
    }

    pub(super) fn uris(&self) -> Vec<String> {
        self.0.borrow().keys().cloned().collect()
    }

    /// Returns the set, and wakes the receiver when it changes.
    pub(super) fn subscribe(&self) -> watch::Receiver<BTreeMap<String, usize>> {
        self.0.subscribe()
    }

    /// Watches a resource until the result is dropped. `None` if too many are watched.
    pub(super) fn add(&self, uri: &str) -> Option<Watcher> {
        let mut is_full = false;
        self.0.send_if_modified(|watched| {
            is_full = watched.len() >= MAX_WATCHED && !watched.contains_key(uri);
            if is_full {
                return false;
            }
            let count = watched.entry(uri.to_owned()).or_default();
            *count += 1;
            *count == 1
        });
        (!is_full).then(|| Watcher {
            watched: self.clone(),
            uri: uri.to_owned(),
        })
    }

    fn remove(&self, uri: &str) {
        self.0.send_if_modified(|watched| {
            let Some(count) = watched.get_mut(uri) else {
                return false;
            };
            *count -= 1;
            let is_last = *count == 0;
            if is_last {
                watched.remove(uri);
            }
            is_last
        });
    }
}

/// A resource that is watched until this is dropped.
pub(super) struct Watcher {
    watched: Watched,
    uri: String,
}

impl Drop for Watcher {
    fn drop(&mut self) {
        self.watched.remove(&self.uri);
    }
}
