//! The arguments of one call: decodes all of them before any dependency is resolved.
//!
//! The two steps are separate so that all invalid arguments are reported together, and so that no
//! dependency is resolved for a call that fails anyway.

use std::sync::Arc;

use serde_json::{Map, Value};

use crate::call::argument_error::{ArgumentError, ArgumentErrors};
use crate::call::decode;
use crate::call::error::CallError;
use crate::call::inject::injector::Injector;
use crate::call::inject::running::RunningHandler;
use crate::call::inject::teardown::CallGuard;
use crate::call::json::Leniency;
use crate::call::parameter_entry::ParameterEntry;
use crate::call::source::Source;
use crate::context::answer_log::AnswerLog;

/// The encoding of the argument values of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Encoding {
    /// JSON, for tools and tasks.
    Json,
    /// JSON in which numbers and bools may be strings, for lenient tools.
    Lenient,
    /// Text, for URI variables, prompts and completions.
    Text,
}

/// One call of a handler. The expansion takes the arguments from it, and then the injector.
#[doc(hidden)]
pub struct Call {
    arguments: Map<String, Value>,
    encoding: Encoding,
    injector: Injector,
    errors: Vec<ArgumentError>,
    /// Ends the call when all arguments are decoded.
    only_checks: bool,
}

impl Call {
    pub(crate) fn new(
        arguments: Map<String, Value>,
        encoding: Encoding,
        injector: Injector,
    ) -> Self {
        Self {
            arguments,
            encoding,
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

    /// Returns the guard that tears down the providers of this call.
    pub(crate) fn guard(&self) -> CallGuard {
        self.injector.guard()
    }

    /// Registers the handler as running.
    pub(crate) fn running(&self, name: &'static str) -> RunningHandler {
        self.injector.running(name)
    }

    /// Returns the answer log that drives this call, if there is one.
    pub(crate) fn answer_log(&self) -> Option<Arc<AnswerLog>> {
        self.injector.context()?.answer_log().cloned()
    }

    /// Decodes the argument of one parameter. Returns `None` for injected parameters, and for
    /// invalid arguments, which [`into_injector`](Self::into_injector) reports.
    pub fn argument<T>(&mut self, source: &Source<T>, parameter: &ParameterEntry) -> Option<T> {
        let Source::Argument { decode, absent, .. } = source else {
            return None;
        };
        let name = parameter.name;
        let Some(value) = self.arguments.remove(name) else {
            let value = absent();
            if value.is_none() {
                self.errors.push(ArgumentError::Missing {
                    name: name.to_owned(),
                });
            }
            return value;
        };
        let constraints = parameter.constraints.map(|constraints| &**constraints);
        let check =
            |value: &Value| constraints.map_or(Ok(()), |constraints| constraints.check(value));
        let decoded = match (self.encoding, value) {
            (Encoding::Text, Value::String(text)) => decode::decode_text(*decode, text, check),
            (Encoding::Lenient, value) => {
                let value = match constraints {
                    Some(constraints) => constraints.lenient(value),
                    None => value,
                };
                decode::decode_checked(check(&value), || decode(value, Leniency::Lenient))
            }
            (_, value) => decode::decode_checked(check(&value), || decode(value, Leniency::Strict)),
        };
        decoded
            .map_err(|errors| {
                let errors = errors.into_iter().map(|error| ArgumentError::Invalid {
                    name: name.to_owned(),
                    error,
                });
                self.errors.extend(errors);
            })
            .ok()
    }

    /// Returns the injector for the second step, or the error with all missing, invalid and
    /// unknown arguments.
    pub fn into_injector(
        mut self,
        parameters: &'static [ParameterEntry],
    ) -> Result<Injector, CallError> {
        // `argument` has removed the argument of each parameter. The remaining ones are unknown.
        if self.errors.is_empty() && self.arguments.is_empty() && !self.only_checks {
            return Ok(self.injector);
        }
        for (name, _) in self.arguments {
            self.errors.push(unknown(name, parameters));
        }
        Err(ArgumentErrors(self.errors).into())
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
