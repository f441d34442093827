//! Write [Model Context Protocol](https://modelcontextprotocol.io) servers by annotating functions.
//!
//! The signature of a function defines the arguments that clients send, the values that the server
//! injects, and the result. A mistake in a signature is a compile error that names the parameter and
//! the fix.
//!
//! ```no_run
//! use fastmcp::prelude::*;
//!
//! /// Adds two numbers.
//! #[tool]
//! async fn add(a: f64, b: f64) -> f64 {
//!     a + b
//! }
//!
//! #[tokio::main]
//! async fn main() -> Result<()> {
//!     Ok(FastMcp::new("calculator").run().await?)
//! }
//! ```
//!
//! This is a complete server. Its crate depends only on `fastmcp` and `tokio`. It speaks MCP on standard
//! input and output; [`run_http`](FastMcp::run_http) serves HTTP. The page
//! [getting started](guide::getting_started) shows the `Cargo.toml`, the configuration of clients, and a
//! first test.
//!
//! # Parameters
//!
//! The type of each parameter decides how the parameter gets its value. A type that implements
//! `Deserialize` and `JsonSchema` is an argument: it appears in the tool's schema and is decoded from the
//! client's request. Other types are injected by the server, and clients never see them: the
//! [request](Context), a [state](dependencies::State) of your own, the
//! [queue of background tasks](docket::Docket), the [caller](Principal). The module [`dependencies`]
//! lists them all, and the [`prelude`] exports them. [`data`](macro@data) makes your own type an argument
//! or a result:
//!
//! ```
//! use fastmcp::prelude::*;
//!
//! #[fastmcp::data]
//! struct Order {
//!     goods: String,
//!     /// How many
//!     count: u32,
//! }
//!
//! struct Prices(f64);
//!
//! /// Returns the price of an order.
//! #[tool]
//! fn price(order: Order, #[arg(range = 0..=50, default = 0)] discount: u8, prices: State<Prices>) -> f64 {
//!     prices.0 * f64::from(order.count) * f64::from(100 - discount) / 100.0
//! }
//!
//! let server = FastMcp::new("shop").state(Prices(9.5));
//! ```
//!
//! # Background work
//!
//! A [`Docket`](docket::Docket) is a queue of tasks, and a worker in the same process runs them. Several
//! processes can share a docket in Redis.
//!
//! ```
//! use fastmcp::prelude::*;
//!
//! /// Counts words in the background.
//! #[task(retry(attempts = 3, delay = "1s"))]
//! async fn word_count(text: String) -> usize {
//!     text.split_whitespace().count()
//! }
//!
//! /// Starts counting the words of a text.
//! #[tool]
//! async fn count_words(/** The text to count */ text: String, docket: Docket) -> Result<String> {
//!     let execution = docket.add(word_count)(text).await?;
//!     Ok(format!("counting, the key is {}", execution.key()))
//! }
//!
//! let server = FastMcp::new("words").enable_docket();
//! ```
//!
//! # Where to go on
//!
//! The [`guide`] has a page for each part, in the order of a project. The page of each attribute, such as
//! [`tool`](macro@tool), lists the options of the attribute with examples.
//!
//! # Features
//!
//! | feature | default | adds |
//! |---|---|---|
//! | `stdio` | yes | [`FastMcp::run`]: a server on standard input and output |
//! | `http` | yes | [`FastMcp::run_http`]: a server over streamable HTTP, [`HttpOptions`], and [`Server::http_service`] for your own router |
//! | `redis` | no | [`Docket::redis`](docket::Docket::redis): dockets in Redis 6.2 or newer, which several processes can share |
//! | `sqlite` | no | [`Docket::sqlite`](docket::Docket::sqlite): dockets in a file, which outlive their process and which processes of one machine can share |
//! | `auth` | no | [`FastMcp::auth`]: access tokens and scopes over HTTP (OAuth 2.1) |
//! | `dashboard` | no | [`Server::dashboard`]: a web page that shows the docket and operates it |
//! | `telemetry` | no | [`FastMcp::telemetry`]: spans and metrics for OpenTelemetry and Prometheus |
//! | `events` | no | [`FastMcp::events`]: events that clients subscribe to by webhook, or poll |
//! | `skills` | no | [`FastMcp::skills`] and [`#[skill]`](macro@skill): folders of instructions that hosts read |
//! | `cli` | no | `FastMcp::cli`: a command line that serves, lists, checks, calls and installs the server, and operates its docket; it includes `client`, `http` and `stdio` |
//! | `client` | no | `Client::spawn` and `Client::http`: a [`client`] of child processes and of servers over HTTP, and `FastMcp::proxy`, which offers the components of such servers. [`Client::connect`](client::Client::connect), for tests, needs no feature |
//! | `openapi` | no | [`FastMcp::openapi`]: tools from an `OpenAPI` document, which call an API over HTTP |
//! | `testing` | no | [`testing`]: connected clients, dockets with a clock that tests move, and assertions, for dev-dependencies |
//! | `dev` | no | [`dev`]: a front that keeps clients connected while `cargo build` replaces the server |
//!
//! A server over HTTP alone saves the code of `stdio` with `default-features = false, features = ["http"]`.
#![cfg_attr(docsrs, feature(doc_cfg))]
// Without these features, the links of the documentation to their items have no targets.
#![cfg_attr(
    not(all(
        feature = "stdio",
        feature = "http",
        feature = "redis",
        feature = "sqlite",
        feature = "dashboard",
        feature = "events",
        feature = "cli",
        feature = "client",
        feature = "openapi",
        feature = "testing",
        feature = "dev",
        feature = "skills"
    )),
    allow(rustdoc::broken_intra_doc_links)
)]

