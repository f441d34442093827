//! Helpers of the integration tests in `tests/`.
#![allow(clippy::missing_panics_doc, reason = "a test that fails panics")]

pub mod browser;
pub mod collector;
pub mod hostile;
pub mod http;
pub mod issuer;
pub mod wire;
