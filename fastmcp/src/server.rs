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
#[cfg(any(feature = "stdio", feature = "http"))]
mod log;
mod memory;
mod pages;
mod rounds;
mod running;
mod settings;
#[cfg(any(feature = "stdio", feature = "http"))]
mod signal;
#[cfg(feature = "stdio")]
mod stdio;
mod tasks;

pub use builder::FastMcp;
pub use error::{ServeError, StartError};
pub use lifespan::Lifespan;
pub use running::Server;
pub use settings::SettingError;
