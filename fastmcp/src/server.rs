//! The server: what it is built of, how it starts and stops, and how clients reach it.

mod background;
mod bridge;
mod builder;
mod core;
mod error;
mod home;
#[cfg(feature = "http")]
mod http;
pub(crate) mod lifespan;
mod lines;
mod link;
mod listeners;
mod log;
mod memory;
mod pages;
mod rounds;
mod running;
mod settings;
mod signal;
#[cfg(feature = "stdio")]
mod stdio;
mod tasks;

pub use builder::FastMcp;
pub use error::{ServeError, StartError};
#[cfg(feature = "http")]
pub use http::{HttpOptions, HttpService, InvalidHttpOption};
pub use lifespan::Lifespan;
pub use running::Server;
pub use settings::SettingError;
