//! A provider's value, lent to all that use it.

use std::any::Any;
use std::convert::Infallible;
use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

use tokio::sync::mpsc;

/// A provider's value as a handler holds it.
///
/// The provider that takes its value back waits until the last of these is dropped. The order of
/// the fields matters: the value is let go before the hold, so that whoever saw the last hold go
/// is the value's only owner.
#[doc(hidden)]
pub struct Lent<T> {
    value: Arc<T>,
    hold: Option<mpsc::Sender<Infallible>>,
}

/// [`Lent`], of any type.
pub(crate) type AnyLent = Box<dyn Any + Send + Sync>;

impl<T> Lent<T> {
    /// A value that nobody takes back.
    pub(crate) fn given(value: T) -> Self {
        Self {
            value: Arc::new(value),
            hold: None,
        }
    }

    /// A value, and what resolves to it when nobody holds it any more.
    pub(crate) fn until_released(value: T) -> (Self, impl Future<Output = T>) {
        let value = Arc::new(value);
        let (hold, mut released) = mpsc::channel(1);
        let lent = Self {
            value: Arc::clone(&value),
            hold: Some(hold),
        };
        let taken_back = async move {
            // Nothing is ever sent: this ends when the last hold is dropped.
            let _ = released.recv().await;
            match Arc::into_inner(value) {
                Some(value) => value,
                // Not reached, by the order of the fields; waiting harms less than a panic would.
                None => std::future::pending().await,
            }
        };
        (lent, taken_back)
    }
}

impl<T> Deref for Lent<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}

impl<T> Clone for Lent<T> {
    fn clone(&self) -> Self {
        Self {
            value: Arc::clone(&self.value),
            hold: self.hold.clone(),
        }
    }
}

impl<T: fmt::Debug> fmt::Debug for Lent<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.value.fmt(f)
    }
}
