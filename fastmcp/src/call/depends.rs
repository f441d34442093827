//! What `#[depends(f)]` on a parameter may name, by type.
//!
//! Two tables, for two places where a mistake can be: the path, and the parameter's type.
//!
//! | row | `f` is a provider | it is shared | it is asked for by a shared provider | |
//! |---|---|---|---|---|
//! | 0 | yes | any | no | |
//! | 0 | yes | yes | yes | |
//! | 1 | no | | any | refused: not a provider |
//! | 2 | yes | no | yes | refused: lives shorter |
//!
//! | row | `f` is a provider | of this type | the parameter is | which is `Clone` | |
//! |---|---|---|---|---|---|
//! | 0 | yes | yes | a value | yes | a clone |
//! | 1 | yes | yes | a reference | any | lent |
//! | 2 | yes | no | any | any | refused: another type |
//! | 3 | yes | yes | a value | no | refused: cannot be handed out |
//! | 4 | no | | any | any | nothing: the first table has refused it |

use std::marker::PhantomData;

use crate::call::classify::Source;
use crate::call::inject::provider::{Provider, provided};
use crate::call::inject::provider_ref::ProviderRef;

/// What `#[depends(f)]` names where `f` is a function and no provider.
#[doc(hidden)]
pub struct NotAProvider;

/// Carries the type that is asked whether it is a provider, or `Clone`.
#[doc(hidden)]
pub struct ProviderProbe<T: ?Sized>(PhantomData<T>);

/// The answers for types that lack the bound; see [`probe`](crate::parameter::probe).
#[doc(hidden)]
pub trait ProviderFallback {
    /// `T: Provider`.
    const PROVIDER: bool = false;
    /// `T` is a shared provider.
    const SHARED: bool = false;
    /// `T: Clone`.
    const CLONES: bool = false;
}

impl<T: ?Sized> ProviderFallback for ProviderProbe<T> {}

#[allow(missing_docs, reason = "documented in `ProviderFallback`")]
impl<T: Provider> ProviderProbe<T> {
    pub const PROVIDER: bool = true;
    pub const SHARED: bool = T::ENTRY.shared;
}

#[allow(missing_docs, reason = "documented in `ProviderFallback`")]
impl<T: Clone> ProviderProbe<T> {
    pub const CLONES: bool = true;
}

/// Carries two types that are asked whether they are one.
#[doc(hidden)]
pub struct SameProbe<A, B>(PhantomData<(A, B)>);

/// The answer for two.
#[doc(hidden)]
pub trait SameFallback {
    /// Both types are one.
    const SAME: bool = false;
}

impl<A, B> SameFallback for SameProbe<A, B> {}

#[allow(missing_docs, reason = "documented in `SameFallback`")]
impl<T> SameProbe<T, T> {
    pub const SAME: bool = true;
}

/// The row in the first [table](self).
#[doc(hidden)]
pub const fn is_provider_row(is_provider: bool, is_shared: bool, of_shared: bool) -> u8 {
    match (is_provider, is_shared, of_shared) {
        (false, _, _) => 1,
        (true, false, true) => 2,
        (true, _, _) => 0,
    }
}

/// The row in the second [table](self).
#[doc(hidden)]
#[expect(
    clippy::fn_params_excessive_bools,
    reason = "they are the answers of three probes, and of the macro"
)]
pub const fn depends_row(is_provider: bool, same: bool, by_value: bool, clones: bool) -> u8 {
    match (is_provider, same, by_value, clones) {
        (false, _, _, _) => 4,
        (true, false, _, _) => 2,
        (true, true, false, _) => 1,
        (true, true, true, true) => 0,
        (true, true, true, false) => 3,
    }
}

/// What a provider provides; of what is no provider, nothing.
#[doc(hidden)]
pub trait ValueOf<const IS_PROVIDER: bool> {
    /// The type.
    type Value;
}

impl<P: Provider> ValueOf<true> for P {
    type Value = P::Value;
}

impl<P> ValueOf<false> for P {
    type Value = NotAProvider;
}

/// Selects, by row of the first [table](self), whether a path may be named. `Function` is spelled
/// like the end of the path, and `Parameter` like the parameter.
#[doc(hidden)]
#[diagnostic::on_unimplemented(message = "this is not a provider")]
pub trait IsProvider<const ROW: u8, Function, Parameter> {
    /// Evaluated for its bounds.
    const CHECK: ();
}

