//! What a parameter of a provider is, and what the provider provides, by type.
//!
//! | row | `Scope<T>` | `Dependency` | belongs to one call | the provider is shared | the parameter is |
//! |---|---|---|---|---|---|
//! | 0 | no | yes | no | any | injected |
//! | 0 | no | yes | yes | no | injected |
//! | 1 | yes | | | any | the scope |
//! | 2 | no | yes | yes | yes | refused: lives shorter |
//! | 3 | no | no | | any | refused: nothing would give it a value |

use std::marker::PhantomData;

use crate::call::classify::{ParameterEntry, ParameterKind, Source};
use crate::call::inject::builtin::{Cancellation, TaskKey};
use crate::call::inject::dependency::{Dependency, RequestScoped};
use crate::call::inject::injector::Injector;
use crate::call::inject::needs::Needs;
use crate::call::inject::provided_ref::Lent;
use crate::call::inject::scope::{Scope, Slot};
use crate::call::take::CallError;
use crate::call::take::fill;
use crate::docket::current_execution::CurrentExecution;
use crate::docket::current_execution::handles::{NextRun, TimeLimit};
use crate::docket::progress::Progress;

/// Carries the type that is asked whether it belongs to one call, or is a scope.
#[doc(hidden)]
pub struct PerCallProbe<T: ?Sized>(PhantomData<T>);

/// The answers for types that lack the bound; see [`probe`](crate::parameter::probe).
#[doc(hidden)]
pub trait PerCallFallback {
    /// `T: RequestScoped`.
    const OF_REQUEST: bool = false;
    /// `T: ExecutionScoped`.
    const OF_EXECUTION: bool = false;
    /// `T` is a `Scope`.
    const SCOPE: bool = false;
    /// Several threads can share a `T`.
    const SHARABLE: bool = false;
}

impl<T: ?Sized> PerCallFallback for PerCallProbe<T> {}

#[allow(missing_docs, reason = "documented in `PerCallFallback`")]
impl<T: RequestScoped> PerCallProbe<T> {
    pub const OF_REQUEST: bool = true;
}

#[allow(missing_docs, reason = "documented in `PerCallFallback`")]
impl<T: ExecutionScoped> PerCallProbe<T> {
    pub const OF_EXECUTION: bool = true;
}

#[allow(missing_docs, reason = "documented in `PerCallFallback`")]
impl<T: Send + Sync + 'static> PerCallProbe<T> {
    pub const SHARABLE: bool = true;
}

#[allow(missing_docs, reason = "documented in `PerCallFallback`")]
impl<T> PerCallProbe<Scope<T>> {
    pub const SCOPE: bool = true;
}

/// Marks what belongs to one run of a task.
#[doc(hidden)]
pub trait ExecutionScoped {}

impl ExecutionScoped for Progress {}
impl ExecutionScoped for CurrentExecution {}
impl ExecutionScoped for TaskKey {}
impl ExecutionScoped for Cancellation {}
impl ExecutionScoped for TimeLimit {}
impl ExecutionScoped for NextRun {}
impl<D: ExecutionScoped> ExecutionScoped for Option<D> {}

/// The row in the [table](self).
#[doc(hidden)]
#[expect(
    clippy::fn_params_excessive_bools,
    reason = "they are the answers of three probes, and of the macro"
)]
pub const fn parameter_row(scope: bool, injected: bool, per_call: bool, shared: bool) -> u8 {
    match (scope, injected, per_call, shared) {
        (true, _, _, _) => 1,
        (false, false, _, _) => 3,
        (false, true, true, true) => 2,
        (false, true, _, _) => 0,
    }
}

/// Selects, by row, how a type serves as a parameter of a provider; see the [table](self).
#[doc(hidden)]
#[diagnostic::on_unimplemented(message = "this type cannot be a parameter of a provider")]
pub trait ProviderParameter<const ROW: u8, Name>: Sized {
    /// Where its values come from.
    const SOURCE: Source<Self>;
}

#[diagnostic::do_not_recommend]
impl<T: Dependency, Name> ProviderParameter<0, Name> for T {
    const SOURCE: Source<Self> = Source::Injected {
        needs: T::needs,
        resolve: |injector| Box::pin(T::resolve(injector)),
    };
}

#[diagnostic::do_not_recommend]
impl<T: Send + Sync + 'static, Name> ProviderParameter<1, Name> for Scope<T> {
    const SOURCE: Source<Self> = Source::Injected {
        needs: |_| {},
        resolve: |injector| Box::pin(std::future::ready(Scope::of(injector))),
    };
}

/// Declares a bound that nothing implements, whose text explains a refused row, and the
/// implementation of [`ProviderParameter`] for that row, which demands it.
macro_rules! refused {
    ($row:literal, $bound:ident, $message:literal, $label:literal, $($note:literal),+) => {
        #[doc(hidden)]
        #[diagnostic::on_unimplemented(message = $message, label = $label, $(note = $note),+)]
        pub trait $bound<T> {
            /// Never evaluated: no type has this bound.
            const SOURCE: Source<T>;
        }

        impl<T, Name: $bound<T>> ProviderParameter<$row, Name> for T {
            const SOURCE: Source<Self> = Name::SOURCE;
        }
    };
}

