//! The refused rows of the [table](crate::call::classify), and the errors that users read.
//!
//! In the texts, `{Self}` is the name of the parameter, and `{T}` is its type.

use crate::call::classify::row;
use crate::call::parameter::Parameter;
use crate::call::refused::refused;
use crate::call::source::Source;

/// Declares the source of refused rows. Without it, a refused parameter would cause two errors.
macro_rules! refused_rows {
    ($($row:ident)*) => {$(
        #[diagnostic::do_not_recommend]
        impl<T> Parameter<{ row::$row }> for T {
            const SOURCE: Source<Self> = Source::REFUSED;
        }
    )*};
}

refused_rows! {
    NO_SCHEMA NOT_DECODABLE NEITHER INJECTED_IN_URI NOT_IN_URI NOT_SHAREABLE NOT_ENCODABLE NOT_READABLE
    NEITHER_IN_TASK REQUEST_SCOPED NOT_INJECTED SHORT_LIVED SCOPE_ELSEWHERE INJECTED_ARGUMENT NOT_CLONE
}

refused! {
    /// [`NO_SCHEMA`](row::NO_SCHEMA).
    HasSchema<T>,
    message = "parameter `{Self}`: `{T}` has no JSON schema, so clients cannot see what to send",
    label = "does not implement `JsonSchema`",
    note = "put `#[fastmcp::data]` on `{T}`, or derive `schemars::JsonSchema` for it",
    note = "or, if the server should provide the value, implement `fastmcp::dependencies::Dependency` for `{T}`"
}
refused! {
    /// [`NOT_DECODABLE`](row::NOT_DECODABLE).
    IsDecodable<T>,
    message = "parameter `{Self}`: `{T}` cannot be decoded from a client's argument",
    label = "does not implement `Deserialize`",
    note = "put `#[fastmcp::data]` on `{T}`, or derive `serde::Deserialize` for it",
    note = "or, if the server should provide the value, implement `fastmcp::dependencies::Dependency` for `{T}`"
}
refused! {
    /// [`NEITHER`](row::NEITHER).
    IsArgumentOrDependency<T>,
    message = "parameter `{Self}`: `{T}` is neither an argument nor a dependency",
    label = "clients cannot send it and the server cannot provide it",
    note = "for a value from the server, take `State<{T}>`, or name a provider with `#[depends(f)]`",
    note = "for an argument, the type must implement `serde::Deserialize` and `schemars::JsonSchema`; `#[fastmcp::data]` on a type of your own derives both"
}
refused! {
    /// The payload of an event, which is data.
    IsPayload<T>,
    message = "payload `{Self}`: `{T}` cannot be sent to subscribers",
    label = "not data",
    note = "put `#[fastmcp::data]` on the type: it derives `serde::Serialize`, `serde::Deserialize` and `schemars::JsonSchema`"
}
refused! {
    /// [`INJECTED_IN_URI`](row::INJECTED_IN_URI).
    IsSentByClients<T>,
    message = "URI variable `{Self}` has the name of an injected parameter: clients cannot send a `{T}`",
    label = "provided by the server, so it cannot be a URI variable",
    note = "remove `{{{Self}}}` from the URI, or rename the parameter"
}
refused! {
    /// [`NOT_IN_URI`](row::NOT_IN_URI).
    IsInUri<T>,
    message = "parameter `{Self}` is not in the URI, so it never gets a value",
    label = "no URI variable has this name",
    note = "add `{{{Self}}}` to the URI, or remove the parameter"
}
refused! {
    /// [`NOT_SHAREABLE`](row::NOT_SHAREABLE).
    IsShareable<T>,
    message = "`&self` cannot be shared between threads: `{T}` requires a type that is `Send` and `Sync`",
    label = "not `Send` and `Sync`",
    note = "use a `Mutex`, an `RwLock` or an atomic for values that change, and `Arc` instead of `Rc`"
}
refused! {
    /// [`NOT_ENCODABLE`](row::NOT_ENCODABLE).
    IsEncodable<T>,
    message = "parameter `{Self}`: `{T}` cannot be written to the queue",
    label = "does not implement `Serialize`",
    note = "put `#[fastmcp::data]` on `{T}`, or derive `serde::Serialize` for it",
    note = "or, if the worker should provide the value, implement `fastmcp::dependencies::Dependency` for `{T}`"
}
refused! {
    /// [`NOT_READABLE`](row::NOT_READABLE).
    IsReadable<T>,
    message = "parameter `{Self}`: `{T}` cannot be read from the queue",
    label = "does not implement `Deserialize`",
    note = "put `#[fastmcp::data]` on `{T}`, or derive `serde::Deserialize` for it",
    note = "or, if the worker should provide the value, implement `fastmcp::dependencies::Dependency` for `{T}`"
}
refused! {
    /// [`NEITHER_IN_TASK`](row::NEITHER_IN_TASK).
    IsTaskArgumentOrDependency<T>,
    message = "parameter `{Self}`: `{T}` is neither an argument nor a dependency",
    label = "the queue cannot carry it and the worker cannot provide it",
    note = "for a value from the worker, take `State<{T}>`, or name a provider with `#[depends(f)]`",
    note = "for an argument, the type must implement `serde::Serialize` and `serde::Deserialize`; `#[fastmcp::data]` on a type of your own derives both"
}
refused! {
    /// [`REQUEST_SCOPED`](row::REQUEST_SCOPED).
    OutlivesTheRequest<T>,
    message = "parameter `{Self}`: a task cannot take a `{T}`, because the request has ended when the task runs",
    label = "exists only during a request",
    note = "to report progress, take a `Progress`; to schedule more tasks, take a `Docket`"
}
refused! {
    /// [`NOT_INJECTED`](row::NOT_INJECTED).
    IsDependency<T>,
    message = "parameter `{Self}`: `{T}` is not a dependency",
    label = "not a dependency",
    note = "for an argument of the call, put `#[argument]` on the parameter",
    note = "for the value of a provider, put `#[depends(f)]` on it, where `f` is a provider of `{T}`",
    note = "or take it from the server's state with `State<{T}>`, or implement `fastmcp::dependencies::Dependency` for `{T}`"
}
refused! {
    /// [`SHORT_LIVED`](row::SHORT_LIVED).
    LivesAsLongAsTheServer<T>,
    message = "parameter `{Self}`: a shared provider lives as long as the server, but `{T}` exists only during one call",
    label = "exists only during one call",
    note = "remove `shared` from the provider, or take a dependency that lives as long as the server, such as `State` or `Docket`"
}

