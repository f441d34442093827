//! Write Model Context Protocol servers by annotating async functions.

#[doc(hidden)]
#[path = "private.rs"]
pub mod __private;
mod background;
mod call;
#[cfg(feature = "client")]
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

pub use crate::component::completion::{Completions, IntoCompletions};
pub use crate::component::content;
pub use crate::component::output::{IntoToolResult, ToolResult};
pub use crate::component::prompt::IntoPromptResult;
pub use crate::component::resource::{IntoResourceResult, ResourceResult};
pub use crate::component::validation::InvalidDeclaration;
pub use crate::context::elicit::{Elicit, ElicitUrl, Elicited};
pub use crate::context::input::{InputError, InputKind};
pub use crate::context::request::{Context, LogLevel, Transport};
pub use crate::context::sample::{ListRoots, Root, Sample, Sampled};
pub use crate::context::server_handle::ListKind;
pub use crate::context::session::Session;
pub use crate::error::{Error, ProtocolError, Result, ToolError};
pub use crate::selection::{IdleSelection, Selection};
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
/// ```
/// use std::sync::atomic::{AtomicU32, Ordering};
///
/// use fastmcp::prelude::*;
///
/// /// How many calls there were, of all tools that ask.
/// #[dependency(shared)]
/// fn calls() -> AtomicU32 {
///     AtomicU32::new(0)
/// }
///
/// #[tool]
/// async fn count(#[depends(calls)] calls: &AtomicU32) -> u32 {
///     calls.fetch_add(1, Ordering::Relaxed) + 1
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// // In a unit test, it is a function of a value.
/// let calls = AtomicU32::new(6);
/// assert_eq!(count(&calls).await, 7);
/// # }
/// ```
///
/// What it may take, when it runs and how it cleans up is in [`dependencies`].
pub use fastmcp_macros::dependency;
/// Makes a tool of a function.
///
/// | option | means |
/// |---|---|
/// | `name = "…"` | the name on the wire; the function's unless given |
/// | `title = "…"`, `description = "…"` | for people; the description is the doc comment unless given |
/// | `icons("https://…", Icon::new(…))` | pictures: URLs, or [`mcp::Icon`]s |
/// | `tags("a", "b")` | words to select it by, listed in `_meta.fastmcp.tags` |
/// | `annotations(read_only, destructive, idempotent, open_world)` | hints about its effects; each may be `= false` |
/// | `meta = { "key": 3 }` | listed in `_meta`: JSON, or an expression that gives an object |
/// | `input_schema = { … }` | listed as it is, in the place of the schema of the parameters |
/// | `output_schema = Type` | the schema of the structured content, where the return type does not tell: a type, JSON, or an expression |
/// | `timeout = "30s"` | how long a call may take, `ms`, `s`, `m`, `h` or a `Duration`; then the body is dropped and the result is an error |
/// | `enabled = false` | registered but not served; any expression, asked when a server starts |
/// | `lenient` | takes a number or a bool that is sent as a string |
/// | `blocking` | runs a function that is not `async` on the runtime's blocking threads |
/// | `task`, `task = "required"` | a client may follow a call as a [task](guide::tasks), or has to |
/// | `task(required, poll = "2s", ttl = "1h")` | and how often it should ask, for how long the task is known; 1 s and an hour unless given |
/// | `crate = path` | where this crate is, if not at `::fastmcp` |
///
/// A parameter that is an argument takes `#[arg(…)]`:
///
/// | option | for | means |
/// |---|---|---|
/// | `description = "…"` | all | what it means; its doc comment unless given |
/// | `default = …`, `default` | all | its value when none is sent; that of its type's `Default` |
/// | `rename = "…"` | all | its name on the wire |
/// | `min = …`, `max = …`, `range = 1..=10` | numbers | what it may be |
/// | `length = 1..=100`, `length = 3` | strings, collections | how long it may be |
/// | `pattern = "…"` | strings | a regular expression that it matches somewhere |
/// | `examples(…, …)` | all | values to show |
/// | `deprecated` | all | not to be sent any more |
/// | `ask = "Which year?"` | texts, numbers, booleans, choices | the user is asked for it when the client sends none, before the body runs |
/// | `header = "Region"` | strings, integers, bools | HTTP clients send it in `Mcp-Param-Region` too |
///
/// ```
/// use fastmcp::prelude::*;
///
/// /// Find books.
/// #[tool(annotations(read_only), tags("library"), timeout = "10s")]
/// async fn find_books(
///     #[arg(length = 1..=80)] title: String,
///     #[arg(range = 1..=50, default = 10)] limit: u8,
/// ) -> Vec<String> {
///     vec![title; limit.into()]
/// }
/// ```
///
/// `#[cfg(…)]` on a parameter works as elsewhere.
#[cfg_attr(feature = "client", doc = include_str!("../docs/attributes/tool.md"))]
pub use fastmcp_macros::tool;

