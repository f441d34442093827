//! The table that decides, by type, how a parameter of any handler gets its value.
//!
//! A macro sees only tokens, so it cannot resolve `D` in `docket: D` to a type. Its expansion
//! therefore probes the traits that the type implements (see [`probe`](crate::call::probe)), passes
//! the results to one of the functions below, and selects the implementation of
//! [`Parameter`](crate::call::parameter::Parameter) or [`Depends`](crate::call::depends::Depends)
//! for the resulting [row](row).
//!
//! `D` is `Dependency`, `S` is `Serialize`, `De` is `Deserialize`, `J` is `JsonSchema`. An empty cell
//! matches every type. The first matching row of an attribute applies.
//!
//! | attribute | the type implements | other conditions | row |
//! |---|---|---|---|
//! | tool, resource, prompt, completion | `D` | | [`INJECTED`](row::INJECTED) |
//! | | `De` + `J` | | [`ARGUMENT`](row::ARGUMENT) |
//! | | `De` | | [`NO_SCHEMA`](row::NO_SCHEMA) |
//! | | `J` | | [`NOT_DECODABLE`](row::NOT_DECODABLE) |
//! | | is a `Scope` | | [`SCOPE_ELSEWHERE`](row::SCOPE_ELSEWHERE) |
//! | | | | [`NEITHER`](row::NEITHER) |
//! | resource, checked first | `D` | a URI variable has its name, or it has a default | [`INJECTED_IN_URI`](row::INJECTED_IN_URI) |
//! | | `De` + `J` | no URI variable has its name, no default | [`NOT_IN_URI`](row::NOT_IN_URI) |
//! | task | `D` + `RequestScoped` | | [`REQUEST_SCOPED`](row::REQUEST_SCOPED) |
//! | | `D` | | [`INJECTED`](row::INJECTED) |
//! | | `S` + `De` | | [`QUEUED`](row::QUEUED) |
//! | | `De` | | [`NOT_ENCODABLE`](row::NOT_ENCODABLE) |
//! | | `S` | | [`NOT_READABLE`](row::NOT_READABLE) |
//! | | is a `Scope` | | [`SCOPE_ELSEWHERE`](row::SCOPE_ELSEWHERE) |
//! | | | | [`NEITHER_IN_TASK`](row::NEITHER_IN_TASK) |
//! | provider | is a `Scope` | | [`SCOPE`](row::SCOPE) |
//! | | `D` + `RequestScoped` or `ExecutionScoped` | the provider is shared | [`SHORT_LIVED`](row::SHORT_LIVED) |
//! | | `D` | | [`INJECTED`](row::INJECTED) |
//! | | | | [`NOT_INJECTED`](row::NOT_INJECTED) |
//! | provider, `#[argument]` | `D` | | [`INJECTED_ARGUMENT`](row::INJECTED_ARGUMENT) |
//! | | `De` + `J`, not `Send + Sync` | | [`NOT_SHAREABLE`](row::NOT_SHAREABLE) |
//! | | `De` + `J`, not `Clone` | taken by value | [`NOT_CLONE`](row::NOT_CLONE) |
//! | | all others | | as in a tool |
//! | any, `&self` | `D` (as `State<Self>`) | | [`INJECTED`](row::INJECTED) |
//! | | | | [`NOT_SHAREABLE`](row::NOT_SHAREABLE) |
//!
//! A parameter with `#[depends(f)]` is checked twice, because a mistake can be in the path or in
//! the parameter's type:
//!
//! | checked | conditions | row |
//! |---|---|---|
//! | path | `f` is not a provider | [`NOT_A_PROVIDER`](row::NOT_A_PROVIDER) |
//! | | `f` is not shared, and a shared provider depends on it | [`SHORT_LIVED_PROVIDER`](row::SHORT_LIVED_PROVIDER) |
//! | | | [`INJECTED`](row::INJECTED) |
//! | type | `f` is not a provider; the row of the path reports it | [`UNKNOWN`](row::UNKNOWN) |
//! | | `f` provides another type | [`OTHER_TYPE`](row::OTHER_TYPE) |
//! | | taken by reference | [`BORROWED`](row::BORROWED) |
//! | | taken by value, implements `Clone` | [`CLONED`](row::CLONED) |
//! | | taken by value | [`NOT_CLONE`](row::NOT_CLONE) |
//!
//! An expansion checks each refused row of its part of the table with a separate trait. The `on_unimplemented` text of
//! the trait is the error that the user reads (see `call::refused_parameters`).

