//! The arguments of one call: decodes all of them before any dependency is resolved.
//!
//! The two steps are separate so that all invalid arguments are reported together, and so that no
//! dependency is resolved for a call that fails anyway.

use std::sync::Arc;

use serde_json::{Map, Value};

use crate::call::argument_error::{ArgumentError, ArgumentErrors};
use crate::call::call_argument::CallArgument;
use crate::call::decode_argument::{ArgumentTarget, Encoding, decode_argument};
use crate::call::error::CallError;
use crate::call::host_arguments;
use crate::call::inject::injector::Injector;
use crate::call::inject::running::RunningHandler;
use crate::call::inject::teardown::CallGuard;
use crate::call::named_values::NamedValues;
use crate::call::parameter_entry::ParameterEntry;
use crate::call::pending::{AnyPending, Pending, Resolve};
use crate::call::provider_arguments::{DecodedArguments, ForProviders, LazyProviderArguments};
use crate::call::source::Source;
use crate::context::answer_log::AnswerLog;

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
            let value = self.arguments.remove(parameter.name);
            decode_argument(
                self.encoding,
                value,
                &mut target,
                parameter,
                &mut self.errors,
            );
        }
        pending
    }

    /// Returns the error with all missing, invalid and unknown arguments, if there is one. The
    /// dependencies are resolved afterwards.
    pub fn check_arguments(
        &mut self,
        parameters: &'static [ParameterEntry],
    ) -> Result<(), CallError> {
        self.check_all(parameters, &[])
    }

    /// Keeps the values of the arguments that both the handler and its providers take. They are decoded for each
    /// of the two, because a parameter may take a type that is not `Clone` by value.
    pub fn for_providers(&self, arguments: &'static LazyProviderArguments) -> ForProviders {
        let arguments = arguments.get();
        let declared = arguments.declared.iter();
        ForProviders {
            arguments,
            kept: declared
                .map(|it| self.arguments.get(it.argument.name()).cloned())
                .collect(),
        }
    }

    /// Decodes the arguments that the providers of the handler take, and makes them available to the providers.
    /// Returns the error of [`check_arguments`](Self::check_arguments).
    pub fn check_arguments_with(
        &mut self,
        parameters: &'static [ParameterEntry],
        for_providers: ForProviders,
    ) -> Result<(), CallError> {
        let ForProviders { arguments, kept } = for_providers;
        if arguments.is_empty() {
            return self.check_all(parameters, &[]);
        }
        let encoding = self.encoding;
        let mut decoded = DecodedArguments::default();
        for (declared, value) in arguments.declared.iter().zip(kept) {
            decoded.add_declared(declared, value, encoding, &mut self.errors);
        }
        for argument in &arguments.owned {
            let value = self.arguments.remove(argument.name());
            decoded.add_owned(argument, value, encoding, &mut self.errors);
        }
        self.check_all(parameters, &arguments.owned)?;
        decoded.provide(&self.injector);
        Ok(())
    }

    /// `owned` are the arguments that only providers take.
    fn check_all(
        &mut self,
        parameters: &'static [ParameterEntry],
        owned: &[&'static CallArgument],
    ) -> Result<(), CallError> {
        // The argument of each parameter has been removed. The remaining ones are unknown.
        for name in std::mem::take(&mut self.arguments).into_names() {
            let error = unknown(name, parameters, owned);
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

fn unknown(
    name: String,
    parameters: &'static [ParameterEntry],
    owned: &[&'static CallArgument],
) -> ArgumentError {
    let mut injected = parameters.iter().filter(|it| !it.is_argument());
    if injected.any(|parameter| parameter.name == name) {
        return ArgumentError::Injected { name };
    }
    let arguments = parameters.iter().filter(|it| it.is_argument());
    let names = arguments.map(|parameter| parameter.name);
    let names = names.chain(owned.iter().map(|it| it.name()));
    let nearest = crate::text::nearest(&name, names);
    ArgumentError::Unknown { name, nearest }
}
