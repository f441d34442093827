//! Splits the return value of a handler's body into a value and an error.

use std::any::Any;
use std::convert::Infallible;
use std::fmt::Display;

use crate::call::directive::Directive;
use crate::call::refused::refused;
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

refused! {
    /// An error type with a message.
    ErrorHasMessage<E>,
    message = "`{Self}` cannot return errors of type `{E}`: it has no message for clients",
    label = "does not implement `Display`",
    note = "implement `Display` for `{E}`, or return `fastmcp::Result<…>`"
}
refused! {
    /// An error type that threads can share.
    ErrorIsShareable<E>,
    message = "`{Self}` cannot return errors of type `{E}`: it cannot be shared between threads",
    label = "not `Send`, `Sync` and `'static`",
    note = "use `Arc` instead of `Rc` and `Mutex` instead of `RefCell`, or return `fastmcp::Result<…>`"
}
refused! {
    /// The result of a `blocking` body, which another thread returns.
    ResultIsSend<T>,
    message = "`{Self}` cannot return `{T}`: a `blocking` function returns its result from another thread",
    label = "not `Send`",
    note = "use `Arc` instead of `Rc`, or remove `blocking`"
}

/// Converts an error that a handler returns. `REPORTABLE` is `false` if one of the checks above refuses
/// the type; such a type has a conversion too, so that one mistake causes one error.
#[doc(hidden)]
pub trait HandlerError<const REPORTABLE: bool> {
    /// Converts the error. The errors of this crate that the caller of a handler examines keep their
    /// type; an error of any other type becomes its message and cannot be downcast.
    fn into_error(self) -> Error;
}

impl<E> HandlerError<false> for E {
    fn into_error(self) -> Error {
        Error::msg("refused")
    }
}

impl<E: Display + Send + Sync + 'static> HandlerError<true> for E {
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
        let error = HandlerError::<true>::into_error(ProtocolError::new(-32602, "no such record"));
        assert_eq!(
            error.downcast_ref::<ProtocolError>().map(|it| it.code),
            Some(-32602)
        );
        let error = HandlerError::<true>::into_error(snooze(std::time::Duration::from_secs(1)));
        assert!(error.is::<Directive>());
        assert!(HandlerError::<true>::into_error(ToolError::new("full")).is::<ToolError>());
        let error = HandlerError::<true>::into_error(Error::new(ToolError::new("full")));
        assert!(error.is::<ToolError>());
        assert_eq!(
            HandlerError::<true>::into_error("plain").to_string(),
            "plain"
        );
    }
}
