//! What a handler's body returns, taken apart: a value, or an error where it is a `Result`.

use std::any::Any;
use std::convert::Infallible;
use std::fmt::Display;

/// What a body returns, by whether it is a `Result`.
#[doc(hidden)]
pub trait Return<const FALLIBLE: bool> {
    /// The type of success: `T` of a `Result<T, E>`; of anything else, the type itself.
    type Value;
    /// The type of failure.
    type Error;
    /// The value, or the error.
    fn split(self) -> Result<Self::Value, Self::Error>;
}

impl<T> Return<false> for T {
    type Value = T;
    type Error = Infallible;

    fn split(self) -> Result<T, Infallible> {
        Ok(self)
    }
}

impl<T, E> Return<true> for Result<T, E> {
    type Value = T;
    type Error = E;

    fn split(self) -> Self {
        self
    }
}

/// An error that a handler may return.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "the error type `{Self}` cannot be shown to a client: it does not implement `Display`",
    label = "this error cannot be shown",
    note = "implement `Display` for `{Self}`, or return `fastmcp::Result<…>`"
)]
pub trait HandlerError: Send + Sync + 'static {
    /// The error, with its type kept so that it can be found again.
    fn into_error(self) -> crate::error::Error;
}

#[diagnostic::do_not_recommend]
impl<E: Display + Send + Sync + 'static> HandlerError for E {
    fn into_error(self) -> crate::error::Error {
        let mut slot = Some(self);
        let any: &mut dyn Any = &mut slot;
        if let Some(error) = any
            .downcast_mut::<Option<crate::error::Error>>()
            .and_then(Option::take)
        {
            return error;
        }
        if let Some(error) = any
            .downcast_mut::<Option<crate::error::ToolError>>()
            .and_then(Option::take)
        {
            return error.into();
        }
        // Neither was taken, so the value is still there; `#` asks for the causes too.
        crate::error::Error::msg(slot.map(|error| format!("{error:#}")).unwrap_or_default())
    }
}
