//! What the server provides to handlers: everything about injection, gathered in one place.
//!
//! A parameter whose type implements [`Dependency`] is never seen by clients; its value is looked
//! up when the handler is called. These are built in:
//!
//! | parameter | is |
//! |---|---|
//! | [`Docket`] | the server's queue of background tasks |
//! | [`Worker`] | the worker that runs them in this process |
//! | [`Context`] | the live request; not in a `#[task]`, which outlives it |
//! | [`State<T>`] | the value of type `T` that the server was given, or that its lifespan made |
//! | [`Progress`], [`CurrentExecution`] | in a `#[task]`: its progress, and which run it is |
//! | `Option<D>` | `Some` where the server can provide a `D`, `None` elsewhere |
//!
//! Of each, `&D` works as well in tools, resources and prompts. Your own types join in:
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

mod builtin;
mod calls;
#[cfg(feature = "http")]
mod headers;
mod injector;
mod lent;
mod needs;
mod overrides;
mod provider;
mod scope;
mod shared;
mod state;

#[cfg(feature = "http")]
pub use self::headers::Headers;
pub use self::injector::Injector;
pub use self::needs::Needs;
pub use self::provider::Provider;
pub use self::scope::{Ended, Scope};
pub use self::state::State;
pub use crate::context::Context;
pub use crate::docket::{CurrentExecution, Docket, Progress, Worker};

pub(crate) use self::calls::{CallGuard, TeardownError};
pub(crate) use self::injector::{Origin, Provided, States};
#[doc(hidden)]
pub use self::lent::Lent;
pub(crate) use self::needs::{Need, Offer, Want};
pub(crate) use self::overrides::Overrides;
pub(crate) use self::provider::provided;
#[doc(hidden)]
pub use self::provider::{ProviderEntry, Ran};
pub(crate) use self::scope::Slot;

/// A type that the server provides to handlers; see the [module](self) for an example.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not something that the server can provide",
    label = "does not implement `Dependency`",
    note = "implement `fastmcp::dependencies::Dependency` for it, or take it from the server's state with `State<{Self}>`"
)]
pub trait Dependency: Sized + Send + 'static {
    /// Adds what [`resolve`](Self::resolve) needs of the server. It is checked when the server
    /// starts, so that a server that cannot serve a handler says so at once.
    fn needs(needs: &mut Needs) {
        let _ = needs;
    }

    /// Makes or looks up the value for one call.
    fn resolve(injector: &Injector) -> impl Future<Output = crate::Result<Self>> + Send;
}

/// Marks the dependencies that exist only while a client waits for the answer, so that a
/// `#[task]`, which runs later, cannot ask for them.
pub trait RequestScoped: Dependency {}
