//! Write [Model Context Protocol](https://modelcontextprotocol.io) servers by annotating async
//! functions.
//!
//! The signature of a function defines the arguments that clients send, the values that the server
//! injects, and the result. A mistake in a signature is a compile error that names the parameter and
//! the fix.
//!
//! ```standalone_crate
//! use fastmcp::prelude::*;
//!
//! /// Counts words in the background.
//! #[task]
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
//! /// Returns the number of words.
//! #[tool]
//! async fn counted(/** The key from `count_words` */ key: String, docket: Docket) -> Result<usize> {
//!     let execution = docket.get(key).await?.ok_or(ToolError::new("unknown key"))?;
//!     Ok(execution.typed::<usize>().result().await?)
//! }
//!
//! # #[cfg(any())]
//! #[tokio::main]
//! async fn main() -> fastmcp::Result<()> {
//!     Ok(FastMcp::new("words").run().await?)
//! }
//! #
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> fastmcp::Result<()> {
//! #     assert_eq!(word_count("two words".into()).await, 2);
//! #     FastMcp::new("words").docket(Docket::memory("words")).start().await?;
//! #     Ok(())
//! # }
//! ```
//!
//! This is a complete server; its crate depends only on `fastmcp` and `tokio`. The type of each
//! parameter decides how the parameter gets its value. `text` and `key` are arguments: they appear in
//! the tool's JSON schema and are decoded from the client's request. `docket` is injected by the
//! server, and clients never see it.
//!
//! The server speaks MCP on standard input and output. It requires background work, which the
//! environment variable `FASTMCP_EXPERIMENTAL_ENABLE_DOCKET=true` enables.
//!
//! The pages of the [`guide`] describe each part. The page of each attribute, such as
//! [`tool`](macro@tool), lists the options of the attribute.
//!
//! # Features
//!
//! | feature | default | adds |
//! |---|---|---|
//! | `stdio` | yes | `FastMcp::run`: a server on standard input and output |
//! | `http` | yes | `FastMcp::run_http`: a server over streamable HTTP |
//! | `redis` | no | `Docket::redis`: dockets in Redis 6.2 or newer, which several processes can share |
//! | `client` | no | `Client::spawn` and `Client::http`: a [`client`] of child processes and of servers over HTTP |
//!
//! Tests need no feature: [`Client::connect`](client::Client::connect) calls a server in the same process.

#[doc(hidden)]
#[path = "private.rs"]
pub mod __private;
mod background;
mod call;
pub mod client;
mod component;
pub mod context;
pub mod dependencies;
pub mod docket;
mod error;
pub mod guide;
pub mod mcp;
mod mcp_tasks;
pub mod prelude;
mod principal;
mod protocol;
mod registration;
mod selection;
mod server;
pub mod task;
mod text;
mod transport;
mod variant_order;

pub use schemars;
pub use serde;
pub use serde_json;

pub use crate::call::argument_error::{ArgumentError, ArgumentErrors};
pub use crate::call::decode_error::DecodeError;
pub use crate::call::error::CallError;
pub use crate::call::portable::schemas::Schemas;
pub use crate::call::unmet::UnmetDependency;
pub use crate::component::completion::{Completions, IntoCompletions};
pub use crate::component::content;
pub use crate::component::lint::Lint;
pub use crate::component::output::tool_result::{IntoToolResult, ToolResult};
pub use crate::component::prompt::IntoPromptResult;
pub use crate::component::resource::{IntoResourceResult, ResourceResult};
pub use crate::component::validation::InvalidDeclaration;
pub use crate::context::change::ListKind;
pub use crate::context::client_channel::LogLevel;
pub use crate::context::elicit::{Elicit, ElicitUrl, Elicited};
pub use crate::context::input::{InputError, InputKind};
pub use crate::context::request::{Context, Transport};
pub use crate::context::roots::{ListRoots, Root};
pub use crate::context::sample::{Sample, Sampled};
pub use crate::context::session::Session;
pub use crate::error::{Error, ProtocolError, Result, ToolError};
pub use crate::principal::Principal;
pub use crate::registration::{DuplicateKind, DuplicateName, Location};
pub use crate::selection::{Criterion, Selection, UnmatchedSelection};
pub use crate::server::builder::FastMcp;
pub use crate::server::error::{ServeError, StartError};
pub use crate::server::lifespan::Lifespan;
pub use crate::server::logging::{LogGuard, log_to_stderr};
pub use crate::server::running::Server;
pub use crate::server::settings::SettingError;
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
#[doc = include_str!("../docs/attributes/prompt.md")]
#[doc = include_str!("../docs/attributes/prompt_examples.md")]
pub use fastmcp_macros::prompt;
#[doc = include_str!("../docs/attributes/resource.md")]
#[doc = include_str!("../docs/attributes/resource_examples.md")]
pub use fastmcp_macros::resource;
#[doc = include_str!("../docs/attributes/task.md")]
pub use fastmcp_macros::task;
#[doc = include_str!("../docs/attributes/tool.md")]
#[doc = include_str!("../docs/attributes/tool_examples.md")]
pub use fastmcp_macros::tool;
#[doc = include_str!("../docs/attributes/tools.md")]
pub use fastmcp_macros::tools;
