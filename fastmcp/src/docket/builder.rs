//! The options of a docket, set one by one.

use std::sync::Arc;
use std::time::Duration;

use crate::docket::backend::contract::Backend;
use crate::docket::backend::memory::MemoryBackend;
use crate::docket::error::DocketError;
use crate::docket::handle::{Docket, Inner};
use crate::docket::model::options::{DocketOptions, WhenFull};

/// Sets the options of a docket; made by [`Docket::builder`].
#[derive(Debug, Clone)]
#[must_use = "finish with `.memory()`, `.url(…)` or `.backend(…)`"]
pub struct DocketBuilder {
    name: String,
    options: DocketOptions,
    reconnection_delay: Option<Duration>,
}

impl DocketBuilder {
    pub(crate) fn new(name: String) -> Self {
        Self {
            name,
            options: DocketOptions::default(),
            reconnection_delay: None,
        }
    }

    /// All options at once.
    pub fn options(mut self, options: DocketOptions) -> Self {
        self.options = options;
        self
    }

    /// The most executions that are scheduled, queued or running; by default a million.
    pub fn capacity(mut self, capacity: usize) -> Self {
        self.options.capacity = capacity;
        self
    }

    /// What a submission to a full docket comes to; by default it is refused.
    pub fn when_full(mut self, when_full: WhenFull) -> Self {
        self.options.when_full = when_full;
        self
    }

    /// How long results stay readable; by default 15 minutes.
    pub fn result_ttl(mut self, ttl: Duration) -> Self {
        self.options.result_ttl = ttl;
        self
    }

    /// The most results that are kept; by default 100 000. Beyond it, the oldest go before their time.
    pub fn result_capacity(mut self, capacity: usize) -> Self {
        self.options.result_capacity = capacity;
        self
    }

    /// The largest result, in bytes of JSON; by default 1 MiB. A larger one fails its run.
    pub fn max_result(mut self, bytes: usize) -> Self {
        self.options.max_result = bytes;
        self
    }

    /// How long to leave a store on the network alone that did not answer, before it is tried again; by default a
    /// quarter of a second.
    pub fn reconnection_delay(mut self, delay: Duration) -> Self {
        self.reconnection_delay = Some(delay);
        self
    }

    /// The docket, where `url` says: `memory://`, or with the cargo feature `redis`
    /// `redis://user:password@host:port/database`, and `rediss://…` for TLS.
    ///
    /// Nobody is asked yet whether something answers there: see [`Docket::check`].
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
                problem: "dockets in Redis are not built in: switch on the feature `redis` of the crate `fastmcp`"
                    .into(),
            }),
            _ => Err(DocketError::Url {
                problem: "it has to begin with `memory://`, `redis://` or `rediss://`".into(),
            }),
        }
    }

    /// The docket, in the memory of this process.
    #[must_use]
    pub fn memory(self) -> Docket {
        let backend = Arc::new(MemoryBackend::new(self.options.clone()));
        self.build(backend, false)
    }

    /// The docket, in a store of your own.
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
        }
    }
}
