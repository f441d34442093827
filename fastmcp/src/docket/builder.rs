//! The options of a docket, set one by one.

use std::sync::Arc;
use std::time::Duration;

use super::backend::Backend;
use super::memory::MemoryBackend;
use super::options::{DocketOptions, WhenFull};
use super::{Docket, Inner};

/// Sets the options of a docket; made by [`Docket::builder`].
#[derive(Debug, Clone)]
#[must_use = "finish with `.memory()` or `.backend(…)`"]
pub struct DocketBuilder {
    name: String,
    options: DocketOptions,
}

impl DocketBuilder {
    pub(super) fn new(name: String) -> Self {
        Self {
            name,
            options: DocketOptions::default(),
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

    /// The docket, in the memory of this process.
    #[must_use]
    pub fn memory(self) -> Docket {
        let backend = Arc::new(MemoryBackend::new(self.options.clone()));
        self.backend(backend)
    }

    /// The docket, in a store of your own.
    #[must_use]
    pub fn backend(self, backend: Arc<dyn Backend>) -> Docket {
        Docket {
            inner: Arc::new(Inner {
                name: self.name,
                options: self.options,
                backend,
            }),
            trace: None,
        }
    }
}