refused!(
    3,
    IsDependency,
    "parameter `{Self}` of a provider is an argument: a provider is called by the server, and nothing would give it a `{T}`",
    "not a dependency",
    "put `#[depends(f)]` on the parameter, where `f` is a provider of `{T}`",
    "or take it from the server's state with `State<{T}>`, or implement `fastmcp::dependencies::Dependency` for it"
);
refused!(
    2,
    LivesAsLong,
    "parameter `{Self}`: a shared provider lives as long as the server, and `{T}` belongs to one call",
    "belongs to one call",
    "take `shared` away from the provider, or give it what lives as long, such as a `State` or a `Docket`"
);

/// What a provider's function gives: its value, by returning it.
#[doc(hidden)]
pub struct Returned<T>(PhantomData<T>);

/// What a provider's function gives: its value, by its scope; and `Next`, which is to be nothing.
#[doc(hidden)]
pub struct Scoped<T, Next>(PhantomData<(T, Next)>);

/// Folds the parameters of a provider, by row, into how its value is given: what it returns, or,
/// if one of them is a scope, what it gives to that.
#[doc(hidden)]
pub trait Provides<const ROW: u8, Next> {
    /// The same, with this parameter.
    type Given;
}

/// Every row but the scope's.
macro_rules! not_a_scope {
    ($($row:literal)*) => {$(
        #[diagnostic::do_not_recommend]
        impl<T, Next> Provides<$row, Next> for T {
            type Given = Next;
        }
    )*};
}

not_a_scope!(0 2 3);

#[diagnostic::do_not_recommend]
impl<T, Next> Provides<1, Next> for Scope<T> {
    type Given = Scoped<T, Next>;
}

/// A provider's value that is given in one way. `Name` is spelled like the provider.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "provider `{Name}` gives its value to `Scope::provide`, so it returns `()` or `Result<()>`, and has one `Scope`",
    label = "would be lost"
)]
pub trait GivenOnce<Name> {
    /// Evaluated for its bounds.
    const CHECK: () = ();
}

#[diagnostic::do_not_recommend]
impl<T, Name> GivenOnce<Name> for Returned<T> {}

#[diagnostic::do_not_recommend]
impl<T, Name> GivenOnce<Name> for Scoped<T, Returned<()>> {}

/// What is done with what a provider's function returned. What is refused by [`CanBeProvided`] or
/// [`GivenOnce`] is not refused here again, so that it is one error.
#[doc(hidden)]
pub trait Finished<const SHARABLE: bool> {
    /// What it provides.
    type Value;
    /// What its function returns.
    type Returned;
    /// Puts what was returned where it belongs.
    fn finish(returned: Self::Returned, injector: &Injector);
}

impl<T> Finished<false> for Returned<T> {
    type Value = ();
    type Returned = T;

    fn finish(_: T, _: &Injector) {}
}

impl<T: Send + Sync + 'static> Finished<true> for Returned<T> {
    type Value = T;
    type Returned = T;

    fn finish(returned: T, injector: &Injector) {
        let slot = injector.slot().0;
        if let Some(slot) = slot.and_then(|slot| slot.downcast::<Slot<T>>().ok()) {
            slot.put(Lent::given(returned));
        }
    }
}

impl<T: Send + Sync + 'static, U> Finished<true> for Scoped<T, Returned<U>> {
    type Value = T;
    type Returned = U;

    fn finish(_: U, _: &Injector) {}
}

impl<T, U, Next> Finished<true> for Scoped<T, Scoped<U, Next>>
where
    T: Send + Sync + 'static,
    Scoped<U, Next>: Finished<true>,
{
    type Value = T;
    type Returned = <Scoped<U, Next> as Finished<true>>::Returned;

    fn finish(_: Self::Returned, _: &Injector) {}
}

/// A value that several calls, on several threads, can share. `Name` is spelled like the provider.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "provider `{Name}`: a `{Self}` cannot be shared between threads",
    label = "not `Send`, `Sync` and `'static`",
    note = "a provider's value is lent to all that depend on it: take an `Arc` for an `Rc`, a `Mutex` for a `RefCell`"
)]
pub trait CanBeProvided<Name> {
    /// Evaluated for its bounds.
    const CHECK: () = ();
}

#[diagnostic::do_not_recommend]
impl<T: Send + Sync + 'static, Name> CanBeProvided<Name> for T {}

/// Adds what a provider's parameters need.
#[doc(hidden)]
pub fn provider_needs(parameters: &'static [ParameterEntry], needs: &mut Needs) {
    for parameter in parameters {
        if let ParameterKind::Injected { needs: add } = parameter.kind {
            needs.of_parameter(parameter.name, add);
        }
    }
}

/// The value of a provider's parameter.
#[doc(hidden)]
pub async fn fill_provider<T>(
    injector: &Injector,
    source: &Source<T>,
    parameter: &'static ParameterEntry,
) -> crate::error::Result<T> {
    match fill(None, injector, source, parameter).await {
        Ok(value) => Ok(value),
        Err(CallError::Dependency {
            parameter, cause, ..
        }) => Err(cause.context(format!("parameter `{parameter}`"))),
        Err(other) => Err(other.into()),
    }
}
