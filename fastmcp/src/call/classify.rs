//! Decides, by type, what a parameter of a handler is: an argument that the client sends, or a
//! dependency that the server looks up.
//!
//! A macro sees only tokens, so it cannot know what `D` in `docket: D` stands for. Its expansion
//! therefore asks the compiler three questions of each parameter's type (see [`probe`]), folds the
//! answers into the number of a row of this table, and selects the implementation of
//! [`Parameter`] for that row:
//!
//! | row | `Dependency` | `Deserialize` | `JsonSchema` | the parameter is |
//! |---|---|---|---|---|
//! | 0 | yes | any | any | injected |
//! | 1 | no | yes | yes | an argument |
//! | 2 | no | yes | no | refused: no schema |
//! | 3 | no | no | yes | refused: cannot be decoded |
//! | 4 | no | no | no | refused: neither |
//!
//! Refused rows demand a bound that nothing implements. Its `on_unimplemented` text is the error
//! that the user reads, and `Name`, a unit struct spelled like the parameter, is how that text
//! comes to name the parameter.

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::call::inject::dependency::Dependency;
use crate::call::inject::injector::Injector;
use crate::call::inject::needs::Needs;
use crate::call::inject::scope::Scope;
use futures_util::future::BoxFuture;

/// Folds the answers of the three probes into a row of the [table](self).
#[doc(hidden)]
pub const fn row(injected: bool, decodable: bool, described: bool) -> u8 {
    match (injected, decodable, described) {
        (true, _, _) => 0,
        (false, true, true) => 1,
        (false, true, false) => 2,
        (false, false, true) => 3,
        (false, false, false) => 4,
    }
}

/// The rows of a parameter of a `#[resource]`, which must be a URI variable or injected.
///
/// | row of the table | named in the URI | row here |
/// |---|---|---|
/// | 0 | no | 0 |
/// | 0 | yes | 5: refused, a client could not fill it |
/// | 1 | yes | 1 |
/// | 1 | no | 6: refused, nothing could fill it |
/// | 2, 3, 4 | any | the same |
#[doc(hidden)]
pub const fn uri_row(row: u8, named: bool) -> u8 {
    match (row, named) {
        (0, true) => 5,
        (1, false) => 6,
        _ => row,
    }
}

/// The row of `&self`: 0, or 7 where its type cannot be shared.
#[doc(hidden)]
pub const fn receiver_row(injected: bool) -> u8 {
    if injected { 0 } else { 7 }
}

/// Whether every row is one of a parameter that can be given a value. Where one is not, that is
/// the error; the expansion asks nothing more of its types.
#[doc(hidden)]
pub const fn is_sound(rows: &[u8]) -> bool {
    match rows {
        [] => true,
        [row, rest @ ..] => *row <= 1 && is_sound(rest),
    }
}

/// Where the values of one parameter come from.
#[doc(hidden)]
pub enum Source<T> {
    /// The client sends it.
    Argument {
        /// Its JSON Schema.
        schema: fn(&mut SchemaGenerator) -> Schema,
        /// Turns what the client sent into the value.
        decode: crate::call::decode::Decode<T>,
        /// The value when the client sends nothing, if there is one.
        absent: fn() -> Option<T>,
        /// Whether the client has to send it.
        required: fn() -> bool,
    },
    /// The server looks it up.
    Injected {
        /// Adds what the lookup needs of the server.
        needs: fn(&mut Needs),
        /// Looks the value up.
        resolve: Resolve<T>,
    },
}

/// How an injected value of type `T` is looked up.
#[doc(hidden)]
pub type Resolve<T> = for<'a> fn(&'a Injector) -> BoxFuture<'a, crate::error::Result<T>>;

