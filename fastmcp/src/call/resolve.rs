//! Resolves the parameters of a provider.

use crate::call::error::CallError;
use crate::call::inject::injector::Injector;
use crate::call::inject::needs::Needs;
use crate::call::parameter_entry::{ParameterEntry, ParameterKind};
use crate::call::pending::{AnyPending, Resolve};

/// Returns the future that resolves the parameters of a provider, in this order. The caller converts its
/// error with [`provider_error`].
#[doc(hidden)]
pub fn resolve_in_provider<'a, 's>(
    injector: &'a Injector,
    parameters: &'s mut [AnyPending<'a, 's>],
) -> Resolve<'a, 's> {
    Resolve::new(injector, parameters)
}

/// Returns the error of a provider's parameter. It names the parameter; the caller adds the name of the
/// provider.
#[doc(hidden)]
pub fn provider_error(error: CallError) -> crate::error::Error {
    match error {
        CallError::Dependency {
            parameter, cause, ..
        } => cause.context(format!("parameter `{parameter}`")),
        other => other.into(),
    }
}

/// Adds the requirements of a provider's parameters on the server.
#[doc(hidden)]
pub fn provider_needs(parameters: &'static [ParameterEntry], needs: &mut Needs) {
    for parameter in parameters {
        if let ParameterKind::Injected { needs: add, .. } = parameter.kind {
            needs.of_parameter(parameter.name, add);
        }
    }
}