refused! {
    /// [`SCOPE_ELSEWHERE`](row::SCOPE_ELSEWHERE).
    BelongsToAProvider<T>,
    message = "parameter `{Self}`: only a `#[dependency]` function can take a `Scope`",
    label = "this function is not a provider",
    note = "move the code that needs cleanup into a `#[dependency]` function that takes the `Scope`, and take its value with `#[depends(…)]`"
}
refused! {
    /// [`INJECTED_ARGUMENT`](row::INJECTED_ARGUMENT).
    IsNoDependency<T>,
    message = "parameter `{Self}`: `{T}` is a dependency, so clients cannot send it as an argument",
    label = "the server provides it",
    note = "remove `#[argument]`"
}
refused! {
    /// `#[argument]` of a type that several threads cannot share.
    CanBeTakenByProviders<T>,
    message = "parameter `{Self}`: a `{T}` cannot be shared between threads, so providers cannot take it as an argument",
    label = "not `Send` and `Sync`",
    note = "use `Arc` instead of `Rc`, and `Mutex` instead of `RefCell`"
}
refused! {
    /// `#[argument]` by value of a type that cannot be cloned.
    ArgumentIsClone<T>,
    message = "parameter `{Self}`: an argument of type `{T}` cannot be taken by value, because `{T}` is not `Clone`",
    label = "not `Clone`",
    note = "take `&{T}`, or derive `Clone` for `{T}`: all providers of a call share the value"
}
refused! {
    /// `#[arg]` on an injected parameter.
    TakesArg<T>,
    message = "parameter `{Self}` is injected, so clients cannot send it: remove `#[arg(…)]`",
    label = "the server provides the `{T}`"
}
refused! {
    /// A pattern as an argument.
    HasName<T>,
    message = "an argument needs a name, because clients send it by name",
    label = "a pattern has no name",
    note = "replace the pattern with a name, and destructure the `{T}` in the body"
}
refused! {
    /// An argument whose name hosts refuse.
    HasListableName<T>,
    message = "argument `{Self}`: Anthropic and Gemini refuse all tools of a server if one has an argument with a name other than 1 to 64 ASCII letters, digits, `_`, `.` or `-`",
    label = "refused as a name",
    note = "set another with `#[arg(rename = \"…\")]`"
}
refused! {
    /// An argument of an automatic task.
    NeedsNoCaller<T>,
    message = "an `automatic` task cannot have arguments: remove `automatic` or the argument `{Self}`",
    label = "workers schedule the task, and have no value for `{Self}`",
    note = "for a value from the worker, take `State<T>` or another dependency instead of the `{T}`"
}
refused! {
    /// An option of a task that names an injected parameter.
    IsSentToTask<T, Option>,
    message = "`{Option}` needs an argument, but the worker provides `{Self}`: name another one",
    label = "not an argument"
}
