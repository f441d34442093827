//! Write Model Context Protocol servers by annotating async functions.

#[doc(hidden)]
#[path = "private.rs"]
pub mod __private;
#[cfg(feature = "client")]
pub mod client;
mod component;
mod context;
pub mod dependencies;
pub mod docket;
mod error;
pub mod guide;
pub mod mcp;
mod parameter;
pub mod prelude;
mod registered;
mod server;
pub mod task;
mod text;

/// A boxed future.
pub(crate) use futures_util::future::BoxFuture;

pub use component::content;
pub use component::registry::UnmetDependency;
pub use component::{
    IdleSelection, IntoPromptResult, IntoResourceResult, IntoToolResult, InvalidDeclaration,
    ResourceResult, Selection, ToolResult,
};
pub use context::{Context, LogLevel};
pub use error::{Error, Result, ToolError};
pub use fastmcp_macros::{data, dependency, prompt, resource, task, tool, tools};
pub use parameter::{ArgumentError, ArgumentErrors, CallError, DecodeError};
pub use registered::{DuplicateName, Location};
pub use schemars;
pub use serde;
pub use serde_json;
pub use server::{FastMcp, Lifespan, ServeError, Server, SettingError, StartError};
