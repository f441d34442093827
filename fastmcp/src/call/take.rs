//! One call of a handler: takes the arguments apart, then looks the dependencies up.
//!
//! The two steps are apart so that a call with several bad arguments is told all of them, and so
//! that no dependency is looked up for a call that cannot be made.

use std::sync::Arc;

use serde_json::{Map, Value};

use crate::call::argument_error::{ArgumentError, ArgumentErrors};
use crate::call::classify::{ParameterEntry, ParameterKind, Source};
use crate::call::decode;
use crate::call::inject::injector::Injector;
use crate::call::inject::teardown::CallGuard;
use crate::call::json::Leniency;
use crate::context::answer_log::Journal;

/// Why a handler's body was not run, or why what it returned could not be sent.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CallError {
    /// The client's arguments do not fit.
    #[error(transparent)]
    Arguments(#[from] ArgumentErrors),
    /// A dependency could not be looked up.
    #[error("parameter `{parameter}` of type `{type_name}` could not be provided: {cause:#}")]
    Dependency {
        /// The parameter that asked for it.
        parameter: &'static str,
        /// Its type.
        type_name: &'static str,
        /// Why.
        cause: crate::error::Error,
    },
    /// The body returned an error.
    #[error("{0:#}")]
    Failed(crate::error::Error),
    /// The body returned a value that cannot be sent.
    #[error("what the handler returned cannot be sent: {0}")]
    Output(#[from] serde_json::Error),
}

/// How the values of arguments arrive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Encoding {
    /// As JSON: tools and tasks.
    Json,
    /// As JSON in which numbers and bools may be strings: lenient tools.
    Lenient,
    /// As text: URI variables and prompts.
    Text,
}

/// One call of a handler, as its expansion sees it.
#[doc(hidden)]
pub struct Call {
    arguments: Map<String, Value>,
    encoding: Encoding,
    injector: Injector,
    errors: Vec<ArgumentError>,
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
        }
    }

    /// What sees to the end of this call.
    pub(crate) fn guard(&self) -> CallGuard {
        self.injector.guard()
    }

    /// What its body is driven by, if it may ask the client.
    pub(crate) fn journal(&self) -> Option<Arc<Journal>> {
        self.injector.context()?.journal().cloned()
    }

    /// Decodes the argument of one parameter; `None` for injected ones, and for bad arguments,
    /// which [`check`](Self::check) then reports.
    pub fn take<T>(&mut self, source: &Source<T>, parameter: &ParameterEntry) -> Option<T> {
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
        let rules = parameter.rules.map(|rules| &**rules);
        let check = |value: &Value| rules.map_or(Ok(()), |rules| rules.check(value));
        let decoded = match (self.encoding, value) {
            (Encoding::Text, Value::String(text)) => decode::decode_text(*decode, text, check),
            (Encoding::Lenient, value) => {
                let value = match rules {
                    Some(rules) => rules.lenient(value),
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

    /// Refuses the call if any argument was bad or unknown.
    pub fn check(mut self, parameters: &'static [ParameterEntry]) -> Result<Injector, CallError> {
        if self.errors.is_empty() && self.arguments.is_empty() {
            return Ok(self.injector);
        }
        for (name, _) in self.arguments {
            self.errors.push(unknown(name, parameters));
        }
        Err(ArgumentErrors(self.errors).into())
    }
}

fn unknown(name: String, parameters: &'static [ParameterEntry]) -> ArgumentError {
    let is_injected = |parameter: &&ParameterEntry| {
        parameter.name == name && matches!(parameter.kind, ParameterKind::Injected { .. })
    };
    if parameters.iter().any(|parameter| is_injected(&parameter)) {
        return ArgumentError::Injected { name };
    }
    let arguments = parameters
        .iter()
        .filter(|parameter| matches!(parameter.kind, ParameterKind::Argument { .. }))
        .map(|parameter| parameter.name);
    let nearest = crate::text::nearest(&name, arguments);
    ArgumentError::Unknown { name, nearest }
}

/// The value of a parameter: the decoded argument, or else what the server provides.
#[doc(hidden)]
pub async fn fill<T>(
    argument: Option<T>,
    injector: &Injector,
    source: &Source<T>,
    parameter: &'static ParameterEntry,
) -> Result<T, CallError> {
    match (argument, source) {
        (Some(value), _) => Ok(value),
        (None, Source::Injected { resolve, .. }) => {
            resolve(injector)
                .await
                .map_err(|cause| CallError::Dependency {
                    parameter: parameter.name,
                    type_name: (parameter.type_name)(),
                    cause,
                })
        }
        (None, Source::Argument { .. }) => {
            let name = parameter.name.to_owned();
            Err(ArgumentErrors(vec![ArgumentError::Missing { name }]).into())
        }
    }
}
