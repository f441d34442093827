//! [`DocketBuilder`]: creates dockets.

use std::sync::Arc;
use std::time::Duration;

use crate::docket::backend::contract::Backend;
use crate::docket::backend::memory::MemoryBackend;
#[cfg(feature = "sqlite")]
use crate::docket::backend::sqlite::SqliteBackend;
#[cfg(feature = "sqlite")]
use crate::docket::backend::sqlite::address::Durability;
use crate::docket::error::DocketError;
use crate::docket::handle::{Docket, Inner};
use crate::docket::model::options::{DocketOptions, WhenFull};

/// Creates a docket with options that differ from the defaults. See [`Docket::builder`].
#[derive(Debug, Clone)]
#[must_use = "finish with `.memory()`, `.url(…)` or `.backend(…)`"]
pub struct DocketBuilder {
    name: String,
    options: DocketOptions,
    reconnection_delay: Option<Duration>,
    #[cfg(feature = "sqlite")]
    durability: Option<Durability>,
}

impl DocketBuilder {
    /// Sets all options at once.
    pub fn options(mut self, options: DocketOptions) -> Self {
        self.options = options;
        self
    }

    /// Sets the maximum number of executions that are scheduled, queued or running; by default a million.
    pub fn capacity(mut self, capacity: usize) -> Self {
        self.options.capacity = capacity;
        self
    }

    /// Sets the maximum size of the payloads and notes of executions that are scheduled, queued or running, in bytes; by
    /// default 256 MiB. A submission is counted with its size at the time when it was accepted.
    ///
    /// ```
    /// let docket = fastmcp::docket::Docket::builder("jobs").capacity_bytes(1 << 30).memory();
    /// # let _ = docket;
    /// ```
    pub fn capacity_bytes(mut self, bytes: usize) -> Self {
        self.options.capacity_bytes = bytes;
        self
    }

    /// Sets the maximum number of pending executions of one [owner](crate::docket::Submission::owner); by default 1000.
    /// The tasks of clients belong to their principal, and all anonymous clients are one owner.
    pub fn owner_capacity(mut self, executions: usize) -> Self {
        self.options.owner_capacity = executions;
        self
    }

    /// Sets how many executions of one owner run at once at most, across all workers; by default 8. Others of this owner
    /// wait without a slot. An owner takes fewer slots if other owners need them, see [fairness]. At least 1.
    ///
    /// [fairness]: crate::guide::background_work#fairness
    ///
    /// ```
    /// // Two workers with ten slots each.
    /// let docket = fastmcp::docket::Docket::builder("jobs").owner_concurrency(16).memory();
    /// # let _ = docket;
    /// ```
    pub fn owner_concurrency(mut self, executions: u32) -> Self {
        self.options.owner_concurrency = executions.max(1);
        self
    }

    /// Sets how a full docket treats submissions; by default they are rejected.
    pub fn when_full(mut self, when_full: WhenFull) -> Self {
        self.options.when_full = when_full;
        self
    }

    /// Sets how long results are kept; by default 15 minutes.
    pub fn result_ttl(mut self, ttl: Duration) -> Self {
        self.options.result_ttl = ttl;
        self
    }

    /// Sets the maximum number of results; by default 100,000. When it is exceeded, the oldest results are deleted.
    pub fn result_capacity(mut self, capacity: usize) -> Self {
        self.options.result_capacity = capacity;
        self
    }

    /// Sets the maximum size of all results, in bytes; by default 256 MiB. When it is exceeded, the oldest results are
    /// deleted. A result is counted with its note and its history.
    pub fn result_bytes(mut self, bytes: usize) -> Self {
        self.options.result_bytes = bytes;
        self
    }

    /// Sets how long dead letters are kept; by default seven days.
    pub fn dead_letter_ttl(mut self, ttl: Duration) -> Self {
        self.options.dead_letter_ttl = ttl;
        self
    }

    /// Sets the maximum number of dead letters; by default 100,000. When it is exceeded, the oldest are deleted.
    pub fn dead_letter_capacity(mut self, capacity: usize) -> Self {
        self.options.dead_letter_capacity = capacity;
        self
    }

