//! The contract of docket backends, tested on every backend.
//!
//! A new backend adds one module like `memory`, which opens a docket and includes the suite.

mod memory;
#[cfg(feature = "redis")]
mod redis;
mod stage;
mod suite;
