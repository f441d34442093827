//! [`Source`]: the source of a parameter's values, an argument or a dependency.

use futures_util::future::BoxFuture;
use schemars::{Schema, SchemaGenerator};
use serde_json::{Map, Value};

use crate::call::argument_schema::LazyArgumentSchema;
use crate::call::fault::Fault;
use crate::call::inject::injector::Injector;
use crate::call::inject::needs::Needs;
use crate::call::json::Json;
use crate::call::parameter_entry::{ParameterEntry, ParameterKind};

/// The source of one parameter's values.
#[doc(hidden)]
pub enum Source<T> {
    /// The caller passes the value.
    Argument {
        /// Its JSON Schema.
        schema: fn(&mut SchemaGenerator) -> Schema,
        /// Sorts the variants of enums in its schema into the order of their declaration.
        restore_order: fn(&mut Map<String, Value>),
        /// Decodes the passed value and stores it.
        read: Read<T>,
        /// Returns the value of an omitted argument, or `None` if the argument is required.
        absent: fn() -> Option<T>,
        /// Returns true if the caller must pass a value.
        required: fn() -> bool,
    },
    /// The server provides the value.
    Injected {
        /// Adds the requirements on the server.
        needs: fn(&mut Needs),
        /// `true` if the value may depend on the request.
        uses_request: bool,
        /// Returns the value for one call.
        resolve: Resolve<T>,
        /// Returns the value for one call if that needs no future.
        resolve_now: ResolveNow<T>,
    },
}

/// A function that decodes a value of type `T` and stores it.
#[doc(hidden)]
pub type Read<T> = fn(&mut Option<T>, Json<'_>) -> Result<(), Fault>;

/// A function that returns an injected value of type `T` for one call.
#[doc(hidden)]
pub type Resolve<T> = for<'a> fn(&'a Injector) -> BoxFuture<'a, crate::error::Result<T>>;

/// A function that returns an injected value of type `T` for one call, if that needs no future.
#[doc(hidden)]
pub type ResolveNow<T> = fn(&Injector) -> Option<crate::error::Result<T>>;

impl<T> Source<T> {
    /// The source of a refused parameter. It is never used, because the check of the parameter stops the
    /// compilation.
    pub(crate) const REFUSED: Self = Self::Argument {
        schema: |_| Schema::default(),
        restore_order: |_| {},
        read: |_, _| Ok(()),
        absent: || None,
        required: || true,
    };

    /// Sets the value of an omitted argument.
    #[must_use]
    pub const fn with_default(self, default: fn() -> Option<T>) -> Self {
        match self {
            Self::Argument {
                schema,
                restore_order,
                read,
                ..
            } => Self::Argument {
                schema,
                restore_order,
                read,
                absent: default,
                required: || false,
            },
            injected @ Self::Injected { .. } => injected,
        }
    }

    /// Returns the entry of the parameter `name`.
    pub const fn entry(
        &self,
        name: &'static str,
        description: Option<&'static str>,
        default: Option<fn() -> Value>,
    ) -> ParameterEntry {
        let kind = match self {
            Self::Argument {
                schema,
                restore_order,
                required,
                ..
            } => ParameterKind::Argument {
                schema: *schema,
                restore_order: *restore_order,
                required: *required,
            },
            Self::Injected {
                needs,
                uses_request,
                ..
            } => ParameterKind::Injected {
                needs: *needs,
                uses_request: *uses_request,
            },
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

impl<T: 'static> Source<T> {
    /// Returns the source of a provider's parameter that takes an argument of the call.
    pub const fn taken_from_call(needs: fn(&mut Needs), resolve_now: ResolveNow<T>) -> Self {
        Self::Injected {
            needs,
            uses_request: true,
            // Never polled, because `resolve_now` always returns a value.
            resolve: |_| Box::pin(std::future::pending()),
            resolve_now,
        }
    }
}
