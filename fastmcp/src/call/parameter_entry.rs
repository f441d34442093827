//! [`ParameterEntry`]: the registration of a parameter, without its type.

use std::any::Any;

use schemars::{Schema, SchemaGenerator};
use serde_json::{Map, Value};

use crate::call::argument_schema::{ArgumentSchema, LazyArgumentSchema};
use crate::call::constraints::LazyConstraints;
use crate::call::inject::needs::Needs;

/// The registration of a parameter.
#[doc(hidden)]
pub struct ParameterEntry {
    /// The name in the protocol or, for a task, in the queue.
    pub name: &'static str,
    /// The description of the argument, by default its doc comment.
    pub description: Option<&'static str>,
    /// The default value in JSON, for the schema.
    pub default: Option<fn() -> Value>,
    /// The name of the type, for messages.
    pub type_name: fn() -> &'static str,
    /// The completion that suggests values. Its type is erased, because it is defined in `component`, a
    /// level above this one.
    pub completion: Option<&'static (dyn Any + Send + Sync)>,
    /// The question for the user if the client sends no value.
    pub ask: Option<&'static str>,
    /// The limits from `#[arg(…)]`.
    pub constraints: Option<&'static LazyConstraints>,
    /// The schema that its values are checked against.
    pub checked_schema: LazyArgumentSchema,
    /// The source of its value.
    pub kind: ParameterKind,
}

impl ParameterEntry {
    /// Sets the name of the type that the handler borrows.
    #[must_use]
    pub const fn borrowed<T>(mut self) -> Self {
        self.type_name = std::any::type_name::<T>;
        self
    }

    /// Sets the completion.
    #[must_use]
    pub const fn with_completion(mut self, completion: &'static (dyn Any + Send + Sync)) -> Self {
        self.completion = Some(completion);
        self
    }

    /// Sets the question for the user if the client sends no value.
    #[must_use]
    pub const fn with_question(mut self, message: &'static str) -> Self {
        self.ask = Some(message);
        self
    }

    /// Sets the limits.
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

    /// Returns true if the caller passes the value.
    pub(crate) const fn is_argument(&self) -> bool {
        matches!(self.kind, ParameterKind::Argument { .. })
    }
}

/// The source of a parameter's value.
#[doc(hidden)]
pub enum ParameterKind {
    /// The caller passes the value.
    Argument {
        /// Its JSON Schema.
        schema: fn(&mut SchemaGenerator) -> Schema,
        /// Sorts the variants of enums in its schema into the order of their declaration.
        restore_order: fn(&mut Map<String, Value>),
        /// Returns true if the caller must pass a value.
        required: fn() -> bool,
    },
    /// The server provides the value.
    Injected {
        /// Adds the requirements on the server.
        needs: fn(&mut Needs),
        /// `true` if the value may depend on the request.
        uses_request: bool,
    },
}
