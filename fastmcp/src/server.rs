//! The server: its builder, start, background work, and shutdown.

pub(crate) mod access_options;
pub(crate) mod builder;
pub(crate) mod call_options;
pub(crate) mod composition_options;
#[cfg(feature = "cli")]
pub(crate) mod describe;
pub(crate) mod error;
pub(crate) mod lifespan;
pub(crate) mod log_writer;
pub(crate) mod logging;
pub(crate) mod middleware_options;
pub(crate) mod node;
#[cfg(feature = "cli")]
pub(crate) mod one_call;
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
