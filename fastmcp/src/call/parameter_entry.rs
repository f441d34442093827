//! A parameter as its handler registers it: everything but its type.

use std::any::Any;

use schemars::{Schema, SchemaGenerator};
use serde_json::Value;

use crate::call::argument_schema::{ArgumentSchema, LazyArgumentSchema};
use crate::call::constraints::LazyConstraints;
use crate::call::inject::needs::Needs;

/// A parameter as its handler registers it.
#[doc(hidden)]
pub struct ParameterEntry {
    /// The name on the wire.
    pub name: &'static str,
    /// The description of the argument, from its doc comment.
    pub description: Option<&'static str>,
    /// The default as the schema shows it.
    pub default: Option<fn() -> Value>,
    /// The name of the type, for messages.
    pub type_name: fn() -> &'static str,
    /// The completion that suggests its values. It is erased because its type belongs to
    /// `component`, a layer above this one.
    pub completion: Option<&'static (dyn Any + Send + Sync)>,
    /// The question for the user if the client sends no value.
    pub ask: Option<&'static str>,
    /// The limits from `#[arg(…)]`.
    pub constraints: Option<&'static LazyConstraints>,
    /// The schema that its values are checked against.
    pub checked_schema: LazyArgumentSchema,
    /// The way it gets its value.
    pub kind: ParameterKind,
}

impl ParameterEntry {
    /// The same entry, with the name of the type that the handler borrows.
    #[must_use]
    pub const fn borrowed<T>(mut self) -> Self {
        self.type_name = std::any::type_name::<T>;
        self
    }

    /// The same entry, with a completion.
    #[must_use]
    pub const fn with_completion(mut self, completion: &'static (dyn Any + Send + Sync)) -> Self {
        self.completion = Some(completion);
        self
    }

    /// The same entry, with a question for the user if the client sends no value.
    #[must_use]
    pub const fn with_question(mut self, message: &'static str) -> Self {
        self.ask = Some(message);
        self
    }

    /// The same entry, with limits.
    #[must_use]
    pub const fn with_constraints(mut self, constraints: &'static LazyConstraints) -> Self {
        self.constraints = Some(constraints);
        self
    }

    /// Returns the schema of its type, if it is an argument.
    pub(crate) fn schema(&self) -> Option<&ArgumentSchema> {
        match &self.kind {
            ParameterKind::Argument { schema, .. } => Some(self.checked_schema.get(*schema)),
            ParameterKind::Injected { .. } => None,
        }
    }

    /// Returns true if the caller passes its value.
    pub(crate) const fn is_argument(&self) -> bool {
        matches!(self.kind, ParameterKind::Argument { .. })
    }
}

/// The way a parameter gets its value.
#[doc(hidden)]
pub enum ParameterKind {
    /// The caller passes it.
    Argument {
        /// Its JSON Schema.
        schema: fn(&mut SchemaGenerator) -> Schema,
        /// Returns true if the caller must pass it.
        required: fn() -> bool,
    },
    /// The server looks it up.
    Injected {
        /// Adds what the lookup needs of the server.
        needs: fn(&mut Needs),
    },
}
