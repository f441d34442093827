//! Resolves a parameter to its decoded argument or to the value that the server provides.

use crate::call::argument_error::{ArgumentError, ArgumentErrors};
use crate::call::error::CallError;
use crate::call::inject::injector::Injector;
use crate::call::inject::needs::Needs;
use crate::call::parameter_entry::{ParameterEntry, ParameterKind};
use crate::call::source::Source;

/// Returns the value of a parameter: `argument`, or the value that the server provides.
#[doc(hidden)]
pub async fn resolve<T>(
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

/// Returns the value of a provider's parameter. The error names the parameter; the caller adds the name
/// of the provider.
#[doc(hidden)]
pub async fn resolve_in_provider<T>(
    injector: &Injector,
    source: &Source<T>,
    parameter: &'static ParameterEntry,
) -> crate::error::Result<T> {
    match resolve(None, injector, source, parameter).await {
        Ok(value) => Ok(value),
        Err(CallError::Dependency {
            parameter, cause, ..
        }) => Err(cause.context(format!("parameter `{parameter}`"))),
        Err(other) => Err(other.into()),
    }
}

/// Adds the requirements of a provider's parameters on the server.
#[doc(hidden)]
pub fn provider_needs(parameters: &'static [ParameterEntry], needs: &mut Needs) {
    for parameter in parameters {
        if let ParameterKind::Injected { needs: add } = parameter.kind {
            needs.of_parameter(parameter.name, add);
        }
    }
}
