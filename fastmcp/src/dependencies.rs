//! Dependency injection: the values that the server provides to handlers.
//!
//! | form | the parameter is |
//! |---|---|
//! | `settings: State<Settings>`, and each type [below](#built-in) | looked up by its type |
//! | `limit: Limit`, where `Limit` implements [`Dependency`] | created by [`Dependency::resolve`] |
//! | `#[depends(database)] pool: &Pool` | a reference to the value of the provider `database` |
//! | `#[depends(database)] pool: Pool` | a clone of the provider's value |
//! | `limit: Option<Limit>` | `None` if the server does not meet the requirements of `Limit` |
//!
//! # Providers
//!
//! A provider is a function with the attribute `#[dependency]`, async or not. A tool, a resource, a
//! prompt, a task or another provider takes its value with `#[depends(function)]`. The value may have
//! any type:
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
//! /// The parameters of a provider are dependencies too.
//! #[dependency(shared)]
//! async fn database(settings: State<Settings>) -> Result<Pool> {
//!     Pool::connect(&settings.address).await
//! }
//!
//! /// The number of rows in a table.
//! #[tool]
//! async fn count(table: String, #[depends(database)] pool: &Pool) -> Result<u64> {
//!     pool.count(&table).await
//! }
//! ```
//!
//! | | `#[dependency]` | `#[dependency(shared)]` |
//! |---|---|---|
//! | runs | once per call, even if several parameters depend on it | once per server, on first use |
//! | lifetime of the value | until the call ends | until the server stops |
//! | can take | everything that the handler can take | values that live as long as the server: no `Context`, no provider that is not shared |
//! | an error | fails the call | fails the calls that waited for the value; the next call tries again |
//! | teardown | after the body, before the response | after background work, before the lifespan cleans up |
//!
//! Providers run in the order of the parameters, each after the providers on which it depends. They
//! are torn down in reverse order. A provider that has to clean up takes a [`Scope`].
//!
//! All parameters of one call that depend on a provider share one value. `&T` borrows it, and `T` is
//! a clone. A task takes no references, so it takes a clone. `&str` and `&[T]` borrow a `String` and
//! a `Vec<T>`.
//!
//! An error of a provider fails the call. The client receives the parameter, the provider and the
//! cause, unless the server [masks](crate::FastMcp::mask_error_details) error details. A
//! [`ToolError`](crate::ToolError), such as "sign in first", reaches the client unchanged. To run a
//! provider only for its success, take its value as `_signed_in: ()`.
//!
//! At start-up the server follows every provider that a handler depends on. If a provider needs a
//! value that the server does not have, or depends on itself through other providers, the server does
//! not start, and the error lists the providers on the path. In tests,
//! [`FastMcp::override_dependency`](crate::FastMcp::override_dependency) replaces a provider.
//!
//! The function stays an ordinary function, which a unit test can call. The attribute adds a hidden
//! type with the function's name, so no other type or module in the same scope can have that name.
//!
//! # Built in
//!
//! A parameter whose type implements [`Dependency`] is invisible to clients. The server determines
//! its value when it calls the handler. These types are built in:
//!
//! | parameter | value |
//! |---|---|
//! | [`Docket`] | the server's queue of background tasks |
//! | [`Worker`] | the worker that runs the tasks in this process |
//! | [`Context`] | the live request; not in a `#[task]`, which outlives it |
//! | `Headers` | the headers of the HTTP request (feature `http`); not in a `#[task]` |
//! | `Extension<T>` | a value that a layer inserted into the HTTP request (feature `http`); not in a `#[task]` |
//! | [`Principal`] | the caller, as identified by an authentication layer; not in a `#[task]` |
//! | [`State<T>`] | the state value of type `T` that was passed to the server or served by its lifespan |
//! | [`Progress`] | reports progress: to the waiting client, or in a `#[task]` to the docket |
//! | [`CurrentExecution`], [`TaskKey`] | in a `#[task]`: the current run and its key |
//! | [`Cancellation`], [`TimeLimit`], [`NextRun`] | in a `#[task]`: the cancellation token, the time limit and the next run |
//! | `Option<D>` | `Some` if the server can provide a `D`, `None` otherwise |
//!
//! Tools, resources, prompts and providers can also take each of them by reference, as `&D`.
//!
//! # Custom types
//!
//! ```
//! use fastmcp::dependencies::{Dependency, Injector, Needs, State};
//! use fastmcp::prelude::*;
//!
//! struct Settings { limit: usize }
//!
//! /// The maximum number of rows in a response.
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
pub use crate::call::inject::provider::Provider;
#[doc(hidden)]
pub use crate::call::inject::provider::Ran;
#[doc(hidden)]
pub use crate::call::inject::provider_entry::ProviderEntry;
#[doc(hidden)]
pub use crate::call::inject::provider_ref::ProviderRef;
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
