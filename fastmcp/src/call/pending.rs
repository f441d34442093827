//! [`Pending`]: the value of one parameter, while a call collects the values of all parameters.

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use futures_util::future::BoxFuture;

use crate::call::argument_error::{ArgumentError, ArgumentErrors};
use crate::call::error::CallError;
use crate::call::inject::injector::Injector;
use crate::call::parameter_entry::ParameterEntry;
use crate::call::source::Source;

/// The value of one parameter: first the decoded argument, if it is one, then the resolved dependency.
#[doc(hidden)]
pub struct Pending<'a, T: 'static> {
    value: Option<T>,
    source: &'static Source<T>,
    parameter: &'static ParameterEntry,
    resolving: Option<BoxFuture<'a, crate::error::Result<T>>>,
}

/// A [`Pending`] without its type. A call resolves all of its parameters with one future, because each
/// `.await` in an expansion is code that every handler of a program compiles again.
#[doc(hidden)]
pub type AnyPending<'a, 's> = &'s mut (dyn PollResolve<'a> + Send);

/// Resolves a dependency.
#[doc(hidden)]
pub trait PollResolve<'a> {
    /// Resolves the value, unless it has been decoded.
    fn poll_resolve(
        &mut self,
        injector: &'a Injector,
        context: &mut Context<'_>,
    ) -> Poll<Result<(), CallError>>;
}

impl<T> Pending<'_, T> {
    /// Creates the value of a parameter that is not decoded.
    pub const fn new(source: &'static Source<T>, parameter: &'static ParameterEntry) -> Self {
        Self {
            value: None,
            source,
            parameter,
            resolving: None,
        }
    }

    pub(crate) fn value_mut(&mut self) -> &mut Option<T> {
        &mut self.value
    }

    /// Returns the value. It is missing only before [`Resolve`] has ended.
    pub fn take(self) -> Result<T, CallError> {
        match self.value {
            Some(value) => Ok(value),
            None => Err(missing(self.parameter)),
        }
    }
}

fn missing(parameter: &ParameterEntry) -> CallError {
    let name = parameter.name.to_owned();
    ArgumentErrors(vec![ArgumentError::Missing { name }]).into()
}

fn failed(parameter: &ParameterEntry, cause: crate::error::Error) -> CallError {
    CallError::Dependency {
        parameter: parameter.name,
        type_name: (parameter.type_name)(),
        cause,
    }
}

impl<'a, T: 'static> PollResolve<'a> for Pending<'a, T> {
    fn poll_resolve(
        &mut self,
        injector: &'a Injector,
        context: &mut Context<'_>,
    ) -> Poll<Result<(), CallError>> {
        let Source::Injected {
            resolve,
            resolve_now,
            ..
        } = self.source
        else {
            return Poll::Ready(Ok(()));
        };
        let resolved = match self.resolving.as_mut() {
            None => resolve_now(injector),
            Some(_) => None,
        };
        let resolved = match resolved {
            Some(resolved) => resolved,
            None => {
                let resolving = self.resolving.get_or_insert_with(|| resolve(injector));
                let resolved = ready!(resolving.as_mut().poll(context));
                self.resolving = None;
                resolved
            }
        };
        Poll::Ready(match resolved {
            Ok(value) => {
                self.value = Some(value);
                Ok(())
            }
            Err(cause) => Err(failed(self.parameter, cause)),
        })
    }
}

/// Resolves the dependencies of a handler, one after the other.
#[doc(hidden)]
#[must_use = "dependencies are resolved when this is awaited"]
pub struct Resolve<'a, 's> {
    injector: &'a Injector,
    parameters: &'s mut [AnyPending<'a, 's>],
    resolved: usize,
}

impl<'a, 's> Resolve<'a, 's> {
    pub(crate) fn new(injector: &'a Injector, parameters: &'s mut [AnyPending<'a, 's>]) -> Self {
        Self {
            injector,
            parameters,
            resolved: 0,
        }
    }
}

// Not an async block: its code would be compiled in every program, and this function is compiled here.
impl Future for Resolve<'_, '_> {
    type Output = Result<(), CallError>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let this = &mut *self;
        while let Some(parameter) = this.parameters.get_mut(this.resolved) {
            ready!(parameter.poll_resolve(this.injector, context))?;
            this.resolved += 1;
        }
        Poll::Ready(Ok(()))
    }
}
