//! The server: its builder, start, background work, and shutdown.

pub(crate) mod access_options;
pub(crate) mod builder;
pub(crate) mod call_options;
pub(crate) mod composition_options;
#[cfg(feature = "dashboard")]
pub(crate) mod dashboard;
pub(crate) mod error;
#[cfg(feature = "events")]
pub(crate) mod events;
pub(crate) mod lifespan;
pub(crate) mod log_writer;
pub(crate) mod logging;
pub(crate) mod middleware_options;
pub(crate) mod node;
pub(crate) mod options;
pub(crate) mod run;
pub(crate) mod running;
pub(crate) mod serve;
pub(crate) mod settings;
pub(crate) mod signals;
pub(crate) mod start;
pub(crate) mod started;
#[cfg(feature = "telemetry")]
pub(crate) mod telemetry;
pub(crate) mod worker;
