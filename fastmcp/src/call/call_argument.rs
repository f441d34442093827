//! [`CallArgument`]: an argument of the call that a provider takes, with `#[argument]`.

use std::any::{Any, TypeId};

use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::call::classify::row;
use crate::call::decode_argument::{Argument, ArgumentTarget};
use crate::call::inject::injector::Injector;
use crate::call::inject::need::{AnyArgument, Need};
use crate::call::inject::needs::Needs;
use crate::call::inject::provided_value::NewValue;
use crate::call::inject::provider_entry::ProviderEntry;
use crate::call::inject::provider_ref::{AnyProviderRef, ProviderRef};
use crate::call::parameter_entry::ParameterEntry;
use crate::call::source::Source;
use crate::registration::Location;

/// The registration of a provider's parameter with `#[argument]`.
#[doc(hidden)]
pub struct CallArgument {
    /// The parameter, as an argument.
    pub entry: ParameterEntry,
    /// The name of the provider.
    pub provider: &'static str,
    /// The location of the provider.
    pub location: Location,
    /// The type, by which the value is found again.
    pub type_id: fn() -> TypeId,
    /// Decodes the value for all providers of a call.
    pub decode: fn(Decoding<'_>) -> Option<Decoded>,
}

/// A decoded argument. Its type is erased.
#[doc(hidden)]
pub struct Decoded(pub(crate) AnyProviderRef);

/// The function that decodes an argument into its place.
#[doc(hidden)]
pub struct Decoding<'a>(pub(crate) &'a mut dyn FnMut(&mut dyn Argument));

impl CallArgument {
    /// Returns the name in the protocol.
    pub(crate) fn name(&self) -> &'static str {
        self.entry.name
    }

    /// Returns whether the value of `other` has the same type.
    pub(crate) fn has_type_of(&self, other: &Self) -> bool {
        (self.type_id)() == (other.type_id)()
    }
}

impl Needs {
    /// Adds an argument of the call.
    pub fn argument(&mut self, argument: &'static CallArgument) {
        self.add(Need::Argument(AnyArgument(argument)));
    }
}

/// Returns the argument that a provider needs.
pub(crate) fn needed(argument: AnyArgument) -> Option<&'static CallArgument> {
    (argument.0 as &dyn Any).downcast_ref()
}

/// Selects, by row, how a provider takes an argument of the call. `Filled` is the parameter's type, or the
/// [`ProviderRef`] that it borrows from.
#[doc(hidden)]
#[diagnostic::on_unimplemented(message = "this parameter cannot take an argument of the call")]
pub trait TakenFromCall<const ROW: u8, Filled>: Sized {
    /// Decodes the value for all providers of a call.
    fn decode(source: &'static Source<Self>, decoding: Decoding<'_>) -> Option<Decoded>;

    /// Returns the value for one provider.
    fn take(injector: &Injector, argument: &CallArgument) -> crate::error::Result<Filled>;
}

#[diagnostic::do_not_recommend]
impl<T> TakenFromCall<{ row::ARGUMENT }, T> for T
where
    T: DeserializeOwned + Clone + Send + Sync + 'static,
{
    fn decode(source: &'static Source<T>, decoding: Decoding<'_>) -> Option<Decoded> {
        decode(source, decoding)
    }

    fn take(injector: &Injector, argument: &CallArgument) -> crate::error::Result<T> {
        Ok(T::clone(&*find::<T>(injector, argument)?))
    }
}

#[diagnostic::do_not_recommend]
impl<T> TakenFromCall<{ row::ARGUMENT }, ProviderRef<T>> for T
where
    T: DeserializeOwned + Send + Sync + 'static,
{
    fn decode(source: &'static Source<T>, decoding: Decoding<'_>) -> Option<Decoded> {
        decode(source, decoding)
    }

    fn take(injector: &Injector, argument: &CallArgument) -> crate::error::Result<ProviderRef<T>> {
        find(injector, argument)
    }
}

/// Declares the functions of refused rows. Without them, a refused parameter would cause two errors.
macro_rules! refused_rows {
    ($($row:ident)*) => {$(
        #[diagnostic::do_not_recommend]
        impl<T, Filled> TakenFromCall<{ row::$row }, Filled> for T {
            fn decode(_: &'static Source<Self>, _: Decoding<'_>) -> Option<Decoded> {
                None
            }

            fn take(_: &Injector, argument: &CallArgument) -> crate::error::Result<Filled> {
                Err(missing(argument))
            }
        }
    )*};
}

refused_rows!(NO_SCHEMA NOT_DECODABLE NEITHER SCOPE_ELSEWHERE INJECTED_ARGUMENT NOT_CLONE NOT_SHAREABLE);

fn decode<T: Send + Sync + 'static>(
    source: &'static Source<T>,
    decoding: Decoding<'_>,
) -> Option<Decoded> {
    let Source::Argument { read, absent, .. } = source else {
        return None;
    };
    let mut value = None;
    (decoding.0)(&mut ArgumentTarget {
        value: &mut value,
        read: *read,
        absent: *absent,
    });
    Some(Decoded(Box::new(ProviderRef::new(value?))))
}

/// The decoded arguments that the providers of a call take, by name. They are the first value of the call's
/// scope, so that calls without such arguments have no place for them.
#[derive(Default)]
pub(crate) struct TakenArguments(pub(crate) Vec<(&'static str, Decoded)>);

/// The registration under which the scope of a call keeps the arguments.
static ENTRY: ProviderEntry = ProviderEntry {
    name: "arguments",
    location: Location::new(file!(), line!(), module_path!()),
    shared: false,
    needs: |_| {},
};

impl TakenArguments {
    /// Makes the arguments available to the providers of the call.
    pub(crate) fn provide(self, injector: &Injector) {
        let value = NewValue {
            value: ProviderRef::new(self),
            teardown: None,
        };
        let scope = injector.scope();
        scope.add(value.erase(TypeId::of::<Self>(), &ENTRY));
    }
}

fn find<T: 'static>(
    injector: &Injector,
    argument: &CallArgument,
) -> crate::error::Result<ProviderRef<T>> {
    let scope = injector.scope();
    let taken = scope.get::<TakenArguments>(TypeId::of::<TakenArguments>());
    let value = taken.as_ref().and_then(|taken| {
        let mut named = taken.0.iter().filter(|(name, _)| *name == argument.name());
        named.next()?.1.0.downcast_ref::<ProviderRef<T>>()
    });
    value.cloned().ok_or_else(|| missing(argument))
}

/// Start-up checks refuse handlers without the argument.
fn missing(argument: &CallArgument) -> crate::error::Error {
    let name = argument.name();
    crate::error::Error::msg(format!("the call has no argument `{name}`"))
}

/// The parts of a declaration that must agree wherever an argument is declared.
#[derive(PartialEq)]
pub(crate) struct Options {
    default: Option<Value>,
    limits: Map<String, Value>,
}

impl Options {
    pub(crate) fn of(parameter: &ParameterEntry) -> Self {
        // The names of the limits depend on the type.
        let root = parameter.schema().map(|it| it.root.clone());
        let mut limits = match root {
            Some(Value::Object(schema)) => schema,
            _ => Map::new(),
        };
        if let Some(constraints) = parameter.constraints {
            constraints.describe(&mut limits);
        }
        Self {
            default: parameter.default.map(|default| default()),
            limits,
        }
    }
}

/// Returns whether a parameter sets a default or limits.
pub(crate) fn has_options(parameter: &ParameterEntry) -> bool {
    parameter.default.is_some() || parameter.constraints.is_some()
}