impl<T> Source<T> {
    /// The same source, with a value for when the client sends nothing.
    #[must_use]
    pub const fn or(self, default: fn() -> Option<T>) -> Self {
        match self {
            Self::Argument { schema, decode, .. } => Self::Argument {
                schema,
                decode,
                absent: default,
                required: || false,
            },
            injected @ Self::Injected { .. } => injected,
        }
    }

    /// What start-up has to know of the parameter, without its type.
    pub const fn describe(
        &self,
        name: &'static str,
        description: Option<&'static str>,
        default: Option<fn() -> Value>,
    ) -> ParameterEntry {
        ParameterEntry {
            name,
            description,
            default,
            type_name: std::any::type_name::<T>,
            ask: None,
            rules: None,
            completion: None,
            kind: match self {
                Self::Argument {
                    schema, required, ..
                } => ParameterKind::Argument {
                    schema: *schema,
                    required: *required,
                },
                Self::Injected { needs, .. } => ParameterKind::Injected { needs: *needs },
            },
        }
    }
}

/// What a handler's parameter is registered with: everything about it but its type.
#[doc(hidden)]
pub struct ParameterEntry {
    /// The name on the wire.
    pub name: &'static str,
    /// What the argument means, from its doc comment.
    pub description: Option<&'static str>,
    /// The default as the schema shows it.
    pub default: Option<fn() -> Value>,
    /// The name of the type, for messages.
    pub type_name: fn() -> &'static str,
    /// What proposes values for it: a completion's entry, which only `component` knows the type
    /// of.
    pub completion: Option<&'static (dyn std::any::Any + Send + Sync)>,
    /// What the user is asked when the client sends no value.
    pub ask: Option<&'static str>,
    /// The limits that `#[arg(…)]` sets.
    pub rules: Option<&'static crate::call::constraints::LazyConstraints>,
    /// How it gets its value.
    pub kind: ParameterKind,
}

impl ParameterEntry {
    /// The same, of a parameter whose value lends a `T`.
    #[must_use]
    pub const fn lending<T>(mut self) -> Self {
        self.type_name = std::any::type_name::<T>;
        self
    }

    /// The same entry, with a completion.
    #[must_use]
    pub const fn completed(
        mut self,
        completion: &'static (dyn std::any::Any + Send + Sync),
    ) -> Self {
        self.completion = Some(completion);
        self
    }

    /// The same entry, asked for where it is missing.
    #[must_use]
    pub const fn asked(mut self, message: &'static str) -> Self {
        self.ask = Some(message);
        self
    }

    /// The same entry, with limits.
    #[must_use]
    pub const fn limited(
        mut self,
        rules: &'static crate::call::constraints::LazyConstraints,
    ) -> Self {
        self.rules = Some(rules);
        self
    }
}

/// [`Source`], with the type erased.
#[doc(hidden)]
pub enum ParameterKind {
    /// The client sends it.
    Argument {
        /// Its JSON Schema.
        schema: fn(&mut SchemaGenerator) -> Schema,
        /// Whether the client has to send it.
        required: fn() -> bool,
    },
    /// The server looks it up.
    Injected {
        /// Adds what the lookup needs of the server.
        needs: fn(&mut Needs),
    },
}

/// Selects, by row, how a type serves as a parameter; see the [table](self).
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "this type cannot be a parameter of a tool, a resource or a prompt",
    label = "not a parameter type"
)]
pub trait Parameter<const ROW: u8, Name>: Sized {
    /// Where its values come from.
    const SOURCE: Source<Self>;
}

#[diagnostic::do_not_recommend]
impl<T: Dependency, Name> Parameter<0, Name> for T {
    const SOURCE: Source<Self> = Source::Injected {
        needs: T::needs,
        resolve: |injector| Box::pin(T::resolve(injector)),
    };
}

#[diagnostic::do_not_recommend]
impl<T: DeserializeOwned + JsonSchema + Send, Name> Parameter<1, Name> for T {
    const SOURCE: Source<Self> = Source::Argument {
        schema: T::json_schema_in,
        decode: crate::call::decode::decode::<T>,
        absent: crate::call::decode::absent::<T>,
        required: || crate::call::decode::absent::<T>().is_none(),
    };
}