#[diagnostic::do_not_recommend]
impl<P: Provider, Function, Parameter> IsProvider<0, Function, Parameter> for P {
    const CHECK: () = ();
}

/// A function that `#[dependency]` stands on.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "parameter `{Parameter}`: `{Self}` is not a provider: put `#[dependency]` on it",
    label = "not a provider"
)]
pub trait HasAttribute<Parameter> {
    /// Never evaluated: nothing has this bound.
    const CHECK: ();
}

impl<P, Function: HasAttribute<Parameter>, Parameter> IsProvider<1, Function, Parameter> for P {
    const CHECK: () = Function::CHECK;
}

/// A provider that lives as long as the server.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "parameter `{Parameter}`: a shared provider outlives the call, and `{Self}` provides for one call only",
    label = "provides for one call",
    note = "make it `#[dependency(shared)]` too, or take `shared` away from the provider that asks for it"
)]
pub trait LivesAsLong<Parameter> {
    /// Never evaluated: nothing has this bound.
    const CHECK: ();
}

impl<P, Function: LivesAsLong<Parameter>, Parameter> IsProvider<2, Function, Parameter> for P {
    const CHECK: () = Function::CHECK;
}

/// Selects, by row of the second [table](self), how a parameter is filled. `Filled` is the type or
/// what lends it; `Value` is what the provider provides; `Name` is spelled like the parameter.
#[doc(hidden)]
#[diagnostic::on_unimplemented(message = "this parameter cannot have what the provider provides")]
pub trait Depends<const ROW: u8, P, Value, Filled, Name>: Sized {
    /// Where the values come from.
    const SOURCE: Source<Filled>;
}

#[diagnostic::do_not_recommend]
impl<T, P, Name> Depends<0, P, T, T, Name> for T
where
    T: Clone + Send + Sync + 'static,
    P: Provider<Value = T>,
{
    const SOURCE: Source<T> = Source::Injected {
        needs: |needs| needs.on::<P>(),
        resolve: |injector| Box::pin(async move { Ok(T::clone(&*provided::<P>(injector).await?)) }),
    };
}

#[diagnostic::do_not_recommend]
impl<T, P, Name> Depends<1, P, T, ProviderRef<T>, Name> for T
where
    T: Send + Sync + 'static,
    P: Provider<Value = T>,
{
    const SOURCE: Source<ProviderRef<T>> = Source::Injected {
        needs: |needs| needs.on::<P>(),
        resolve: |injector| Box::pin(provided::<P>(injector)),
    };
}

#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "parameter `{Self}`: `{P}` provides a `{Value}`, not a `{T}`",
    label = "the provider gives a `{Value}`"
)]
pub trait GivesTheType<T, P, Value, Filled> {
    /// Never evaluated: nothing has this bound.
    const SOURCE: Source<Filled>;
}

impl<T, P, Value, Filled, Name> Depends<2, P, Value, Filled, Name> for T
where
    Name: GivesTheType<T, P, Value, Filled>,
{
    const SOURCE: Source<Filled> = Name::SOURCE;
}

#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "parameter `{Self}`: all that depend on `{P}` share one `{T}`, which is not `Clone`",
    label = "cannot be handed out by value",
    note = "take `&{T}`, which lends it; or derive `Clone` for `{T}`",
    note = "a task, which takes nothing by reference, takes an `Arc<{T}>` from a provider that returns one"
)]
pub trait CanBeCloned<T, P, Filled> {
    /// Never evaluated: nothing has this bound.
    const SOURCE: Source<Filled>;
}

impl<T, P, Value, Filled, Name> Depends<3, P, Value, Filled, Name> for T
where
    Name: CanBeCloned<T, P, Filled>,
{
    const SOURCE: Source<Filled> = Name::SOURCE;
}

#[diagnostic::do_not_recommend]
impl<T, P, Value, Filled: 'static, Name> Depends<4, P, Value, Filled, Name> for T {
    const SOURCE: Source<Filled> = Source::Injected {
        needs: |_| {},
        resolve: |_| Box::pin(std::future::pending()),
    };
}
