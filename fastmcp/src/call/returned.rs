//! Splits the return value of a handler's body into a value and an error.

use std::any::Any;
use std::convert::Infallible;
use std::fmt::Display;

use crate::call::directive::Directive;
use crate::context::input::InputError;
use crate::error::{Error, ProtocolError, ToolError};

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
    /// Converts the error. The errors of this crate that the caller of a handler examines keep their
    /// type; an error of any other type becomes its message and cannot be downcast.
    fn into_error(self) -> Error;
}

#[diagnostic::do_not_recommend]
impl<E: Display + Send + Sync + 'static> HandlerError for E {
    fn into_error(self) -> Error {
        let mut slot = Some(self);
        // `E` may be a type that the dispatcher or a worker looks for: a message alone would lose the
        // error code of a `ProtocolError`, for example.
        let any: &mut dyn Any = &mut slot;
        if let Some(error) = take::<Error>(any) {
            return error;
        }
        let kept = take::<ToolError>(any).map(Error::new);
        let kept = kept.or_else(|| take::<ProtocolError>(any).map(Error::new));
        let kept = kept.or_else(|| take::<InputError>(any).map(Error::new));
        let kept = kept.or_else(|| take::<Directive>(any).map(Error::new));
        // Without a kept error the value is still in the slot. `{:#}` prints the causes too, if `E` does.
        kept.unwrap_or_else(|| {
            Error::msg(slot.map(|error| format!("{error:#}")).unwrap_or_default())
        })
    }
}

/// Takes the value out of `slot`, if the slot is an `Option<T>`.
fn take<T: 'static>(slot: &mut dyn Any) -> Option<T> {
    slot.downcast_mut::<Option<T>>().and_then(Option::take)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::call::directive::snooze;

    #[test]
    fn errors_that_callers_examine_keep_their_type() {
        let error = ProtocolError::new(-32602, "no such record").into_error();
        assert_eq!(
            error.downcast_ref::<ProtocolError>().map(|it| it.code),
            Some(-32602)
        );
        let error = snooze(std::time::Duration::from_secs(1)).into_error();
        assert!(error.is::<Directive>());
        assert!(ToolError::new("full").into_error().is::<ToolError>());
        let error = Error::new(ToolError::new("full")).into_error();
        assert!(error.is::<ToolError>());
        assert_eq!("plain".into_error().to_string(), "plain");
    }
}
