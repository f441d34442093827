//! The arguments of one call: decodes all of them before any dependency is resolved.
//!
//! The two steps are separate so that all invalid arguments are reported together, and so that no
//! dependency is resolved for a call that fails anyway.

use std::sync::Arc;

use serde_json::{Map, Value};

use crate::call::argument_error::{ArgumentError, ArgumentErrors};
use crate::call::argument_schema::reread::is_empty;
use crate::call::decode;
use crate::call::decode::{Reading, Target};
use crate::call::error::CallError;
use crate::call::fault::Fault;
use crate::call::host_arguments;
use crate::call::inject::injector::Injector;
use crate::call::inject::running::RunningHandler;
use crate::call::inject::teardown::CallGuard;
use crate::call::json::{Json, Leniency};
use crate::call::named_values::NamedValues;
use crate::call::parameter_entry::ParameterEntry;
use crate::call::pending::{AnyPending, Pending, Resolve};
use crate::call::source::{Read, Source};
use crate::context::answer_log::AnswerLog;

/// The encoding of the argument values of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Encoding {
    /// JSON: tasks, and strict tools.
    Json,
    /// JSON in which an integer of 64 bits may be text: strict tools that list such integers as text.
    JsonWithTextIntegers,
    /// JSON that may be text where the type takes no text: tools.
    Lenient,
    /// Text, for URI variables, prompts and completions.
    Text,
}

/// What happens to arguments that have no parameter. A value for an injected parameter is always
/// refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum UnknownArguments {
    /// They are errors.
    Refuse,
    /// They are errors, except those that [hosts add](host_arguments).
    IgnoreOfHosts,
    /// They are ignored.
    Ignore,
}

/// One call of a handler, as its expansion sees it.
#[doc(hidden)]
pub struct Call {
    arguments: NamedValues,
    encoding: Encoding,
    unknown: UnknownArguments,
    injector: Injector,
    errors: Vec<ArgumentError>,
    /// Ends the call when all arguments are decoded.
    only_checks: bool,
}

impl Call {
    pub(crate) fn new(
        arguments: impl Into<NamedValues>,
        encoding: Encoding,
        injector: Injector,
    ) -> Self {
        Self {
            arguments: arguments.into(),
            encoding,
            unknown: UnknownArguments::Refuse,
            injector,
            errors: Vec::new(),
            only_checks: false,
        }
    }

    /// Creates a call that ends before its dependencies are resolved, with the error of its
    /// arguments. The error is empty if they are valid. The check and the call run the same code, so
    /// they agree.
    pub(crate) fn check(
        arguments: Map<String, Value>,
        encoding: Encoding,
        injector: Injector,
    ) -> Self {
        Self {
            only_checks: true,
            ..Self::new(arguments, encoding, injector)
        }
    }

    /// Sets what happens to arguments that have no parameter.
    pub(crate) fn with_unknown(mut self, unknown: UnknownArguments) -> Self {
        self.unknown = unknown;
        self
    }

    /// The guard that tears this call's providers down.
    pub(crate) fn guard(&self) -> CallGuard {
        self.injector.guard()
    }

    /// Registers the handler as running.
    pub(crate) fn running(&self, name: &'static str) -> RunningHandler {
        self.injector.running(name)
    }

    /// Returns the answer log that drives this call, if there is one.
    pub(crate) fn answer_log(&self) -> Option<Arc<AnswerLog>> {
        self.injector.given_context()?.answer_log().cloned()
    }

