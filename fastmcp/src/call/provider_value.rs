//! The two ways in which a provider passes its value on: it returns the value, or passes it to its `Scope`.

use std::marker::PhantomData;

use crate::call::inject::injector::Injector;
use crate::call::inject::provider_ref::ProviderRef;
use crate::call::inject::scope::{Scope, Slot};
use crate::call::probe::{Probe, probes};
use crate::call::refused::refused;

/// A provider that returns its value, of type `T`.
#[doc(hidden)]
pub struct Returned<T>(PhantomData<T>);

/// A provider that passes a `T` to its scope. `Next` describes the rest: further scopes, and the return
/// value. Only `Scoped<T, Returned<()>>` is accepted.
#[doc(hidden)]
pub struct Scoped<T, Next>(PhantomData<(T, Next)>);

/// Adds one parameter to the description of how a provider passes its value on. Only a `Scope` changes
/// the description.
#[doc(hidden)]
pub trait Provides<const IS_SCOPE: bool, Next> {
    /// The description with this parameter.
    type Given;
}

#[diagnostic::do_not_recommend]
impl<T, Next> Provides<false, Next> for T {
    type Given = Next;
}

#[diagnostic::do_not_recommend]
impl<T, Next> Provides<true, Next> for Scope<T> {
    type Given = Scoped<T, Next>;
}

refused! {
    /// A provider that passes its value on in one way only.
    ProvidesOnce<>,
    message = "provider `{Self}` passes its value to `Scope::provide`, so it must return `()` or `Result<()>`, and take only one `Scope`",
    label = "this value would be lost"
}

probes! {
    /// The probe of [`ProvidesOnce`].
    #[doc(hidden)]
    pub trait ProvidesFallback;

    /// The provider returns its value.
    PROVIDES_ONCE: [T] Returned<T> = true;
}

#[allow(missing_docs, reason = "documented in `ProvidesFallback`")]
impl<T> Probe<Scoped<T, Returned<()>>> {
    pub const PROVIDES_ONCE: bool = true;
}

refused! {
    /// A value that handlers on several threads can share.
    CanBeProvided<T>,
    message = "provider `{Self}`: a `{T}` cannot be shared between threads",
    label = "not `Send`, `Sync` and `'static`",
    note = "handlers share a provider's value: use `Arc` instead of `Rc`, and `Mutex` instead of `RefCell`"
}

/// Handles the return value of a provider's function.
///
/// Forms that [`CanBeProvided`] or [`ProvidesOnce`] refuses have an implementation too; without it, one
/// mistake would cause two errors.
#[doc(hidden)]
pub trait Finished<const SHAREABLE: bool> {
    /// The type of the provided value.
    type Value;
    /// The type that the function returns on success.
    type Returned;
    /// Puts the returned value into the injector's slot, unless the provider has passed its value to a
    /// `Scope`.
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
            slot.put(ProviderRef::new(returned));
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
