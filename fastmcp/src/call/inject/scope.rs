//! [`Scope`]: lets a provider clean up after the call.

use std::any::Any;
use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use crate::call::inject::injector::Injector;
use crate::call::inject::provider_ref::ProviderRef;

/// The place where a running provider puts its value.
pub(crate) struct Slot<T>(Mutex<Option<ProviderRef<T>>>);

impl<T> Slot<T> {
    pub(crate) fn empty() -> Arc<Self> {
        Arc::new(Self(Mutex::new(None)))
    }

    pub(crate) fn put(&self, value: ProviderRef<T>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(value);
    }

    pub(crate) fn take(&self) -> Option<ProviderRef<T>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    pub(crate) fn is_filled(&self) -> bool {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .is_some()
    }
}

/// Provides a value until the call ends, for a `#[dependency]` that has to clean up.
///
/// A provider that takes a `Scope` passes its value to [`provide`](Self::provide) instead of
/// returning it, as a [lifespan](crate::FastMcp::lifespan) passes the server's state to `serve`. The
/// code after that line runs when the call has ended: after the body, before the response.
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
/// /// Stores a line.
/// #[tool]
/// async fn note(line: String, #[depends(transaction)] transaction: &Transaction) -> Result<()> {
///     transaction.insert(&line).await
/// }
/// ```
///
/// The cleanup code also runs if the body fails, panics, or is dropped because the client has
/// cancelled its request. Its time limit is ten seconds, after which it is dropped. A cleanup that
/// returns an error, panics or exceeds the limit is logged, and the call fails even if its body
/// succeeded.
pub struct Scope<T> {
    slot: Arc<Slot<T>>,
    succeeded: Arc<AtomicBool>,
}

/// The result of [`Scope::provide`], returned when the call has ended.
#[derive(Debug)]
#[non_exhaustive]
pub struct Ended<T> {
    /// The value. No other references to it exist.
    pub value: T,
    /// `true` if the body returned without an error. A [`ToolResult`](crate::ToolResult) with `is_error`
    /// is not an error in this sense. A run that ends with a question to the client, and is repeated
    /// with the answer, has not succeeded. For a shared provider, it is always `true`.
    pub succeeded: bool,
}

impl<T: Send + Sync + 'static> Scope<T> {
    pub(crate) fn of(injector: &Injector) -> crate::error::Result<Self> {
        let (slot, succeeded) = injector.slot();
        let slot: Option<Arc<dyn Any + Send + Sync>> = slot;
        let slot = slot.and_then(|slot| slot.downcast::<Slot<T>>().ok());
        // The macro's expansion accepts a `Scope` only in a provider, and only of the slot's type.
        let slot = slot.ok_or_else(|| {
            crate::error::Error::msg("a `Scope` is only available in a `#[dependency]`")
        })?;
        Ok(Self { slot, succeeded })
    }

    /// Creates a scope for calling a provider in a unit test. [`provide`](Self::provide) then returns
    /// the value at once, so the provider runs to its end, as after a successful call.
    pub fn immediate() -> Self {
        Self {
            slot: Slot::empty(),
            succeeded: Arc::new(AtomicBool::new(true)),
        }
    }

    /// Provides `value` to the call. Returns when the call has ended and all references to the value
    /// are dropped.
    pub async fn provide(self, value: T) -> Ended<T> {
        let (reference, owned) = ProviderRef::until_released(value);
        self.slot.put(reference);
        let Self { slot, succeeded } = self;
        // In a call, the code that runs the provider holds the slot too. In a unit test, this is the
        // only handle to it: dropping the slot releases the reference, so that `owned` completes.
        drop(slot);
        let value = owned.await;
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
