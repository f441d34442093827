//! The server: what it is built of, how it starts and stops, and how clients reach it.

pub(crate) mod builder;
pub(crate) mod error;
pub(crate) mod lifespan;
pub(crate) mod logging;
pub(crate) mod running;
pub(crate) mod server_handle;
pub(crate) mod settings;
pub(crate) mod signals;
pub(crate) mod worker;
