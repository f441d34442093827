//! Spans and metrics of the docket, by the semantic conventions for messaging.
//!
//! Without the feature `telemetry`, `absent.rs` takes the place of the spans, and nothing is measured.

#[cfg(feature = "telemetry")]
pub(crate) mod metrics;
#[cfg(feature = "telemetry")]
pub(crate) mod propagation;
#[cfg_attr(not(feature = "telemetry"), path = "telemetry/absent.rs")]
pub(crate) mod spans;
