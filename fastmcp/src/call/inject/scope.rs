//! `Scope<T>`: a provider that cleans up after the call.

use std::any::Any;
use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use crate::call::inject::injector::Injector;
use crate::call::inject::provided_ref::Lent;

/// Where a provider puts its value.
pub(crate) struct Slot<T>(Mutex<Option<Lent<T>>>);

impl<T> Slot<T> {
    pub(crate) fn empty() -> Arc<Self> {
        Arc::new(Self(Mutex::new(None)))
    }

    pub(crate) fn put(&self, value: Lent<T>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(value);
    }

    pub(crate) fn take(&self) -> Option<Lent<T>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    pub(crate) fn is_filled(&self) -> bool {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .is_some()
    }
}

/// The life of what a `#[dependency]` provides, for a provider that has to clean up.
///
/// A provider that takes a `Scope` gives its value to [`provide`](Self::provide) instead of
/// returning it, as a [lifespan](crate::FastMcp::lifespan) gives the server's state to `serve`.
/// What is behind that line runs when the call is over: after the body, before the reply.
///
/// ```
/// use fastmcp::dependencies::Scope;
/// use fastmcp::prelude::*;
///
/// # struct Transaction;
/// # impl Transaction {
/// #     async fn begin() -> Result<Self> { Ok(Self) }
/// #     async fn insert(&self, _: &str) -> Result<()> { Ok(()) }
/// #     async fn commit(self) -> Result<()> { Ok(()) }
/// #     async fn roll_back(self) {}
/// # }
/// #[dependency]
/// async fn transaction(scope: Scope<Transaction>) -> Result<()> {
///     let ended = scope.provide(Transaction::begin().await?).await;
///     if ended.succeeded {
///         ended.value.commit().await?;
///     } else {
///         ended.value.roll_back().await;
///     }
///     Ok(())
/// }
///
/// /// Writes a line down.
/// #[tool]
/// async fn note(line: String, #[depends(transaction)] transaction: &Transaction) -> Result<()> {
///     transaction.insert(&line).await
/// }
/// ```
///
/// It runs also if the body fails, panics, or is dropped because the client has taken its request
/// back. An error that it returns makes an error of a call that had succeeded. It has ten seconds;
/// then it is dropped, and the log says so.
pub struct Scope<T> {
    slot: Arc<Slot<T>>,
    succeeded: Arc<AtomicBool>,
}

/// What [`Scope::provide`] gives back when the call is over.
#[derive(Debug)]
#[non_exhaustive]
pub struct Ended<T> {
    /// The value, which nobody holds any more.
    pub value: T,
    /// Whether the body returned, and not an error. Of a shared provider, always.
    pub succeeded: bool,
}

impl<T: Send + Sync + 'static> Scope<T> {
    pub(crate) fn of(injector: &Injector) -> crate::error::Result<Self> {
        let (slot, succeeded) = injector.slot();
        let slot: Option<Arc<dyn Any + Send + Sync>> = slot;
        let slot = slot.and_then(|slot| slot.downcast::<Slot<T>>().ok());
        // The expansion asks for the slot's own type, in a provider alone.
        let slot = slot.ok_or_else(|| crate::error::Error::msg("only a provider has a scope"))?;
        Ok(Self { slot, succeeded })
    }

    /// A scope for calling a provider in a unit test. What is provided is dropped at once, so that
    /// the test sees the whole provider run, as it does for a call that succeeded.
    pub fn immediate() -> Self {
        Self {
            slot: Slot::empty(),
            succeeded: Arc::new(AtomicBool::new(true)),
        }
    }

    /// Lets the call have `value`; returns when the call is over and nobody holds the value.
    pub async fn provide(self, value: T) -> Ended<T> {
        let (lent, taken_back) = Lent::until_released(value);
        self.slot.put(lent);
        let Self { slot, succeeded } = self;
        // The engine holds the slot where there is one; a test's is dropped here.
        drop(slot);
        let value = taken_back.await;
        Ended {
            value,
            succeeded: succeeded.load(Ordering::Relaxed),
        }
    }
}

impl<T> fmt::Debug for Scope<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Scope").finish_non_exhaustive()
    }
}
