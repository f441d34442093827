//! The refused rows of the [table](crate::call::classify), and the errors that users read.
//!
//! In the texts, `{Self}` is the name of the parameter, and `{T}` is its type.

use crate::call::classify::row;
use crate::call::inject::scope::Scope;
use crate::call::parameter::Parameter;
use crate::call::refused::refused;
use crate::call::source::Source;

/// Declares a refused row of [`Parameter`].
macro_rules! refused_parameter {
    ($row:ident, $bound:ident, $($text:tt)+) => {
        refused! {
            pub trait $bound<T>: { const SOURCE: Source<T>; }
            impl<T, Name> Parameter<{ row::$row }, Name> for T where Name;
            $($text)+
        }
    };
}

refused_parameter! {
    NO_SCHEMA, HasSchema,
    message = "parameter `{Self}`: `{T}` has no JSON schema, so clients cannot see what to send",
    label = "does not implement `JsonSchema`",
    note = "put `#[fastmcp::data]` on `{T}`, or derive `schemars::JsonSchema` for it",
    note = "or, if the server should provide the value, implement `fastmcp::dependencies::Dependency` for `{T}`"
}
refused_parameter! {
    NOT_DECODABLE, IsDecodable,
    message = "parameter `{Self}`: `{T}` cannot be decoded from a client's argument",
    label = "does not implement `Deserialize`",
    note = "put `#[fastmcp::data]` on `{T}`, or derive `serde::Deserialize` for it",
    note = "or, if the server should provide the value, implement `fastmcp::dependencies::Dependency` for `{T}`"
}
refused_parameter! {
    NEITHER, IsArgumentOrDependency,
    message = "parameter `{Self}`: `{T}` is neither an argument nor a dependency",
    label = "clients cannot send it and the server cannot provide it",
    note = "for a value from the server, take `State<{T}>`, or name a provider with `#[depends(f)]`",
    note = "for an argument, the type must implement `serde::Deserialize` and `schemars::JsonSchema`; `#[fastmcp::data]` on a type of your own derives both"
}
refused_parameter! {
    INJECTED_IN_URI, IsSentByClients,
    message = "URI variable `{Self}` has the name of an injected parameter: clients cannot send a `{T}`",
    label = "provided by the server, so it cannot be a URI variable",
    note = "remove `{{{Self}}}` from the URI, or rename the parameter"
}
refused_parameter! {
    NOT_IN_URI, IsInUri,
    message = "parameter `{Self}` is not in the URI, so it never gets a value",
    label = "no URI variable has this name",
    note = "add `{{{Self}}}` to the URI, or remove the parameter"
}
refused_parameter! {
    NOT_SHAREABLE, IsShareable,
    message = "`&self` cannot be shared between threads: `{T}` requires a type that is `Send` and `Sync`",
    label = "not `Send` and `Sync`",
    note = "use a `Mutex`, an `RwLock` or an atomic for values that change, and `Arc` instead of `Rc`"
}
refused_parameter! {
    NOT_ENCODABLE, IsEncodable,
    message = "parameter `{Self}`: `{T}` cannot be written to the queue",
    label = "does not implement `Serialize`",
    note = "put `#[fastmcp::data]` on `{T}`, or derive `serde::Serialize` for it",
    note = "or, if the worker should provide the value, implement `fastmcp::dependencies::Dependency` for `{T}`"
}
refused_parameter! {
    NOT_READABLE, IsReadable,
    message = "parameter `{Self}`: `{T}` cannot be read from the queue",
    label = "does not implement `Deserialize`",
    note = "put `#[fastmcp::data]` on `{T}`, or derive `serde::Deserialize` for it",
    note = "or, if the worker should provide the value, implement `fastmcp::dependencies::Dependency` for `{T}`"
}
refused_parameter! {
    NEITHER_IN_TASK, IsTaskArgumentOrDependency,
    message = "parameter `{Self}`: `{T}` is neither an argument nor a dependency",
    label = "the queue cannot carry it and the worker cannot provide it",
    note = "for a value from the worker, take `State<{T}>`, or name a provider with `#[depends(f)]`",
    note = "for an argument, the type must implement `serde::Serialize` and `serde::Deserialize`; `#[fastmcp::data]` on a type of your own derives both"
}
refused_parameter! {
    REQUEST_SCOPED, OutlivesTheRequest,
    message = "parameter `{Self}`: a task cannot take a `{T}`, because the request has ended when the task runs",
    label = "exists only during a request",
    note = "to report progress, take a `Progress`; to schedule more tasks, take a `Docket`"
}
refused_parameter! {
    NOT_INJECTED, IsDependency,
    message = "parameter `{Self}`: a provider takes no arguments, and `{T}` is not a dependency",
    label = "not a dependency",
    note = "put `#[depends(f)]` on the parameter, where `f` is a provider of `{T}`",
    note = "or take it from the server's state with `State<{T}>`, or implement `fastmcp::dependencies::Dependency` for `{T}`"
}
refused_parameter! {
    SHORT_LIVED, LivesAsLongAsTheServer,
    message = "parameter `{Self}`: a shared provider lives as long as the server, but `{T}` exists only during one call",
    label = "exists only during one call",
    note = "remove `shared` from the provider, or take a dependency that lives as long as the server, such as `State` or `Docket`"
}

/// The bound for a `Scope` outside of a provider.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "parameter `{Self}`: only a `#[dependency]` function can take a `Scope`",
    label = "this function is not a provider",
    note = "move the code that needs cleanup into a `#[dependency]` function that takes a `Scope<{T}>`, and take its value with `#[depends(…)]`"
)]
pub trait BelongsToAProvider<T> {
    /// Never evaluated, because no type implements this trait.
    const SOURCE: Source<Scope<T>>;
}

// A `Scope` has the same row as any type that is neither an argument nor a dependency. Only its error
// text differs, so expansions of handlers do not have to probe for it.
impl<T, Name: BelongsToAProvider<T>> IsArgumentOrDependency<Scope<T>> for Name {
    const SOURCE: Source<Scope<T>> = Name::SOURCE;
}

impl<T, Name: BelongsToAProvider<T>> IsTaskArgumentOrDependency<Scope<T>> for Name {
    const SOURCE: Source<Scope<T>> = Name::SOURCE;
}