    /// Decodes the argument of one parameter. An invalid argument is reported by [`check_arguments`](Self::check_arguments).
    pub fn argument<'a, T: 'static>(
        &mut self,
        source: &'static Source<T>,
        parameter: &'static ParameterEntry,
    ) -> Pending<'a, T> {
        let mut pending = Pending::new(source, parameter);
        if let Source::Argument { read, absent, .. } = source {
            let mut target = ArgumentTarget {
                value: pending.value_mut(),
                read: *read,
                absent: *absent,
            };
            self.decode(&mut target, parameter);
        }
        pending
    }

    fn decode(&mut self, target: &mut dyn Argument, parameter: &'static ParameterEntry) {
        let name = parameter.name;
        let Some(value) = self.arguments.remove(name) else {
            if !target.set_absent() {
                self.errors.push(ArgumentError::Missing {
                    name: name.to_owned(),
                });
            }
            return;
        };
        let constraints = parameter.constraints.map(|constraints| &**constraints);
        let decoded = match (self.encoding, value) {
            (Encoding::Text, Value::String(text)) => decode::decode_text(target, text, constraints),
            (Encoding::Text, value) => decode::decode(target, value, Reading::strict(constraints)),
            (encoding, value) => {
                let schema = parameter.schema();
                let is_lenient = encoding == Encoding::Lenient;
                // Strict forms list an optional argument as nullable, and send `null` for none.
                if is_lenient
                    && is_empty(&value)
                    && schema.is_some_and(|schema| !schema.takes(&value))
                    && target.set_absent()
                {
                    return;
                }
                let leniency = if is_lenient {
                    Leniency::Lenient
                } else {
                    Leniency::Strict
                };
                let reading = Reading {
                    leniency,
                    text_integers: encoding == Encoding::JsonWithTextIntegers,
                    schema,
                    constraints,
                };
                decode::decode(target, value, reading)
            }
        };
        if let Err(errors) = decoded {
            let errors = errors.into_iter().map(|error| ArgumentError::Invalid {
                name: name.to_owned(),
                error,
            });
            self.errors.extend(errors);
            target.clear();
        }
    }

    /// Returns the error with all missing, invalid and unknown arguments, if there is one. The
    /// dependencies are resolved afterwards.
    pub fn check_arguments(
        &mut self,
        parameters: &'static [ParameterEntry],
    ) -> Result<(), CallError> {
        // `argument` has removed the argument of each parameter. The remaining ones are unknown.
        for name in std::mem::take(&mut self.arguments).into_names() {
            let error = unknown(name, parameters);
            if !self.unknown.ignores(&error) {
                self.errors.push(error);
            }
        }
        // A check ends here: its injector would run the body.
        if self.errors.is_empty() && !self.only_checks {
            return Ok(());
        }
        Err(ArgumentErrors(std::mem::take(&mut self.errors)).into())
    }

    /// Returns the future that resolves the dependencies among `parameters`, in this order.
    pub fn resolve<'a, 's>(&'a self, parameters: &'s mut [AnyPending<'a, 's>]) -> Resolve<'a, 's> {
        Resolve::new(&self.injector, parameters)
    }
}

/// An argument's place, and its value if the client sends none.
trait Argument: Target {
    /// Stores the value of an omitted argument. Returns false if the argument is required.
    fn set_absent(&mut self) -> bool;

    /// Removes the stored value.
    fn clear(&mut self);
}

struct ArgumentTarget<'a, T> {
    value: &'a mut Option<T>,
    read: Read<T>,
    absent: fn() -> Option<T>,
}

impl<T> Target for ArgumentTarget<'_, T> {
    fn read(&mut self, json: Json<'_>) -> Result<(), Fault> {
        (self.read)(self.value, json)
    }
}

impl<T> Argument for ArgumentTarget<'_, T> {
    fn set_absent(&mut self) -> bool {
        *self.value = (self.absent)();
        self.value.is_some()
    }

    fn clear(&mut self) {
        *self.value = None;
    }
}

impl UnknownArguments {
    fn ignores(self, error: &ArgumentError) -> bool {
        let ArgumentError::Unknown { name, .. } = error else {
            return false;
        };
        match self {
            Self::Refuse => false,
            Self::IgnoreOfHosts => host_arguments::is_added_by_host(name),
            Self::Ignore => true,
        }
    }
}

fn unknown(name: String, parameters: &'static [ParameterEntry]) -> ArgumentError {
    let mut injected = parameters.iter().filter(|it| !it.is_argument());
    if injected.any(|parameter| parameter.name == name) {
        return ArgumentError::Injected { name };
    }
    let arguments = parameters.iter().filter(|it| it.is_argument());
    let nearest = crate::text::nearest(&name, arguments.map(|parameter| parameter.name));
    ArgumentError::Unknown { name, nearest }
}
