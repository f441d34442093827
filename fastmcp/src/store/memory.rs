//! [`MemoryStore`]: a store in the memory of the process.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bytes::Bytes;
#[cfg(feature = "http")]
use tokio::sync::mpsc;
use tokio::time::Instant;

use crate::store::error::StoreError;
use crate::store::expected::Expected;

/// The size limit of all keys and values together, in bytes.
const MAX_BYTES: usize = 64 * 1024 * 1024;

/// The time between two searches for expired values.
const SWEEP_EVERY: Duration = Duration::from_mins(1);

/// The number of messages that a subscriber may have unread. Further messages are lost.
#[cfg(feature = "http")]
const MAX_UNREAD: usize = 1024;

/// A store in the memory of the process.
#[derive(Default)]
pub(crate) struct MemoryStore(Mutex<State>);

#[derive(Default)]
struct State {
    entries: HashMap<String, Entry>,
    bytes: usize,
    next_sweep: Option<Instant>,
    #[cfg(feature = "http")]
    subscribers: Vec<(Vec<String>, mpsc::Sender<Bytes>)>,
}

struct Entry {
    value: Bytes,
    expires: Option<Instant>,
}

impl Entry {
    fn is_live(&self, now: Instant) -> bool {
        self.expires.is_none_or(|expires| now < expires)
    }
}

impl State {
    fn live(&self, key: &str) -> Option<&Entry> {
        let now = Instant::now();
        self.entries.get(key).filter(|entry| entry.is_live(now))
    }

    fn take(&mut self, key: &str) -> Option<Entry> {
        let entry = self.entries.remove(key)?;
        self.bytes -= key.len() + entry.value.len();
        Some(entry)
    }

    /// Removes expired values, once in a while.
    fn sweep(&mut self) {
        let now = Instant::now();
        if self.next_sweep.is_some_and(|next| now < next) {
            return;
        }
        self.next_sweep = Some(now + SWEEP_EVERY);
        let mut freed = 0;
        self.entries.retain(|key, entry| {
            let is_live = entry.is_live(now);
            if !is_live {
                freed += key.len() + entry.value.len();
            }
            is_live
        });
        self.bytes -= freed;
    }
}

impl MemoryStore {
    /// A panic cannot leave the state half-changed, so a poisoned lock is still usable.
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn get(&self, key: &str) -> Option<Bytes> {
        self.state().live(key).map(|entry| entry.value.clone())
    }

    pub(crate) fn put(
        &self,
        key: &str,
        value: Bytes,
        ttl: Option<Duration>,
        expected: Expected<'_>,
    ) -> Result<bool, StoreError> {
        let mut state = self.state();
        state.sweep();
        let present = state.live(key).map(|entry| &*entry.value);
        let matches = match expected {
            Expected::Anything => true,
            Expected::Nothing => present.is_none(),
            Expected::Value(expected) => present == Some(expected),
        };
        if !matches {
            return Ok(false);
        }
        let old = state.entries.get(key);
        let freed = old.map_or(0, |entry| key.len() + entry.value.len());
        if state.bytes - freed + key.len() + value.len() > MAX_BYTES {
            return Err(StoreError::Full { max: MAX_BYTES });
        }
        state.take(key);
        state.bytes += key.len() + value.len();
        let expires = ttl.map(|ttl| Instant::now() + ttl);
        state
            .entries
            .insert(key.to_owned(), Entry { value, expires });
        Ok(true)
    }

    pub(crate) fn touch(&self, key: &str, ttl: Duration) -> bool {
        let mut state = self.state();
        if state.live(key).is_none() {
            return false;
        }
        if let Some(entry) = state.entries.get_mut(key) {
            entry.expires = Some(Instant::now() + ttl);
        }
        true
    }

    pub(crate) fn remove(&self, key: &str) -> bool {
        let now = Instant::now();
        let removed = self.state().take(key);
        removed.is_some_and(|entry| entry.is_live(now))
    }

    #[cfg(feature = "http")]
    pub(crate) fn publish(&self, channel: &str, message: &Bytes) -> u64 {
        let mut count = 0;
        self.state().subscribers.retain(|(channels, subscriber)| {
            if channels.iter().any(|it| it == channel)
                && subscriber.try_send(message.clone()).is_ok()
            {
                count += 1;
            }
            !subscriber.is_closed()
        });
        count
    }

    #[cfg(feature = "http")]
    pub(crate) fn subscribe(&self, channels: Vec<String>) -> mpsc::Receiver<Bytes> {
        let (sender, receiver) = mpsc::channel(MAX_UNREAD);
        self.state().subscribers.push((channels, sender));
        receiver
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn values_expire_and_their_memory_is_freed() {
        let store = MemoryStore::default();
        let ttl = Some(Duration::from_secs(10));
        assert_eq!(
            store.put("a", "1".into(), ttl, Expected::Anything),
            Ok(true)
        );
        tokio::time::advance(Duration::from_secs(9)).await;
        assert!(store.touch("a", Duration::from_secs(10)));
        tokio::time::advance(Duration::from_secs(9)).await;
        assert_eq!(store.get("a"), Some("1".into()));
        tokio::time::advance(Duration::from_secs(2)).await;
        assert_eq!(store.get("a"), None);
        assert!(!store.touch("a", Duration::from_secs(10)) && !store.remove("a"));
        tokio::time::advance(SWEEP_EVERY).await;
        assert_eq!(
            store.put("b", "2".into(), None, Expected::Nothing),
            Ok(true)
        );
        assert_eq!(store.state().bytes, 2);
    }

    #[tokio::test]
    async fn the_bytes_of_a_store_are_limited() {
        let store = MemoryStore::default();
        let value = Bytes::from(vec![0; MAX_BYTES / 2]);
        let put = |key| store.put(key, value.clone(), None, Expected::Anything);
        assert_eq!(put("a"), Ok(true));
        assert_eq!(put("a"), Ok(true), "it replaces the first");
        assert_eq!(put("b"), Err(StoreError::Full { max: MAX_BYTES }));
        assert!(store.remove("a"));
        assert_eq!(put("b"), Ok(true));
    }
}