/// The rows of the table. Only their order relative to [`LAST_ACCEPTED`](row::LAST_ACCEPTED)
/// matters; expansions and implementations use the names.
#[doc(hidden)]
pub mod row {
    /// The server provides the value.
    pub const INJECTED: u8 = 0;
    /// The client sends the value.
    pub const ARGUMENT: u8 = 1;
    /// The caller of a task passes the value, and the queue stores it.
    pub const QUEUED: u8 = 2;
    /// The `Scope` of a provider.
    pub const SCOPE: u8 = 3;
    /// A clone of a provider's value.
    pub const CLONED: u8 = 4;
    /// A reference to a provider's value.
    pub const BORROWED: u8 = 5;
    /// The value of a path that is not a provider. The row of the path reports the error.
    pub const UNKNOWN: u8 = 6;

    /// The last accepted row. All rows after it are refused.
    pub const LAST_ACCEPTED: u8 = UNKNOWN;

    /// An argument without a JSON schema.
    pub const NO_SCHEMA: u8 = 7;
    /// An argument that cannot be decoded.
    pub const NOT_DECODABLE: u8 = 8;
    /// A type that is neither an argument nor a dependency.
    pub const NEITHER: u8 = 9;
    /// An injected parameter with the name of a URI variable: clients cannot send its value.
    pub const INJECTED_IN_URI: u8 = 10;
    /// An argument of a resource without a URI variable of its name.
    pub const NOT_IN_URI: u8 = 11;
    /// A `&self` that several threads cannot share.
    pub const NOT_SHAREABLE: u8 = 12;
    /// A task's argument that cannot be written to the queue.
    pub const NOT_ENCODABLE: u8 = 13;
    /// A task's argument that cannot be read from the queue.
    pub const NOT_READABLE: u8 = 14;
    /// A type that is neither an argument of a task nor a dependency.
    pub const NEITHER_IN_TASK: u8 = 15;
    /// A task's dependency that exists only during a request.
    pub const REQUEST_SCOPED: u8 = 16;
    /// A provider's parameter that is not a dependency.
    pub const NOT_INJECTED: u8 = 17;
    /// A shared provider's dependency that exists only during one call.
    pub const SHORT_LIVED: u8 = 18;
    /// `#[depends(f)]` where `f` is not a provider.
    pub const NOT_A_PROVIDER: u8 = 19;
    /// A provider whose value exists only during one call, and on which a shared provider depends.
    pub const SHORT_LIVED_PROVIDER: u8 = 20;
    /// A parameter whose type differs from the type of the provider's value.
    pub const OTHER_TYPE: u8 = 21;
    /// A provider's value that is taken by value and cannot be cloned.
    pub const NOT_CLONE: u8 = 22;
    /// A `Scope` outside of a provider.
    pub const SCOPE_ELSEWHERE: u8 = 23;
    /// `#[argument]` on a dependency.
    pub const INJECTED_ARGUMENT: u8 = 24;
}

/// The traits that a parameter's type implements. An expansion probes only those that affect its row.
#[doc(hidden)]
#[derive(Debug, Clone, Copy)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is the independent answer of one probe"
)]
pub struct Traits {
    /// `T: Dependency`.
    pub dependency: bool,
    /// `T: RequestScoped`.
    pub request_scoped: bool,
    /// `T: ExecutionScoped`.
    pub execution_scoped: bool,
    /// `T` is a `Scope`.
    pub scope: bool,
    /// `T: Serialize`.
    pub serialize: bool,
    /// `T: DeserializeOwned`.
    pub deserialize: bool,
    /// `T: JsonSchema`.
    pub json_schema: bool,
    /// `T: Clone`.
    pub clone: bool,
    /// `T: Send + Sync + 'static`.
    pub shareable: bool,
}

impl Traits {
    /// The default for traits that an expansion does not probe.
    pub const NONE: Self = Self {
        dependency: false,
        request_scoped: false,
        execution_scoped: false,
        scope: false,
        serialize: false,
        deserialize: false,
        json_schema: false,
        clone: false,
        shareable: false,
    };

    /// Returns the row of a parameter of a tool, a prompt or a completion.
    pub const fn in_call(self) -> u8 {
        match (self.dependency, self.deserialize, self.json_schema) {
            (true, _, _) => row::INJECTED,
            (false, true, true) => row::ARGUMENT,
            (false, true, false) => row::NO_SCHEMA,
            (false, false, true) => row::NOT_DECODABLE,
            (false, false, false) if self.scope => row::SCOPE_ELSEWHERE,
            (false, false, false) => row::NEITHER,
        }
    }

    /// Returns the row of a parameter of a resource. `has_value` is true if a URI variable has the
    /// parameter's name, or if the parameter has a default.
    pub const fn in_resource(self, has_value: bool) -> u8 {
        match (self.in_call(), has_value) {
            (row::INJECTED, true) => row::INJECTED_IN_URI,
            (row::ARGUMENT, false) => row::NOT_IN_URI,
            (row, _) => row,
        }
    }