/// A subschema by way of the generator, so that recursive types become references.
trait SchemaIn {
    fn json_schema_in(generator: &mut SchemaGenerator) -> Schema;
}

impl<T: JsonSchema> SchemaIn for T {
    fn json_schema_in(generator: &mut SchemaGenerator) -> Schema {
        generator.subschema_for::<T>()
    }
}

/// Declares a bound that nothing implements, whose text explains a refused row, and the
/// implementation of [`Parameter`] for that row, which demands it.
macro_rules! refused {
    ($row:literal, $bound:ident, $message:literal, $label:literal, $($note:literal),+) => {
        #[doc(hidden)]
        #[diagnostic::on_unimplemented(message = $message, label = $label, $(note = $note),+)]
        pub trait $bound<T> {
            /// Never evaluated: no type has this bound.
            const SOURCE: Source<T>;
        }

        impl<T, Name: $bound<T>> Parameter<$row, Name> for T {
            const SOURCE: Source<Self> = Name::SOURCE;
        }
    };
}

refused!(
    2,
    HasSchema,
    "parameter `{Self}`: `{T}` has no JSON schema, so a client cannot be told what to send",
    "no JSON schema",
    "put `#[fastmcp::data]` on `{T}`, or derive `schemars::JsonSchema` for it",
    "or, if the server should provide it, implement `fastmcp::dependencies::Dependency` for it"
);
refused!(
    3,
    CanBeDecoded,
    "parameter `{Self}`: `{T}` cannot be decoded from what a client sends",
    "does not implement `Deserialize`",
    "put `#[fastmcp::data]` on `{T}`, or derive `serde::Deserialize` for it",
    "or, if the server should provide it, implement `fastmcp::dependencies::Dependency` for it"
);
refused!(
    4,
    IsArgumentOrDependency,
    "parameter `{Self}`: `{T}` is neither an argument nor a dependency",
    "a client cannot send it and the server cannot provide it",
    "for an argument, put `#[fastmcp::data]` on `{T}`, or derive `serde::Deserialize` and `schemars::JsonSchema` for it",
    "for a value that the server provides, name its provider with `#[depends(f)]`, take it from the server's state with `State<{T}>`, or implement `fastmcp::dependencies::Dependency` for it"
);
/// A `Scope`, which is a provider's alone.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "parameter `{Self}`: a `Scope` belongs to a provider, which gives its value to it",
    label = "only a `#[dependency]` has a scope",
    note = "move what has to be cleaned up into a `#[dependency]` that takes the `Scope<{T}>`, and take its value with `#[depends(…)]`"
)]
pub trait IsOfAProvider<T> {
    /// Never evaluated: no type has this bound.
    const SOURCE: Source<Scope<T>>;
}

impl<T, Name: IsOfAProvider<T>> IsArgumentOrDependency<Scope<T>> for Name {
    const SOURCE: Source<Scope<T>> = Name::SOURCE;
}

refused!(
    5,
    IsArgument,
    "URI variable `{Self}` names an injected parameter: the server provides a `{T}`, a client cannot",
    "injected, so it cannot be part of the URI",
    "take `{{{Self}}}` out of the URI, or give the parameter another name"
);
refused!(
    6,
    IsInUri,
    "parameter `{Self}` is not in the URI, so nothing would give it a value",
    "no URI variable has this name",
    "write `{{{Self}}}` where it stands in the URI, or remove the parameter"
);
refused!(
    7,
    CanBeShared,
    "`&self` cannot be shared: calls run on several threads, and `{T}` needs a type that is `Send` and `Sync`",
    "not `Send` and `Sync`",
    "put what changes into a `Mutex`, an `RwLock` or an atomic, and share with `Arc` in the place of `Rc`"
);