#[doc(hidden)]
#[path = "private.rs"]
pub mod __private;
mod app_meta;
#[cfg(feature = "auth")]
pub mod auth;
mod background;
mod call;
mod caller;
#[cfg(feature = "cli")]
pub mod cli;
pub mod client;
mod component;
mod component_kind;
pub mod context;
#[cfg(feature = "dashboard")]
mod dashboard;
pub mod dependencies;
#[cfg(feature = "dev")]
pub mod dev;
pub mod docket;
mod error;
#[cfg(feature = "events")]
pub mod events;
pub mod guide;
pub mod mcp;
mod mcp_tasks;
pub mod middleware;
mod normal_uri;
#[cfg(feature = "openapi")]
pub mod openapi;
pub mod prelude;
mod principal;
mod protocol;
mod registration;
mod selection;
mod server;
#[cfg(feature = "skills")]
mod skill_folder;
#[cfg(feature = "skills")]
pub mod skills;
mod store;
pub mod task;
#[cfg(feature = "telemetry")]
pub mod telemetry;
#[cfg(not(feature = "telemetry"))]
mod telemetry;
#[cfg(feature = "testing")]
pub mod testing;
mod text;
#[cfg(any(
    feature = "auth",
    feature = "events",
    feature = "openapi",
    feature = "telemetry"
))]
mod tls;
mod transport;
mod variant_order;

/// The crate of JSON schemas, in the version that this crate uses.
///
/// A derive needs the crate by name: `#[derive(fastmcp::schemars::JsonSchema)]` fails in a crate that does
/// not depend on `schemars`. Use [`#[fastmcp::data]`](macro@data) instead, or add the dependency.
pub use schemars;
/// The crate of serialization, in the version that this crate uses.
///
/// A derive needs the crate by name: `#[derive(fastmcp::serde::Deserialize)]` fails with "can't find crate
/// for `serde`" in a crate that does not depend on `serde`. Use [`#[fastmcp::data]`](macro@data), which
/// derives `Serialize`, `Deserialize` and `JsonSchema`, or add the dependency.
///
/// ```
/// #[fastmcp::data]
/// struct Order {
///     #[serde(default)]
///     express: bool,
/// }
/// ```
pub use serde;
/// JSON values, and the macro [`json!`](serde_json::json).
pub use serde_json;

