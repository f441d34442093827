//! Spans and metrics for OpenTelemetry (feature `telemetry`); the guide has a
//! [page](crate::guide::telemetry) about them.

#[cfg(feature = "telemetry")]
pub(crate) mod client_call;
#[cfg(feature = "telemetry")]
pub(crate) mod collector_client;
#[cfg(feature = "telemetry")]
pub(crate) mod environment;
#[cfg(feature = "telemetry")]
pub(crate) mod exporters;
#[cfg(feature = "telemetry")]
pub(crate) mod layer;
#[cfg(feature = "telemetry")]
pub(crate) mod metrics;
#[cfg_attr(not(feature = "telemetry"), path = "telemetry/absent.rs")]
pub(crate) mod operation;
#[cfg(feature = "telemetry")]
pub(crate) mod options;
#[cfg(feature = "telemetry")]
pub(crate) mod pipeline;
#[cfg(feature = "telemetry")]
pub(crate) mod prometheus;
pub(crate) mod request;

#[cfg(feature = "telemetry")]
pub use crate::telemetry::layer::{TelemetryLayer, layer};
#[cfg(feature = "telemetry")]
pub use crate::telemetry::options::Telemetry;
#[cfg(feature = "telemetry")]
pub use crate::telemetry::prometheus::prometheus_text;
