//! The source of a parameter's values: an argument to decode, or a dependency to resolve.

use futures_util::future::BoxFuture;
use schemars::{Schema, SchemaGenerator};
use serde_json::Value;

use crate::call::argument_schema::LazyArgumentSchema;
use crate::call::decode::Decode;
use crate::call::inject::injector::Injector;
use crate::call::inject::needs::Needs;
use crate::call::parameter_entry::{ParameterEntry, ParameterKind};

/// The source of one parameter's values.
#[doc(hidden)]
pub enum Source<T> {
    /// The caller passes the value.
    Argument {
        /// Its JSON Schema.
        schema: fn(&mut SchemaGenerator) -> Schema,
        /// Decodes what the caller passed.
        decode: Decode<T>,
        /// The value if the caller passes nothing; `None` if there is none.
        absent: fn() -> Option<T>,
        /// Returns true if the caller must pass it.
        required: fn() -> bool,
    },
    /// The server looks the value up.
    Injected {
        /// Adds what the lookup needs of the server.
        needs: fn(&mut Needs),
        /// Looks the value up.
        resolve: Resolve<T>,
    },
}

/// Looks up an injected value of type `T`.
#[doc(hidden)]
pub type Resolve<T> = for<'a> fn(&'a Injector) -> BoxFuture<'a, crate::error::Result<T>>;

impl<T> Source<T> {
    /// The same source, with a value for when the caller passes nothing.
    #[must_use]
    pub const fn with_default(self, default: fn() -> Option<T>) -> Self {
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

    /// The entry of the parameter `name`, which describes it without its type.
    pub const fn entry(
        &self,
        name: &'static str,
        description: Option<&'static str>,
        default: Option<fn() -> Value>,
    ) -> ParameterEntry {
        let kind = match self {
            Self::Argument {
                schema, required, ..
            } => ParameterKind::Argument {
                schema: *schema,
                required: *required,
            },
            Self::Injected { needs, .. } => ParameterKind::Injected { needs: *needs },
        };
        ParameterEntry {
            name,
            description,
            default,
            type_name: std::any::type_name::<T>,
            ask: None,
            constraints: None,
            completion: None,
            checked_schema: LazyArgumentSchema::new(),
            kind,
        }
    }
}
