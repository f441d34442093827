//! [`ProviderArguments`]: the arguments that the providers of a handler take from its calls.

use std::fmt;
use std::sync::OnceLock;

use serde_json::Value;

use crate::call::argument_agreement::{Difference, against_handler, against_provider, type_name};
use crate::call::argument_error::ArgumentError;
use crate::call::call_argument::{CallArgument, Decoding, TakenArguments, needed};
use crate::call::decode;
use crate::call::decode::Reading;
use crate::call::decode_argument::{Argument, Encoding, decode_argument};
use crate::call::inject::injector::Injector;
use crate::call::inject::need::{Need, Requirement};
use crate::call::inject::needs::Needs;
use crate::call::inject::overrides::Overrides;
use crate::call::parameter_entry::{ParameterEntry, ParameterKind};

/// The arguments that the providers of a handler take, directly or through other providers.
#[derive(Default)]
pub(crate) struct ProviderArguments {
    /// The arguments that the handler has too.
    pub(crate) declared: Vec<Declared>,
    /// The arguments that only providers take, each name once.
    pub(crate) owned: Vec<&'static CallArgument>,
    /// The declarations that do not agree.
    pub(crate) conflicts: Vec<Conflict>,
}

/// An argument that a handler and its providers take.
pub(crate) struct Declared {
    pub(crate) parameter: &'static ParameterEntry,
    pub(crate) argument: &'static CallArgument,
}

/// A provider whose argument cannot be taken from the calls of a handler.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Conflict {
    /// The parameter of the handler through which the provider is used.
    pub(crate) parameter: &'static str,
    pub(crate) type_name: &'static str,
    /// The chain of providers, the problem and the fix.
    pub(crate) problem: String,
    /// `true` if only the options differ. They apply to clients, so a task may leave them out.
    pub(crate) is_of_options: bool,
}

/// An argument, and how the handler reaches its provider.
struct Taken {
    through: &'static ParameterEntry,
    argument: &'static CallArgument,
    requirement: Requirement,
}

impl ProviderArguments {
    /// Collects the arguments of the providers of a handler with these parameters. Overrides of providers do not
    /// change them, so that clients see the same schema in a test.
    pub(crate) fn of(parameters: &'static [ParameterEntry]) -> Self {
        let mut all = Self::default();
        for taken in taken(parameters) {
            let argument = taken.argument;
            let declared = parameters.iter().find(|it| it.name == argument.name());
            let difference = match declared {
                Some(parameter) => {
                    let difference = against_handler(parameter, argument);
                    let is_new = all
                        .declared
                        .iter()
                        .all(|it| it.parameter.name != parameter.name);
                    if is_new && difference.as_ref().is_none_or(|it| it.is_of_options) {
                        all.declared.push(Declared {
                            parameter,
                            argument,
                        });
                    }
                    difference
                }
                None => all.add_owned(argument),
            };
            if let Some(difference) = difference {
                all.conflicts.push(taken.conflict(&difference));
            }
        }
        all
    }

    /// Adds an argument that the handler does not have. Returns why another provider's declaration prevents it.
    fn add_owned(&mut self, argument: &'static CallArgument) -> Option<Difference> {
        let name = argument.name();
        let Some(other) = self.owned.iter_mut().find(|it| it.name() == name) else {
            self.owned.push(argument);
            return None;
        };
        let difference = against_provider(other, argument);
        if difference.is_none() && other.entry.description.is_none() {
            *other = argument;
        }
        difference
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.declared.is_empty() && self.owned.is_empty()
    }
}

/// Returns the conflicts of the providers of a handler that has no other arguments than its own parameters.
pub(crate) fn undeclared(handler: &str, parameters: &'static [ParameterEntry]) -> Vec<Conflict> {
    let is_declared = |name: &str| parameters.iter().any(|it| it.name == name);
    let mut undeclared: Vec<Taken> = taken(parameters);
    undeclared.retain(|it| !is_declared(it.argument.name()));
    let conflicts = undeclared.iter().map(|taken| {
        let name = taken.argument.name();
        let ty = type_name(&taken.argument.entry);
        taken.conflict(&Difference::new(format!(
            "argument `{name}` is not a parameter of the {handler}, and its callers pass nothing else: add the \
             parameter `{name}: {ty}` to the {handler}"
        )))
    });
    conflicts.collect()
}

