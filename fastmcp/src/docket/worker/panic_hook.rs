//! Catches panics of bodies, with their message and source location.

use std::any::Any;
use std::cell::{Cell, RefCell};
use std::future::Future;
use std::panic;
use std::panic::AssertUnwindSafe;
use std::pin::Pin;
use std::sync::Once;
use std::task::{Context, Poll};

use crate::docket::backend::contract::BoxFuture;
use crate::docket::model::failure::{Failure, FailureKind};

thread_local! {
    /// True while a body is polled on this thread.
    static IN_BODY: Cell<bool> = const { Cell::new(false) };
    /// The location of the latest panic of a body on this thread.
    static LOCATION: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// Installs a panic hook that records the location of panics in bodies and then calls the previous hook.
///
/// The location is available only in the panic hook. If the program sets another hook later, panics are still caught,
/// but without a location.
pub(crate) fn install_hook() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let before = panic::take_hook();
        panic::set_hook(Box::new(move |panic| {
            if IN_BODY.get() {
                let location = panic.location().map(ToString::to_string);
                LOCATION.with(|last| last.replace(location));
            }
            before(panic);
        }));
    });
}

/// A future that returns the panic of the inner future as a failure.
pub(crate) struct Catch<T>(pub(crate) BoxFuture<'static, T>);

impl<T> Future for Catch<T> {
    type Output = Result<T, Failure>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        match guarded(|| self.0.as_mut().poll(context)) {
            Ok(poll) => poll.map(Ok),
            Err(failure) => Poll::Ready(Err(failure)),
        }
    }
}

/// Calls `code` and returns its panic as a failure.
pub(crate) fn guarded<T>(code: impl FnOnce() -> T) -> Result<T, Failure> {
    IN_BODY.set(true);
    // Unwind safety: the body is dropped after a panic, and the state that it shares with others is behind locks.
    let outcome = panic::catch_unwind(AssertUnwindSafe(code));
    IN_BODY.set(false);
    outcome.map_err(|payload| {
        let mut failure = Failure::new(FailureKind::Panic, message(&*payload));
        failure.location = LOCATION.with(RefCell::take);
        failure
    })
}

fn message(payload: &(dyn Any + Send)) -> String {
    if let Some(text) = payload.downcast_ref::<&str>() {
        (*text).to_owned()
    } else if let Some(text) = payload.downcast_ref::<String>() {
        text.clone()
    } else {
        "the panic payload is not a string".to_owned()
    }
}
