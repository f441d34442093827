//! Catching a body's panic with its message and the place where it happened.

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
    static WATCHING: Cell<bool> = const { Cell::new(false) };
    static LOCATION: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// Has panics of bodies leave their location. The hook before goes on to be called.
///
/// A panic's location is known to the panic hook alone; a hook that is set later costs the location, not the catch.
pub(crate) fn install_hook() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let before = panic::take_hook();
        panic::set_hook(Box::new(move |panic| {
            if WATCHING.get() {
                let location = panic.location().map(ToString::to_string);
                LOCATION.with(|last| last.replace(location));
            }
            before(panic);
        }));
    });
}

/// A body that is run to its end, or to its panic.
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

/// Calls `code`, and turns its panic into a failure.
pub(crate) fn guarded<T>(code: impl FnOnce() -> T) -> Result<T, Failure> {
    WATCHING.set(true);
    // What a panicking body leaves half changed is dropped with it, or guarded by its own locks.
    let outcome = panic::catch_unwind(AssertUnwindSafe(code));
    WATCHING.set(false);
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
        "a value that is no text".to_owned()
    }
}
