//! Dependency injection: the values that the server provides to handlers.
//!
//! A parameter whose type implements [`Dependency`] is not in any schema. The server provides its value
//! when it calls the handler:
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
//! | [`SessionState`], [`UserState`] | the values that handlers keep for the session or for the caller; not in a `#[task]` |
//! | [`Progress`] | reports progress to the client or, in a `#[task]`, to the docket |
//! | [`Steps`] | the durable steps of a `#[task]` or a `#[tool(task)]`; see [background work](crate::guide::background_work) |
//! | `Events` | emits [events](crate::guide::events) to subscribers (feature `events`) |
//! | [`CurrentExecution`], [`TaskKey`] | in a `#[task]`: the current run and its key |
//! | [`Cancellation`], [`TimeLimit`], [`NextRun`] | in a `#[task]`: the cancellation token, the time limit, and the settings of the next run |
//! | `limit: Limit`, where `Limit` implements [`Dependency`] | the value that [`Dependency::resolve`] returns |
//! | `#[depends(database)] pool: &Pool` | a reference to the value of the provider `database` |
//! | `#[depends(database)] pool: Pool` | a clone of the provider's value |
//! | `Option<D>` | `Some` if the server can provide a `D`, `None` otherwise |
//!
//! Tools, resources, prompts, completions and providers can also take these types by reference, as `&D`.
//!
//! ```
//! use fastmcp::prelude::*;
//!
//! struct Settings { currency: String }
//!
//! /// Formats a price.
//! #[tool]
//! fn price(cents: u32, settings: State<Settings>) -> String {
//!     format!("{}.{:02} {}", cents / 100, cents % 100, settings.currency)
//! }
//! ```
//!
//! The guide has a page on [dependencies](crate::guide::dependencies): state, providers, cleanup and
//! types of your own.

pub use crate::call::inject::builtin::{Cancellation, TaskKey};
pub use crate::call::inject::dependency::{Dependency, RequestScoped};
#[cfg(feature = "http")]
pub use crate::call::inject::headers::Headers;
pub use crate::call::inject::injector::Injector;
pub use crate::call::inject::needs::Needs;
pub use crate::call::inject::provider::Provider;
#[doc(hidden)]
pub use crate::call::inject::provider::ProviderResult;
#[doc(hidden)]
pub use crate::call::inject::provider_entry::ProviderEntry;
#[doc(hidden)]
pub use crate::call::inject::provider_ref::ProviderRef;
#[cfg(feature = "http")]
pub use crate::call::inject::request_extension::Extension;
pub use crate::call::inject::scope::{Ended, Scope};
pub use crate::call::inject::state::State;
pub use crate::context::request::Context;
pub use crate::context::stored_state::{SessionState, UserState};
pub use crate::docket::current_execution::CurrentExecution;
pub use crate::docket::current_execution::handles::{NextRun, TimeLimit};
pub use crate::docket::handle::Docket;
pub use crate::docket::progress::Progress;
pub use crate::docket::steps::Steps;
pub use crate::docket::steps::step::Step;
pub use crate::docket::worker::handle::Worker;
pub use crate::principal::Principal;
