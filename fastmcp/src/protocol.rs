//! The Model Context Protocol: converts between the types of the official SDK (rmcp, "the protocol
//! library") and our own.

pub(crate) mod apps;
pub(crate) mod caller;
pub(crate) mod capabilities;
pub(crate) mod changes;
pub(crate) mod client_channel;
pub(crate) mod connection;
pub(crate) mod convert;
#[cfg(feature = "events")]
pub(crate) mod events;
#[cfg(feature = "events")]
pub(crate) mod events_capability;
pub(crate) mod fast_path;
pub(crate) mod handler;
#[cfg(feature = "http")]
pub(crate) mod handler_slot;
pub(crate) mod live_session;
pub(crate) mod log_target;
pub(crate) mod pagination;
pub(crate) mod params;
pub(crate) mod recorded_rounds;
pub(crate) mod request;
pub(crate) mod request_state;
#[cfg(feature = "skills")]
pub(crate) mod skills;
pub(crate) mod subscriptions;
pub(crate) mod task_filter;
pub(crate) mod task_subscriptions;
pub(crate) mod tasks;
#[cfg(feature = "telemetry")]
pub(crate) mod traced;
