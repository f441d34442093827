//! Splits the return value of a handler's body into a value and an error.

use std::any::Any;
use std::convert::Infallible;
use std::fmt::Display;

/// The return type of a handler's body: a `Result` or any other type.
#[doc(hidden)]
pub trait Return<const RESULT: bool> {
    /// The type of a success: `T` for a `Result<T, E>`, otherwise the type itself.
    type Value;
    /// The type of an error.
    type Error;
    /// Returns the value or the error.
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
    message = "the error type `{Self}` cannot be reported to a client",
    label = "must implement `Display`, `Send` and `Sync`",
    note = "implement `Display` for `{Self}`, or return `fastmcp::Result<…>`"
)]
pub trait HandlerError: Send + Sync + 'static {
    /// Converts the error. A `fastmcp::Error` or a `ToolError` keeps its type; an error of any other
    /// type becomes its message and cannot be downcast.
    fn into_error(self) -> crate::error::Error;
}

#[diagnostic::do_not_recommend]
impl<E: Display + Send + Sync + 'static> HandlerError for E {
    fn into_error(self) -> crate::error::Error {
        let mut slot = Some(self);
        // `E` may be `Error` or `ToolError`, which must not be reduced to its message.
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
        // Neither was taken, so the value is still there. `{:#}` prints the causes too, if `E` does.
        crate::error::Error::msg(slot.map(|error| format!("{error:#}")).unwrap_or_default())
    }
}
