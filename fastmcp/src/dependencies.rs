//! What the server provides to handlers: everything about injection, gathered in one place.
//!
//! | form | the parameter is |
//! |---|---|
//! | `settings: State<Settings>`, and each type [below](#built-in) | looked up by its type |
//! | `limit: Limit`, where `Limit` implements [`Dependency`] | made by [`Dependency::resolve`] |
//! | `#[depends(database)] pool: &Pool` | lent by the provider `database` |
//! | `#[depends(database)] pool: Pool` | a clone of what the provider gives |
//! | `limit: Option<Limit>` | `None` where the server lacks what a `Limit` needs |
//!
//! # Providers
//!
//! A provider is a function under `#[dependency]`, async or not. A tool, a resource, a prompt, a
//! task or another provider asks for its value with `#[depends(function)]`, of whatever type:
//!
//! ```
//! use fastmcp::dependencies::State;
//! use fastmcp::prelude::*;
//!
//! struct Settings { address: String }
//! # struct Pool(String);
//! # impl Pool {
//! #     async fn connect(address: &str) -> Result<Self> { Ok(Self(address.to_owned())) }
//! #     async fn count(&self, _table: &str) -> Result<u64> { Ok(7) }
//! # }
//!
//! /// What a provider takes, the server provides too.
//! #[dependency(shared)]
//! async fn database(settings: State<Settings>) -> Result<Pool> {
//!     Pool::connect(&settings.address).await
//! }
//!
//! /// How many rows a table has.
//! #[tool]
//! async fn count(table: String, #[depends(database)] pool: &Pool) -> Result<u64> {
//!     pool.count(&table).await
//! }
//! ```
//!
//! | | `#[dependency]` | `#[dependency(shared)]` |
//! |---|---|---|
//! | runs | once a call, however many ask for it | once for the server, on first use |
//! | its value lives | until the call is over | until the server stops |
//! | may ask for | all that the handler may ask for | what lives as long: no `Context`, no provider that is not shared |
//! | a failure | fails the call | fails the calls that waited for it; the next one tries again |
//! | is torn down | after the body, before the reply | after background work, before the lifespan cleans up |
//!
//! Providers run in the order of the parameters, each before what depends on it, and are torn down
//! in the opposite order. One that has to clean up takes a [`Scope`].
//!
//! All that ask for a provider in one call share one value. `&T` lends it, and `T` is a clone,
//! so that is what a task, which takes nothing by reference, asks for. `&str` and `&[T]` lend a
//! `String` and a `Vec<T>`.
//!
//! An error of a provider is the call's error; the client is told which parameter and which
//! provider, and why, unless the server [masks](crate::FastMcp::mask_error_details) it. Of a
//! [`ToolError`](crate::ToolError), such as "sign in first", it is told just that. A provider whose
//! value nobody needs, because only its success counts, is asked for as `_signed_in: ()`.
//!
//! When a server starts it follows every provider that a handler asks for. If one needs what the
//! server does not have, or depends on itself by way of others, the server does not start, and says
//! which way leads there. A test has something else in a provider's place with
//! [`FastMcp::override_dependency`](crate::FastMcp::override_dependency).
//!
//! The function stays what it is, to be called in a unit test. Beside it there is a hidden type of
//! its name; that is why it cannot be called like a module or a type in the same scope.
//!
//! # Built in
//!
//! A parameter whose type implements [`Dependency`] is never seen by clients; its value is looked
//! up when the handler is called. These are built in:
//!
//! | parameter | is |
//! |---|---|
//! | [`Docket`] | the server's queue of background tasks |
//! | [`Worker`] | the worker that runs them in this process |
//! | [`Context`] | the live request; not in a `#[task]`, which outlives it |
//! | `Headers` | the headers of the HTTP request (feature `http`); not in a `#[task]` |
//! | `Extension<T>` | what a layer put into the HTTP request (feature `http`); not in a `#[task]` |
//! | [`Principal`] | who is calling, as an authentication layer found out; not in a `#[task]` |
//! | [`State<T>`] | the value of type `T` that the server was given, or that its lifespan made |
//! | [`Progress`] | tells how far it is: the client that waits; of a `#[task]`, those who ask the docket |
//! | [`CurrentExecution`], [`TaskKey`] | in a `#[task]`: which run it is |
//! | [`Cancellation`], [`TimeLimit`], [`NextRun`] | in a `#[task]`: when to stop, how long it may take, what comes after it |
//! | `Option<D>` | `Some` where the server can provide a `D`, `None` elsewhere |
//!
//! Of each, `&D` works as well in tools, resources, prompts and providers.
//!
//! # Types of your own
//!
//! ```
//! use fastmcp::dependencies::{Dependency, Injector, Needs, State};
//! use fastmcp::prelude::*;
//!
//! struct Settings { limit: usize }
//!
//! /// How many rows one answer may have.
//! struct Limit(usize);
//!
//! impl Dependency for Limit {
//!     fn needs(needs: &mut Needs) {
//!         needs.of::<State<Settings>>();
//!     }
//!
//!     async fn resolve(injector: &Injector) -> Result<Self> {
//!         let settings: State<Settings> = injector.get().await?;
//!         Ok(Limit(settings.limit))
//!     }
//! }
//!
//! /// The first rows of a table.
//! #[tool]
//! async fn head(rows: Vec<String>, limit: Limit) -> Vec<String> {
//!     rows.into_iter().take(limit.0).collect()
//! }
//! ```

pub use crate::call::inject::builtin::{Cancellation, TaskKey};
pub use crate::call::inject::dependency::{Dependency, RequestScoped};
#[cfg(feature = "http")]
pub use crate::call::inject::headers::Headers;
pub use crate::call::inject::injector::Injector;
pub use crate::call::inject::needs::Needs;
#[doc(hidden)]
pub use crate::call::inject::provided_ref::Lent;
pub use crate::call::inject::provider::Provider;
#[doc(hidden)]
pub use crate::call::inject::provider::{ProviderEntry, Ran};
#[cfg(feature = "http")]
pub use crate::call::inject::request_extension::Extension;
pub use crate::call::inject::scope::{Ended, Scope};
pub use crate::call::inject::state::State;
pub use crate::context::request::Context;
pub use crate::docket::current_execution::CurrentExecution;
pub use crate::docket::current_execution::handles::{NextRun, TimeLimit};
pub use crate::docket::handle::Docket;
pub use crate::docket::progress::Progress;
pub use crate::docket::worker::handle::Worker;
pub use crate::principal::Principal;