    /// Returns the row of a parameter of a task.
    ///
    /// The arguments of a task are stored in a queue, so their types must implement `Serialize` and
    /// `Deserialize`. Clients do not see them, so they need no schema. The request has ended when the
    /// task runs, so request-scoped dependencies are refused.
    pub const fn in_task(self) -> u8 {
        match (
            self.dependency,
            self.request_scoped,
            self.serialize,
            self.deserialize,
        ) {
            (true, true, _, _) => row::REQUEST_SCOPED,
            (true, false, _, _) => row::INJECTED,
            (false, _, true, true) => row::QUEUED,
            (false, _, false, true) => row::NOT_ENCODABLE,
            (false, _, true, false) => row::NOT_READABLE,
            (false, _, false, false) if self.scope => row::SCOPE_ELSEWHERE,
            (false, _, false, false) => row::NEITHER_IN_TASK,
        }
    }

    /// Returns the row of a parameter of a provider. `shared` is true if the provider has the option
    /// `shared`.
    pub const fn in_provider(self, shared: bool) -> u8 {
        let short_lived = self.request_scoped || self.execution_scoped;
        match (self.scope, self.dependency, short_lived && shared) {
            (true, _, _) => row::SCOPE,
            (false, true, true) => row::SHORT_LIVED,
            (false, true, false) => row::INJECTED,
            (false, false, _) => row::NOT_INJECTED,
        }
    }

    /// Returns the row of a provider's parameter with `#[argument]`. `by_value` is true if it takes the value,
    /// not a reference.
    pub const fn in_argument(self, by_value: bool) -> u8 {
        match self.in_call() {
            row::INJECTED => row::INJECTED_ARGUMENT,
            row::ARGUMENT if !self.shareable => row::NOT_SHAREABLE,
            row::ARGUMENT if by_value && !self.clone => row::NOT_CLONE,
            row => row,
        }
    }

    /// Returns the row of `&self`, whose type is `State<Self>`.
    pub const fn in_receiver(self) -> u8 {
        if self.dependency {
            row::INJECTED
        } else {
            row::NOT_SHAREABLE
        }
    }
}

/// One use of a provider: `#[depends(f)]` on a parameter.
#[doc(hidden)]
#[derive(Debug, Clone, Copy)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is the independent answer of one probe, or of the macro"
)]
pub struct ProviderUse {
    /// `f` is a provider.
    pub is_provider: bool,
    /// `f` is a shared provider.
    pub is_shared: bool,
    /// The parameter belongs to a shared provider.
    pub in_shared: bool,
    /// `f` provides the parameter's type.
    pub same_type: bool,
    /// The parameter takes the value, not a reference.
    pub by_value: bool,
    /// The parameter's type is `Clone`.
    pub is_clone: bool,
}

impl ProviderUse {
    /// Returns the row of the path `f`.
    pub const fn path_row(self) -> u8 {
        match (self.is_provider, self.is_shared, self.in_shared) {
            (false, _, _) => row::NOT_A_PROVIDER,
            (true, false, true) => row::SHORT_LIVED_PROVIDER,
            (true, _, _) => row::INJECTED,
        }
    }

    /// Returns the row of the parameter's type.
    pub const fn type_row(self) -> u8 {
        match (
            self.is_provider,
            self.same_type,
            self.by_value,
            self.is_clone,
        ) {
            (false, _, _, _) => row::UNKNOWN,
            (true, false, _, _) => row::OTHER_TYPE,
            (true, true, false, _) => row::BORROWED,
            (true, true, true, true) => row::CLONED,
            (true, true, true, false) => row::NOT_CLONE,
        }
    }
}

/// Returns true if the caller passes the parameter's value.
#[doc(hidden)]
pub const fn is_argument(row: u8) -> bool {
    matches!(row, row::ARGUMENT | row::QUEUED)
}

/// Returns true if the server provides the parameter's value.
#[doc(hidden)]
pub const fn is_injected(row: u8) -> bool {
    row == row::INJECTED
}

/// Returns true if the parameter is the `Scope` of a provider.
#[doc(hidden)]
pub const fn is_scope(row: u8) -> bool {
    row == row::SCOPE
}

/// Returns true if no row is refused. If one is, the expansion checks nothing else about the
/// handler's types, so that the refused row is the only error.
#[doc(hidden)]
pub const fn are_accepted(rows: &[u8]) -> bool {
    match rows {
        [] => true,
        [row, rest @ ..] => *row <= row::LAST_ACCEPTED && are_accepted(rest),
    }
}

#[cfg(test)]
mod tests;
