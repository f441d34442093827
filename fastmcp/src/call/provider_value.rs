//! How a provider passes its value on: by returning it, or through its `Scope`.

use std::marker::PhantomData;

use crate::call::inject::injector::Injector;
use crate::call::inject::provider_ref::ProviderRef;
use crate::call::inject::scope::{Scope, Slot};

/// A provider that returns its value, of type `T`.
#[doc(hidden)]
pub struct Returned<T>(PhantomData<T>);

/// A provider that passes a `T` to its scope. `Next` is how it passes any other value; to be
/// accepted it must return nothing.
#[doc(hidden)]
pub struct Scoped<T, Next>(PhantomData<(T, Next)>);

/// Adds one parameter to how a provider passes its value on. Only a `Scope` makes a difference.
#[doc(hidden)]
pub trait Provides<const IS_SCOPE: bool, Next> {
    /// How the value is passed on, with this parameter.
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

/// A provider that passes its value on in one way only. `Name` is spelled like the provider.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "provider `{Name}` passes its value to `Scope::provide`, so it must return `()` or `Result<()>`, and take only one `Scope`",
    label = "this value would be lost"
)]
pub trait ProvidesOnce<Name> {
    /// Evaluated for its bounds.
    const CHECK: () = ();
}

#[diagnostic::do_not_recommend]
impl<T, Name> ProvidesOnce<Name> for Returned<T> {}

#[diagnostic::do_not_recommend]
impl<T, Name> ProvidesOnce<Name> for Scoped<T, Returned<()>> {}

/// A value that handlers on several threads can share. `Name` is spelled like the provider.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "provider `{Name}`: a `{Self}` cannot be shared between threads",
    label = "not `Send`, `Sync` and `'static`",
    note = "handlers share a provider's value: use `Arc` instead of `Rc`, and `Mutex` instead of `RefCell`"
)]
pub trait CanBeProvided<Name> {
    /// Evaluated for its bounds.
    const CHECK: () = ();
}

#[diagnostic::do_not_recommend]
impl<T: Send + Sync + 'static, Name> CanBeProvided<Name> for T {}

/// Passes on what a provider's function returned.
///
/// Every form has an implementation, also those that [`CanBeProvided`] and [`ProvidesOnce`] refuse:
/// otherwise one mistake would be two errors.
#[doc(hidden)]
pub trait Finished<const SHAREABLE: bool> {
    /// The type that it provides.
    type Value;
    /// The type that its function returns.
    type Returned;
    /// Stores what was returned in the injector's slot, if that is the provided value.
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
