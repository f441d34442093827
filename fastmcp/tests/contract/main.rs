//! The contract of docket backends: one suite of tests that runs against every backend.
//!
//! To add a backend, add a module like `memory` that opens a docket and expands the suite.

mod memory;
#[cfg(feature = "redis")]
mod redis;
#[cfg(feature = "sqlite")]
mod sqlite;
mod stage;
mod suite;
