//! Dependency injection: the values that the server provides to handlers.

pub(crate) mod builtin;
pub(crate) mod call_scope;
pub(crate) mod capabilities;
pub(crate) mod dependency;
#[cfg(feature = "http")]
pub(crate) mod headers;
pub(crate) mod injector;
pub(crate) mod need;
pub(crate) mod needs;
pub(crate) mod origin;
pub(crate) mod overrides;
pub(crate) mod progress;
pub(crate) mod provided;
pub(crate) mod provided_value;
pub(crate) mod provider;
pub(crate) mod provider_entry;
pub(crate) mod provider_ref;
pub(crate) mod request_extension;
pub(crate) mod running;
pub(crate) mod scope;
pub(crate) mod shared;
pub(crate) mod state;
pub(crate) mod states;
pub(crate) mod teardown;