    /// Sets the maximum size of all dead letters, in bytes; by default 256 MiB. When it is exceeded, the oldest are
    /// deleted. A dead letter is counted with its payload, its note and its history.
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// let docket = fastmcp::docket::Docket::builder("jobs")
    ///     .dead_letter_ttl(Duration::from_hours(30 * 24))
    ///     .dead_letter_capacity(10_000)
    ///     .dead_letter_bytes(64 << 20)
    ///     .memory();
    /// # let _ = docket;
    /// ```
    pub fn dead_letter_bytes(mut self, bytes: usize) -> Self {
        self.options.dead_letter_bytes = bytes;
        self
    }

    /// Sets the maximum size of a result, in bytes of JSON; by default 1 MiB. A larger result fails its run.
    pub fn max_result(mut self, bytes: usize) -> Self {
        self.options.max_result = bytes;
        self
    }

    /// Sets the maximum size of the journal of one execution, in bytes; by default 4 MiB. The journal contains the
    /// results of its [steps](crate::docket::Steps) and the signals that it has received. Each counts 64 bytes more than
    /// its name and its JSON.
    pub fn max_journal(mut self, bytes: usize) -> Self {
        self.options.max_journal = bytes;
        self
    }

    /// Allows a store that deletes data to make room: a Redis whose `maxmemory-policy` is not `noeviction`.
    ///
    /// Such a store may delete executions that are waiting, so the promise that nothing is lost does not hold. By
    /// default, [`Docket::check`] and the start of a server refuse it; with this option, they log a warning.
    ///
    /// ```no_run
    /// # use fastmcp::docket::{Docket, DocketError};
    /// let cache = Docket::builder("thumbnails").allow_eviction().url("redis://localhost:6379")?;
    /// # let _ = cache;
    /// # Ok::<(), DocketError>(())
    /// ```
    pub fn allow_eviction(mut self) -> Self {
        self.options.allow_eviction = true;
        self
    }

    /// Sets the delay before a failed connection to a store on the network is retried; by default 250 ms. It doubles with
    /// each attempt of one call, up to one second.
    pub fn reconnection_delay(mut self, delay: Duration) -> Self {
        self.reconnection_delay = Some(delay);
        self
    }

    /// Sets what survives of a docket in a file once a call has returned; by default [`Durability::Power`]. The URL's
    /// `?durability=…` takes precedence.
    #[cfg(feature = "sqlite")]
    pub fn durability(mut self, durability: Durability) -> Self {
        self.durability = Some(durability);
        self
    }

    /// Creates the docket in the file `path`. Like [`Docket::sqlite`], with the options of this builder.
    ///
    /// # Errors
    /// [`DocketError::Url`] if the path is empty.
    #[cfg(feature = "sqlite")]
    pub fn sqlite(self, path: impl AsRef<std::path::Path>) -> Result<Docket, DocketError> {
        let path = path.as_ref();
        if path.file_name().is_none() {
            return Err(DocketError::Url {
                problem: format!("`{}` is not the path of a file", path.display()),
            });
        }
        let durability = self.durability.unwrap_or_default();
        let backend = SqliteBackend::new(path, durability, self.options.clone());
        Ok(self.backend(Arc::new(backend)))
    }

    /// Creates the docket in the store at `url`: `memory://`, with the cargo feature `sqlite` a file such as
    /// `sqlite://tasks.db` or `sqlite:///var/lib/tasks.db?durability=process`, or, with the cargo feature `redis`,
    /// `redis://user:password@host:port/database` or `rediss://…` for TLS.
    ///
    /// This does not connect. [`Docket::check`] tests the connection.
    ///
    /// ```
    /// use fastmcp::docket::{Docket, DocketError};
    ///
    /// let docket = Docket::builder("jobs").capacity(10_000).url("memory://")?;
    /// # let _ = docket;
    /// let error = Docket::builder("jobs").url("jobs.db").unwrap_err();
    /// assert!(matches!(error, DocketError::Url { .. }));
    /// # Ok::<(), DocketError>(())
    /// ```
    ///
    /// # Errors
    /// [`DocketError::Url`].
    pub fn url(self, url: &str) -> Result<Docket, DocketError> {
        let scheme = url.split_once("://").map(|(scheme, _)| scheme);
        match scheme {
            Some("memory") => Ok(self.memory()),
            #[cfg(feature = "redis")]
            Some("redis" | "rediss" | "unix" | "redis+unix" | "valkey" | "valkeys") => {
                let backend = crate::docket::backend::redis::RedisBackend::new(
                    &self.name,
                    url,
                    self.options.clone(),
                    self.reconnection_delay,
                )?;
                Ok(self.backend(Arc::new(backend)))
            }
            #[cfg(not(feature = "redis"))]
            Some("redis" | "rediss" | "unix" | "redis+unix" | "valkey" | "valkeys") => Err(DocketError::Url {
                problem: "Redis is not supported in this build; enable the feature `redis` of the crate `fastmcp`"
                    .into(),
            }),
            #[cfg(feature = "sqlite")]
            Some("sqlite") => {
                let address = crate::docket::backend::sqlite::address::Address::parse(url)
                    .map_err(|problem| DocketError::Url { problem })?;
                let durability = address.durability.or(self.durability).unwrap_or_default();
                self.durability(durability).sqlite(address.path)
            }
            #[cfg(not(feature = "sqlite"))]
            Some("sqlite") => Err(DocketError::Url {
                problem: "files are not supported in this build; enable the feature `sqlite` of the crate `fastmcp`"
                    .into(),
            }),
            _ => Err(DocketError::Url {
                problem: "it must start with `memory://`, `sqlite://`, `redis://` or `rediss://`".into(),
            }),
        }
    }