/// Makes a resource of a function, or a template of one if its URI has variables.
///
/// Takes `name`, `title`, `description`, `icons`, `tags`, `meta`, `timeout`, `enabled`, `blocking`
/// and `crate` as [`tool`](macro@tool) does, and:
///
/// | option | means |
/// |---|---|
/// | `mime_type = "…"` | what it is |
/// | `annotations(audience("user", "assistant"), priority = 0.8, last_modified = "…")` | for whom it is, how much it matters from 0.0 to 1.0, when it changed |
///
/// A `String` is read as text, a `Vec<u8>` as bytes, any other type that implements `Serialize` as
/// JSON. `None` means that there is no such resource.
///
/// ```
/// use fastmcp::prelude::*;
///
/// #[fastmcp::data]
/// struct Book { title: String }
///
/// /// A book by its number.
/// #[resource("books://{number}", annotations(audience("user")))]
/// async fn book(#[arg(min = 1)] number: u32) -> Book {
///     Book { title: format!("number {number}") }
/// }
/// ```
#[cfg_attr(feature = "client", doc = include_str!("../docs/attributes/resource.md"))]
pub use fastmcp_macros::resource;

pub use crate::call::argument_error::{ArgumentError, ArgumentErrors};
pub use crate::call::decode_error::DecodeError;
pub use crate::call::error::CallError;
pub use crate::call::unmet::UnmetDependency;
pub use crate::principal::Principal;
pub use crate::registration::{DuplicateName, Location};
pub use crate::server::builder::FastMcp;
pub use crate::server::error::{ServeError, StartError};
pub use crate::server::lifespan::Lifespan;
pub use crate::server::running::Server;
pub use crate::server::settings::SettingError;
#[cfg(feature = "http")]
pub use crate::transport::http::options::{HttpOptions, InvalidHttpOption};
#[cfg(feature = "http")]
pub use crate::transport::http::service::HttpService;
/// Derives `Serialize`, `Deserialize` and `JsonSchema`, for data that goes through the protocol or a
/// docket. It needs no dependency besides this crate.
///
/// ```
/// /// What is ordered.
/// #[fastmcp::data]
/// struct Order {
///     goods: String,
///     #[serde(default)]
///     express: bool,
/// }
/// ```
///
/// | option | says |
/// |---|---|
/// | `crate = path` | where `fastmcp` is, if it has another name |
pub use fastmcp_macros::data;
/// Makes a prompt of a function; what it may return is in [`IntoPromptResult`].
///
/// Takes `name`, `title`, `description`, `icons`, `tags`, `meta`, `timeout`, `enabled`, `blocking`
/// and `crate` as [`tool`](macro@tool) does.
///
/// ```
/// use fastmcp::prelude::*;
///
/// /// Ask for a review.
/// #[prompt(title = "Review", tags("code"))]
/// fn review(#[arg(length = 1..)] code: String) -> String {
///     format!("Please review:\n{code}")
/// }
/// ```
#[cfg_attr(feature = "client", doc = include_str!("../docs/attributes/prompt.md"))]
pub use fastmcp_macros::prompt;
/// Makes a background task of an async function; see the page on
/// [background work](guide::background_work), which has every option.
///
/// ```
/// use fastmcp::prelude::*;
///
/// #[task(retry(attempts = 3, delay = "1s"), timeout = "30s")]
/// async fn send(to: String, text: String, progress: Progress) -> Result<()> {
///     progress.set_message(format!("{} bytes to {to}", text.len())).await?;
///     Ok(())
/// }
///
/// /// Sends a message in the background.
/// #[tool]
/// async fn message(to: String, text: String, docket: Docket) -> Result<String> {
///     let execution = docket.add(send)(to, text).await?;
///     Ok(execution.key().to_string())
/// }
/// ```
#[doc = include_str!("../docs/attributes/task.md")]
pub use fastmcp_macros::task;
/// Makes handlers of the annotated methods of an `impl` block. `&self` is the value of that type
/// which the server was given as its [`state`](FastMcp::state).
///
/// ```
/// use std::sync::Mutex;
///
/// use fastmcp::prelude::*;
///
/// struct Library {
///     books: Mutex<Vec<String>>,
/// }
///
/// #[tools]
/// impl Library {
///     /// Adds a book.
///     #[tool]
///     async fn add(&self, title: String, docket: Docket) -> Result<usize> {
///         docket.add(Self::index)(title.clone()).await?;
///         let mut books = self.books.lock().map_err(|_| ToolError::new("lost"))?;
///         books.push(title);
///         Ok(books.len())
///     }
///
///     #[task]
///     async fn index(&self, title: String) -> usize {
///         title.len()
///     }
///
///     #[resource("library://books")]
///     fn books(&self) -> Result<Vec<String>> {
///         Ok(self.books.lock().map_err(|_| ToolError::new("lost"))?.clone())
///     }
/// }
///
/// let server = FastMcp::new("library").state(Library { books: Mutex::default() });
/// ```
///
/// | option | says |
/// |---|---|
/// | `crate = path` | where `fastmcp` is, if it has another name; for all methods |
pub use fastmcp_macros::tools;
pub use schemars;
pub use serde;
pub use serde_json;
