//! The contract of a docket's backend, run against every backend there is.
//!
//! A new backend adds one module like `memory`: how to open a docket, and the suite.

mod memory;
#[cfg(feature = "redis")]
mod redis;
mod stage;
mod suite;
