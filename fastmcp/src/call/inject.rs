//! Dependency injection: the values that the server provides to handlers.

pub(crate) mod builtin;
pub(crate) mod calls;
pub(crate) mod dependency;
#[cfg(feature = "http")]
pub(crate) mod headers;
pub(crate) mod injector;
pub(crate) mod needs;
pub(crate) mod overrides;
pub(crate) mod progress;
pub(crate) mod provided_ref;
pub(crate) mod provider;
pub(crate) mod request_extension;
pub(crate) mod scope;
pub(crate) mod shared;
pub(crate) mod state;