pub use crate::call::argument_error::{ArgumentError, ArgumentErrors};
pub use crate::call::decode_error::DecodeError;
pub use crate::call::error::CallError;
pub use crate::call::portable::schemas::{Schemas, WideIntegers};
pub use crate::call::unmet::UnmetDependency;
pub use crate::caller::Caller;
pub use crate::client::Client;
pub use crate::component::access::Component;
pub use crate::component::added::{AddError, DynamicComponents};
pub use crate::component::completion::{Completions, IntoCompletions};
pub use crate::component::content;
pub use crate::component::dynamic::{
    DynamicComponent, DynamicPrompt, DynamicResource, DynamicTool,
};
pub use crate::component::lint::Lint;
pub use crate::component::output::tool_result::{IntoToolResult, ToolResult};
pub use crate::component::prompt::IntoPromptResult;
pub use crate::component::resource::{IntoResourceResult, ResourceResult};
pub use crate::component::task_fallback::{InvalidTaskFallback, TaskFallback};
pub use crate::component::validation::InvalidDeclaration;
pub use crate::component_kind::ComponentKind;
pub use crate::context::change::ListKind;
pub use crate::context::client_channel::LogLevel;
pub use crate::context::elicit::{Elicit, ElicitUrl, Elicited};
pub use crate::context::input::{InputError, InputKind};
pub use crate::context::request::{Context, Transport};
pub use crate::context::roots::{ListRoots, Root};
pub use crate::context::sample::Sample;
pub use crate::context::sampled::Sampled;
pub use crate::context::session::Session;
#[cfg(feature = "dashboard")]
pub use crate::dashboard::board::Dashboard;
pub use crate::error::{Error, ProtocolError, Result, ToolError};
pub use crate::principal::Principal;
pub use crate::registration::{DuplicateKind, DuplicateName, Location};
pub use crate::selection::{Criterion, Selection, UnmatchedSelection};
pub use crate::server::builder::FastMcp;
pub use crate::server::error::{MountError, ServeError, StartError};
pub use crate::server::lifespan::Lifespan;
pub use crate::server::logging::{LogGuard, log_to_stderr};
pub use crate::server::running::Server;
pub use crate::server::settings::SettingError;
pub use crate::store::Store;
pub use crate::store::error::StoreError;
#[cfg(feature = "http")]
pub use crate::transport::http::cors::{HttpCors, HttpCorsLayer};
#[cfg(feature = "http")]
pub use crate::transport::http::options::HttpOptions;
#[cfg(feature = "http")]
pub use crate::transport::http::service::HttpService;
#[cfg(feature = "http")]
pub use crate::transport::http::validation::InvalidHttpOption;

#[doc = include_str!("../docs/attributes/completion.md")]
pub use fastmcp_macros::completion;
#[doc = include_str!("../docs/attributes/data.md")]
pub use fastmcp_macros::data;
#[doc = include_str!("../docs/attributes/dependency.md")]
pub use fastmcp_macros::dependency;
#[cfg(feature = "events")]
#[doc = include_str!("../docs/attributes/event.md")]
pub use fastmcp_macros::event;
#[doc = include_str!("../docs/attributes/prompt.md")]
#[doc = include_str!("../docs/attributes/prompt_examples.md")]
pub use fastmcp_macros::prompt;
#[doc = include_str!("../docs/attributes/resource.md")]
#[doc = include_str!("../docs/attributes/resource_examples.md")]
pub use fastmcp_macros::resource;
#[cfg(feature = "skills")]
#[doc = include_str!("../docs/attributes/skill.md")]
pub use fastmcp_macros::skill;
#[doc = include_str!("../docs/attributes/task.md")]
pub use fastmcp_macros::task;
#[doc = include_str!("../docs/attributes/tool.md")]
#[doc = include_str!("../docs/attributes/tool_examples.md")]
pub use fastmcp_macros::tool;
#[doc = include_str!("../docs/attributes/tools.md")]
pub use fastmcp_macros::tools;