    /// Creates the docket in the memory of this process.
    #[must_use]
    pub fn memory(self) -> Docket {
        let backend = Arc::new(MemoryBackend::new(self.options.clone()));
        self.build(backend, false)
    }

    /// Creates the docket in the given store. It counts as shared, because other processes may use the same store.
    #[must_use]
    pub fn backend(self, backend: Arc<dyn Backend>) -> Docket {
        self.build(backend, true)
    }

    fn build(self, backend: Arc<dyn Backend>, is_shared: bool) -> Docket {
        Docket {
            inner: Arc::new(Inner {
                name: self.name,
                options: self.options,
                backend,
                is_shared,
            }),
            trace: None,
            run: None,
        }
    }
}

impl Docket {
    /// Creates a docket in the memory of this process.
    ///
    /// ```
    /// let docket = fastmcp::docket::Docket::memory("jobs");
    /// assert_eq!(docket.name(), "jobs");
    /// ```
    #[must_use]
    pub fn memory(name: impl Into<String>) -> Self {
        Self::builder(name).memory()
    }

    /// Creates a docket in the Redis at `url`. All processes that use the same name and Redis database share it.
    ///
    /// The URL is `redis://user:password@host:port/database`, or `rediss://…` for TLS. The docket connects on first use;
    /// [`Docket::check`] tests the connection.
    ///
    /// ```
    /// use fastmcp::docket::Docket;
    ///
    /// let docket = Docket::redis("jobs", "redis://localhost:6379")?;
    /// # let _ = docket;
    /// # Ok::<(), fastmcp::docket::DocketError>(())
    /// ```
    ///
    /// # Errors
    /// [`DocketError::Url`].
    #[cfg(feature = "redis")]
    pub fn redis(name: impl Into<String>, url: &str) -> Result<Self, DocketError> {
        Self::builder(name).url(url)
    }

    /// Creates a docket in the file `path`. All processes of this machine that open the file share it, and it outlives
    /// them. The file is opened on first use, and created if it does not exist; [`Docket::check`] tests it. The name of
    /// the docket is the name of the file without its extension.
    ///
    /// ```
    /// use fastmcp::docket::Docket;
    ///
    /// let docket = Docket::sqlite("data/tasks.db")?;
    /// assert_eq!(docket.name(), "tasks");
    /// # Ok::<(), fastmcp::docket::DocketError>(())
    /// ```
    ///
    /// # Errors
    /// [`DocketError::Url`] if the path is empty.
    #[cfg(feature = "sqlite")]
    pub fn sqlite(path: impl AsRef<std::path::Path>) -> Result<Self, DocketError> {
        let path = path.as_ref();
        let name = path.file_stem().unwrap_or_default().to_string_lossy();
        Self::builder(name).sqlite(path)
    }

    /// Returns a builder for a docket with options that differ from the defaults.
    ///
    /// ```
    /// use fastmcp::docket::{Docket, WhenFull};
    ///
    /// let docket = Docket::builder("jobs").capacity(10_000).when_full(WhenFull::Wait).memory();
    /// # let _ = docket;
    /// ```
    pub fn builder(name: impl Into<String>) -> DocketBuilder {
        DocketBuilder {
            name: name.into(),
            options: DocketOptions::default(),
            reconnection_delay: None,
            #[cfg(feature = "sqlite")]
            durability: None,
        }
    }
}