/// Returns all parameters of a handler: its own, and the arguments that only its providers take.
pub(crate) fn with_owned(parameters: &'static [ParameterEntry]) -> Vec<&'static ParameterEntry> {
    let owned = ProviderArguments::of(parameters).owned;
    let owned = owned.into_iter().map(|it| &it.entry);
    parameters.iter().chain(owned).collect()
}

fn taken(parameters: &'static [ParameterEntry]) -> Vec<Taken> {
    let mut all: Vec<Taken> = Vec::new();
    for through in parameters {
        let ParameterKind::Injected { needs, .. } = through.kind else {
            continue;
        };
        for requirement in Needs::collect(needs, &Overrides::default()) {
            let Need::Argument(argument) = requirement.need else {
                continue;
            };
            let Some(argument) = needed(argument) else {
                continue;
            };
            // Another parameter may use the same provider.
            if all.iter().all(|it| !std::ptr::eq(it.argument, argument)) {
                all.push(Taken {
                    through,
                    argument,
                    requirement,
                });
            }
        }
    }
    all
}

impl Taken {
    fn conflict(&self, difference: &Difference) -> Conflict {
        Conflict {
            parameter: self.through.name,
            type_name: (self.through.type_name)(),
            problem: format!("{}{}", self.requirement.chain(), difference.text),
            is_of_options: difference.is_of_options,
        }
    }
}

/// The arguments of a handler's providers, collected on the first call.
#[doc(hidden)]
pub struct LazyProviderArguments {
    parameters: &'static [ParameterEntry],
    arguments: OnceLock<ProviderArguments>,
}

impl LazyProviderArguments {
    /// Creates the arguments of the providers of a handler with these parameters.
    pub const fn new(parameters: &'static [ParameterEntry]) -> Self {
        Self {
            parameters,
            arguments: OnceLock::new(),
        }
    }

    pub(crate) fn get(&self) -> &ProviderArguments {
        self.arguments
            .get_or_init(|| ProviderArguments::of(self.parameters))
    }
}

/// The values that a call keeps for its providers.
#[doc(hidden)]
pub struct ForProviders {
    pub(crate) arguments: &'static ProviderArguments,
    /// The values of the declared arguments.
    pub(crate) kept: Vec<Option<Value>>,
}

/// The decoded arguments for the providers of one call.
#[derive(Default)]
pub(crate) struct DecodedArguments(TakenArguments);

impl DecodedArguments {
    /// Adds an argument that the handler has too. Its errors are added if the parameter of the handler has none: a
    /// provider of a task may have limits that the task does not have.
    pub(crate) fn add_declared(
        &mut self,
        declared: &Declared,
        value: Option<Value>,
        encoding: Encoding,
        errors: &mut Vec<ArgumentError>,
    ) {
        let Declared {
            parameter,
            argument,
        } = *declared;
        let mut value = value;
        let mut own = Vec::new();
        let decoded = (argument.decode)(Decoding(&mut |target: &mut dyn Argument| {
            match (value.take(), parameter.default) {
                // Only the default of the function counts, and it is written as JSON.
                (None, Some(default)) => {
                    let _ = decode::decode(target, default(), Reading::strict(None));
                }
                (value, _) => decode_argument(encoding, value, target, &argument.entry, &mut own),
            }
        }));
        self.0.0.extend(decoded.map(|it| (argument.name(), it)));
        let name = argument.name();
        if !errors.iter().any(|error| error.name() == name) {
            errors.extend(own);
        }
    }

    /// Adds an argument that only providers take.
    pub(crate) fn add_owned(
        &mut self,
        argument: &CallArgument,
        value: Option<Value>,
        encoding: Encoding,
        errors: &mut Vec<ArgumentError>,
    ) {
        let mut value = value;
        let decoded = (argument.decode)(Decoding(&mut |target: &mut dyn Argument| {
            decode_argument(encoding, value.take(), target, &argument.entry, errors);
        }));
        self.0.0.extend(decoded.map(|it| (argument.name(), it)));
    }

    /// Makes the arguments available to the providers of the call.
    pub(crate) fn provide(self, injector: &Injector) {
        self.0.provide(injector);
    }
}

impl fmt::Debug for ForProviders {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("ForProviders")
            .field(&self.kept.len())
            .finish()
    }
}
