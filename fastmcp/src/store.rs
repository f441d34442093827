//! [`Store`]: a place for small values that several processes can share: sessions, and the state of sessions and
//! users.

pub(crate) mod error;
pub(crate) mod expected;
pub(crate) mod memory;
#[cfg(feature = "redis")]
pub(crate) mod redis;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
#[cfg(feature = "http")]
use tokio::sync::mpsc;

use crate::store::error::StoreError;
use crate::store::expected::Expected;
use crate::store::memory::MemoryStore;
#[cfg(feature = "redis")]
use crate::store::redis::RedisStore;

/// The size limit of one value in bytes.
pub(crate) const MAX_VALUE: usize = 1024 * 1024;

/// A place for the sessions of clients, and for [`SessionState`](crate::dependencies::SessionState) and
/// [`UserState`](crate::dependencies::UserState).
///
/// A server keeps them in its own memory, unless [`FastMcp::store`](crate::FastMcp::store) or the environment
/// variable `FASTMCP_STORE_URL` names another store. With a store in Redis, the sessions of protocols before 2026-07-28
/// survive the process that began them, and any replica of the server continues them.
///
/// ```
/// # #[cfg(feature = "redis")]
/// # fn main() -> Result<(), fastmcp::StoreError> {
/// use fastmcp::{FastMcp, Store};
///
/// let server = FastMcp::new("shop").store(Store::redis("redis://127.0.0.1/0")?);
/// # Ok(())
/// # }
/// # #[cfg(not(feature = "redis"))]
/// # fn main() {}
/// ```
#[derive(Clone)]
pub struct Store(Arc<Kind>);

enum Kind {
    Memory(MemoryStore),
    #[cfg(feature = "redis")]
    Redis(Box<RedisStore>),
}

impl Store {
    /// Creates a store in the memory of this process. Servers that share it share its values.
    pub fn memory() -> Self {
        Self(Arc::new(Kind::Memory(MemoryStore::default())))
    }

    /// Creates a store in the Redis at `url` (`redis://` or `rediss://`, Redis 6.2 or later). It connects when it is
    /// used. Several servers can use one Redis: the keys of each start with `fastmcp:` and its name.
    #[cfg(feature = "redis")]
    pub fn redis(url: &str) -> Result<Self, StoreError> {
        Ok(Self(Arc::new(Kind::Redis(Box::new(RedisStore::new(url)?)))))
    }

    /// Creates the store of a URL: `memory://`, or `redis://` and `rediss://` with the feature `redis`.
    pub fn from_url(url: &str) -> Result<Self, StoreError> {
        let scheme = url.split_once("://").map_or("", |(scheme, _)| scheme);
        match scheme {
            "memory" => Ok(Self::memory()),
            #[cfg(feature = "redis")]
            "redis" | "rediss" | "redis+unix" | "unix" => Self::redis(url),
            #[cfg(not(feature = "redis"))]
            "redis" | "rediss" => Err(StoreError::Url(
                "a store in Redis requires the feature `redis` of fastmcp".into(),
            )),
            _ => Err(StoreError::Url(
                "expected `memory://`, `redis://` or `rediss://`".into(),
            )),
        }
    }

    /// Checks that the store can be reached.
    pub(crate) async fn check(&self) -> Result<(), StoreError> {
        match &*self.0 {
            Kind::Memory(_) => Ok(()),
            #[cfg(feature = "redis")]
            Kind::Redis(store) => store.check().await,
        }
    }

    pub(crate) async fn get(&self, key: &str) -> Result<Option<Bytes>, StoreError> {
        match &*self.0 {
            Kind::Memory(store) => Ok(store.get(key)),
            #[cfg(feature = "redis")]
            Kind::Redis(store) => store.get(key).await,
        }
    }

    /// Stores a value, which expires after `ttl`. With `expected`, it does so only if the present value is equal to
    /// it. Returns false if it is not.
    pub(crate) async fn put(
        &self,
        key: &str,
        value: Bytes,
        ttl: Option<Duration>,
        expected: Expected<'_>,
    ) -> Result<bool, StoreError> {
        if value.len() > MAX_VALUE {
            return Err(StoreError::TooLarge {
                bytes: value.len(),
                max: MAX_VALUE,
            });
        }
        match &*self.0 {
            Kind::Memory(store) => store.put(key, value, ttl, expected),
            #[cfg(feature = "redis")]
            Kind::Redis(store) => store.put(key, value, ttl, expected).await,
        }
    }

    /// Restarts the time after which a value expires. Returns false if there is none.
    pub(crate) async fn touch(&self, key: &str, ttl: Duration) -> Result<bool, StoreError> {
        match &*self.0 {
            Kind::Memory(store) => Ok(store.touch(key, ttl)),
            #[cfg(feature = "redis")]
            Kind::Redis(store) => store.touch(key, ttl).await,
        }
    }

    /// Removes a value. Returns false if there is none.
    pub(crate) async fn remove(&self, key: &str) -> Result<bool, StoreError> {
        match &*self.0 {
            Kind::Memory(store) => Ok(store.remove(key)),
            #[cfg(feature = "redis")]
            Kind::Redis(store) => store.remove(key).await,
        }
    }

    /// Counts a use against a limit that all processes share. `None` if other processes do not share this store, and
    /// else the time until the next use is allowed; zero if this one is.
    #[cfg(feature = "redis")]
    pub(crate) async fn count_use(
        &self,
        key: &str,
        at_most: u32,
        per: Duration,
    ) -> Option<Result<Duration, StoreError>> {
        match &*self.0 {
            Kind::Memory(_) => None,
            Kind::Redis(store) => Some(store.count_use(key, at_most, per).await),
        }
    }

    /// Sends a message to the present subscribers of a channel. Returns their number.
    #[cfg(feature = "http")]
    pub(crate) async fn publish(&self, channel: &str, message: Bytes) -> Result<u64, StoreError> {
        match &*self.0 {
            Kind::Memory(store) => Ok(store.publish(channel, &message)),
            #[cfg(feature = "redis")]
            Kind::Redis(store) => store.publish(channel, message).await,
        }
    }

    /// Subscribes to channels until the receiver is dropped. Messages that are sent while the store cannot be reached
    /// are lost.
    #[cfg(feature = "http")]
    pub(crate) async fn subscribe(&self, channels: Vec<String>) -> mpsc::Receiver<Bytes> {
        match &*self.0 {
            Kind::Memory(store) => store.subscribe(channels),
            #[cfg(feature = "redis")]
            Kind::Redis(store) => store.subscribe(channels).await,
        }
    }
}

impl fmt::Debug for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &*self.0 {
            Kind::Memory(_) => f.write_str("Store(memory)"),
            #[cfg(feature = "redis")]
            Kind::Redis(store) => write!(f, "Store({})", store.address()),
        }
    }
}
