//! The implementations of `#[depends(f)]`: the rows of the [table](crate::call::classify) for the
//! path `f` and for the parameter's type.

use crate::call::classify::row;
use crate::call::inject::provider::{Provider, provided};
use crate::call::inject::provider_ref::ProviderRef;
use crate::call::refused::refused;
use crate::call::source::Source;

/// The type of the path in `#[depends(f)]` if `f` is a function, but not a provider.
#[doc(hidden)]
pub struct NotAProvider;

/// Selects the type of a provider's value. A type that is not a provider has a value type too, so that
/// the error of the path's row is the only one.
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

// The two refused rows of a path. `Self` has the name of the last segment of the path, and `Parameter`
// that of the parameter.
refused! {
    /// [`NOT_A_PROVIDER`](row::NOT_A_PROVIDER).
    HasAttribute<Parameter>,
    message = "parameter `{Parameter}`: `{Self}` is not a provider",
    label = "not a provider",
    note = "put `#[dependency]` on the function `{Self}`"
}

refused! {
    /// [`SHORT_LIVED_PROVIDER`](row::SHORT_LIVED_PROVIDER).
    IsShared<Parameter>,
    message = "parameter `{Parameter}`: a shared provider lives as long as the server, but the value of `{Self}` exists only during one call",
    label = "not a shared provider",
    note = "put `#[dependency(shared)]` on `{Self}` too, or remove `shared` from the provider that depends on it"
}

/// Selects, by the type's row, how the parameter gets the provider's value. `Filled` is the
/// parameter's type or the [`ProviderRef`] that it borrows from, and `Value` is the type of the
/// provider's value.
#[doc(hidden)]
#[diagnostic::on_unimplemented(message = "this parameter cannot take the provider's value")]
pub trait Depends<const ROW: u8, P, Value, Filled>: Sized {
    /// The source of its values.
    const SOURCE: Source<Filled>;
}

#[diagnostic::do_not_recommend]
impl<T, P> Depends<{ row::CLONED }, P, T, T> for T
where
    T: Clone + Send + Sync + 'static,
    P: Provider<Value = T>,
{
    const SOURCE: Source<T> = Source::Injected {
        needs: |needs| needs.on::<P>(),
        uses_request: true,
        resolve: |injector| Box::pin(async move { Ok(T::clone(&*provided::<P>(injector).await?)) }),
        resolve_now: |_| None,
    };
}

#[diagnostic::do_not_recommend]
impl<T, P> Depends<{ row::BORROWED }, P, T, ProviderRef<T>> for T
where
    T: Send + Sync + 'static,
    P: Provider<Value = T>,
{
    const SOURCE: Source<ProviderRef<T>> = Source::Injected {
        needs: |needs| needs.on::<P>(),
        uses_request: true,
        resolve: |injector| Box::pin(provided::<P>(injector)),
        resolve_now: |_| None,
    };
}

/// Declares the source of refused rows. Without it, a refused parameter would cause two errors.
macro_rules! refused_rows {
    ($($row:ident)*) => {$(
        #[diagnostic::do_not_recommend]
        impl<T, P, Value, Filled> Depends<{ row::$row }, P, Value, Filled> for T {
            const SOURCE: Source<Filled> = Source::REFUSED;
        }
    )*};
}

refused_rows!(UNKNOWN OTHER_TYPE NOT_CLONE);

refused! {
    /// [`OTHER_TYPE`](row::OTHER_TYPE).
    HasTheProvidedType<T, P, Value>,
    message = "parameter `{Self}`: `{P}` provides a `{Value}`, not a `{T}`",
    label = "the provider returns a `{Value}`",
    note = "take a `{Value}` or `&{Value}`, or name a provider of `{T}`"
}

refused! {
    /// [`NOT_CLONE`](row::NOT_CLONE).
    IsClone<T, P>,
    message = "parameter `{Self}`: the value of `{P}` cannot be taken by value, because `{T}` is not `Clone`",
    label = "not `Clone`",
    note = "take `&{T}`, or derive `Clone` for `{T}`"
}
