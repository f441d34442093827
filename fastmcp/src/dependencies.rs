//! Dependency injection: the values that the server provides to handlers.
//!
//! | parameter | value |
//! |---|---|
//! | `settings: State<Settings>`, or any other type that is [built in](#built-in) | the value of this type |
//! | `limit: Limit`, where `Limit` implements [`Dependency`] | the value that [`Dependency::resolve`] returns |
//! | `#[depends(database)] pool: &Pool` | a reference to the value of the provider `database` |
//! | `#[depends(database)] pool: Pool` | a clone of the provider's value |
//! | `limit: Option<Limit>` | `None` if the server does not meet the requirements of `Limit` |
//!
//! # Providers
//!
//! A provider is a function with the attribute `#[dependency]`, async or not. A handler or another
//! provider takes its value with `#[depends(function)]`. The value may have any type that is `Send`,
//! `Sync` and `'static`:
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
//! | can take | all dependencies that the handler can take | only values that live as long as the server: no `Context`, and no provider that is not shared |
//! | an error | fails the call | fails the call that ran the provider; the next call runs the provider again |
//! | teardown | after the body, before the response | after background work, before the lifespan cleans up |
//!
//! Providers run in the order of the parameters. A provider runs after the providers that it depends on.
//! Providers are torn down in reverse order. A provider that has to clean up takes a [`Scope`].
//!
//! All parameters of one call that depend on a provider share one value. A parameter of type `&T`
//! borrows the value, and a parameter of type `T` gets a clone. `&str` borrows a `String`, and `&[T]`
//! borrows a `Vec<T>`.
//!
//! An error of a provider fails the call. The error for the client names the parameter, the provider and
//! the cause, unless the server [masks](crate::FastMcp::mask_error_details) error details. A
//! [`ToolError`](crate::ToolError), such as "sign in first", reaches the client unchanged. To use a
//! provider only as a check, take its value as `_signed_in: ()`.
//!
//! At start-up, the server checks every provider that a handler depends on. If a provider requires a
//! value that the server does not have, or depends on itself through other providers, the server does
//! not start, and the error lists the chain of providers. In tests,
//! [`FastMcp::override_dependency`](crate::FastMcp::override_dependency) replaces a provider.
//!
//! A unit test can call the function of a provider directly. The attribute adds a hidden type with the
//! name of the function, so no other type or module in the same scope can have this name.
//!
//! # Built in
//!
//! A parameter whose type implements [`Dependency`] is not in any schema. The server provides its value
//! when it calls the handler. These types are built in:
//!
//! | parameter | value |
//! |---|---|
//! | [`Docket`] | the server's queue of background tasks |
//! | [`Worker`] | the worker that runs the tasks in this process |
//! | [`Context`] | the current request; not in a `#[task]`, which runs after the request has ended |
//! | `Headers` | the headers of the HTTP request (feature `http`); not in a `#[task]` |
//! | `Extension<T>` | a value that a layer inserted into the HTTP request (feature `http`); not in a `#[task]` |
//! | [`Principal`] | the caller, as identified by an authentication layer; not in a `#[task]` |
//! | [`State<T>`] | the value of type `T` that was passed to the server or served by its lifespan |
//! | [`Progress`] | reports progress to the client or, in a `#[task]`, to the docket |
//! | [`CurrentExecution`], [`TaskKey`] | in a `#[task]`: the current run and its key |
//! | [`Cancellation`], [`TimeLimit`], [`NextRun`] | in a `#[task]`: the cancellation token, the time limit, and the settings of the next run |
//! | `Option<D>` | `Some` if the server can provide a `D`, `None` otherwise |
//!
//! Tools, resources, prompts, completions and providers can also take these types by reference, as `&D`.
//!
//! # Custom types
//!
//! Implement [`Dependency`] to inject your own type:
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
