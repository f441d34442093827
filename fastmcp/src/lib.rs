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
    Completions, IdleSelection, IntoCompletions, IntoPromptResult, IntoResourceResult,
    IntoToolResult, InvalidDeclaration, ResourceResult, Selection, ToolResult,
};
pub use context::{Context, LogLevel};
pub use error::{Error, Result, ToolError};
/// Makes a completion of a function: it proposes values for an argument of a prompt, or for a
/// variable of a resource template, while a person types.
///
/// The function takes what was typed so far as `value`. Of the arguments that are given already, it
/// may take those that it names, as `Option`s; and whatever the server provides.
///
/// ```
/// use fastmcp::prelude::*;
///
/// /// The cities of a country that start like this.
/// #[completion]
/// async fn cities(value: &str, country: Option<String>) -> Vec<String> {
///     let all = match country.as_deref() {
///         Some("France") => ["Paris", "Pau", "Lyon"].as_slice(),
///         _ => ["Porto", "Paris", "Prague"].as_slice(),
///     };
///     let fitting = all.iter().filter(|city| city.starts_with(value));
///     fitting.map(|city| (*city).to_owned()).collect()
/// }
///
/// /// Plan a journey.
/// #[prompt]
/// fn journey(country: String, #[arg(complete = cities)] city: String) -> String {
///     format!("Plan a journey to {city} in {country}.")
/// }
/// ```
///
/// | option | says |
/// |---|---|
/// | `timeout = "2s"` | how long one answer may take |
/// | `blocking` | a sync function runs on the blocking pool |
/// | `crate = path` | where `fastmcp` is, if it has another name |
pub use fastmcp_macros::completion;
/// Makes a provider of a function: handlers ask for its value with `#[depends(function)]`.
///
/// ```
/// use fastmcp::prelude::*;
///
/// #[dependency]
/// fn today() -> Result<String> {
///     Ok(std::env::var("TODAY")?)
/// }
///
/// /// What day it is.
/// #[tool]
/// async fn date(#[depends(today)] today: &str) -> String {
///     format!("It is {today}.")
/// }
/// ```
///
/// | option | |
/// |---|---|
/// | `shared` | it runs once for the server, not once a call |
/// | `crate = path` | where `fastmcp` is, if it has another name |
///
/// What it may take, when it runs and how it cleans up is in [`dependencies`].
pub use fastmcp_macros::dependency;
pub use fastmcp_macros::{data, prompt, resource, task, tool, tools};
pub use parameter::{ArgumentError, ArgumentErrors, CallError, DecodeError};
pub use registered::{DuplicateName, Location};
pub use schemars;
pub use serde;
pub use serde_json;
pub use server::{FastMcp, Lifespan, ServeError, Server, SettingError, StartError};
