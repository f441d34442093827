//! [`ProviderRef`]: a counted reference to a provider's value.

use std::any::Any;
use std::convert::Infallible;
use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

use tokio::sync::mpsc;

/// A counted reference to a provider's value.
///
/// A provider with a `Scope` gets its value back by move when the last `ProviderRef` is dropped. The
/// order of the fields matters: Rust drops them in this order, so `value` is released before `hold`.
/// When the last `hold` is dropped, the provider's own `Arc` is therefore the only one left.
#[doc(hidden)]
pub struct ProviderRef<T> {
    value: Arc<T>,
    hold: Option<mpsc::Sender<Infallible>>,
}

/// A [`ProviderRef`] of any type.
pub(crate) type AnyProviderRef = Box<dyn Any + Send + Sync>;

impl<T> ProviderRef<T> {
    /// Creates a reference to a value that is dropped with its last reference.
    pub(crate) fn new(value: T) -> Self {
        Self {
            value: Arc::new(value),
            hold: None,
        }
    }

    /// Creates a reference to a value, and a future that returns the value when all references are dropped.
    pub(crate) fn until_released(value: T) -> (Self, impl Future<Output = T>) {
        let value = Arc::new(value);
        let (hold, mut released) = mpsc::channel(1);
        let reference = Self {
            value: Arc::clone(&value),
            hold: Some(hold),
        };
        let owned = async move {
            // Nothing is ever sent, so this returns when the last sender is dropped.
            let _ = released.recv().await;
            match Arc::into_inner(value) {
                Some(value) => value,
                // Unreachable because of the order of the fields. A teardown that waits here ends with
                // its time limit; a panic could end the program.
                None => std::future::pending().await,
            }
        };
        (reference, owned)
    }
}

impl<T> Deref for ProviderRef<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}

impl<T> Clone for ProviderRef<T> {
    fn clone(&self) -> Self {
        Self {
            value: Arc::clone(&self.value),
            hold: self.hold.clone(),
        }
    }
}

impl<T: fmt::Debug> fmt::Debug for ProviderRef<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.value.fmt(f)
    }
}
