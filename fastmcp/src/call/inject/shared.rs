//! [`Shared`]: the values of shared providers, created on first use and kept until the server stops.

use std::any::TypeId;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::OnceCell;

use crate::call::inject::provided_value::{NewValue, ProvidedValue};
use crate::call::inject::provider_entry::ProviderEntry;
use crate::call::inject::provider_ref::{AnyProviderRef, ProviderRef};
use crate::call::inject::teardown::tear_down;

/// The values of shared providers.
#[derive(Default)]
pub(crate) struct Shared(Mutex<Inner>);

#[derive(Default)]
struct Inner {
    /// One cell for each provider. Concurrent first calls wait on the cell, so the provider runs
    /// once, and slow providers do not block each other.
    cells: HashMap<TypeId, Arc<OnceCell<AnyProviderRef>>>,
    /// The values in the order in which they became ready.
    values: Vec<ProvidedValue>,
    is_closed: bool,
}

#[derive(Debug, thiserror::Error)]
#[error("the server has stopped")]
struct Stopped;

impl Shared {
    /// Locks the map and the list. The lock is never held while a provider runs.
    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns the value of `provider`. On first use, `make` creates it. An error is not stored: it fails
    /// this call, and the next call, which may already be waiting, runs the provider again.
    pub(crate) async fn get_or_make<T: Send + Sync + 'static>(
        &self,
        provider: TypeId,
        entry: &'static ProviderEntry,
        make: impl Future<Output = crate::error::Result<NewValue<T>>>,
    ) -> crate::error::Result<ProviderRef<T>> {
        let cell = {
            let mut inner = self.inner();
            if inner.is_closed {
                return Err(Stopped.into());
            }
            Arc::clone(inner.cells.entry(provider).or_default())
        };
        let value = cell
            .get_or_try_init(|| async {
                let new = make.await?;
                let mut inner = self.inner();
                // Checked again: the server may have stopped while the provider ran, and nothing
                // would tear the value down after `close`.
                if inner.is_closed {
                    return Err(Stopped.into());
                }
                let value: AnyProviderRef = Box::new(new.value.clone());
                inner.values.push(new.erase(provider, entry));
                Ok::<_, crate::error::Error>(value)
            })
            .await?;
        let value = value.downcast_ref::<ProviderRef<T>>().cloned();
        // Unreachable: the key of a cell determines its type.
        value.ok_or_else(|| crate::error::Error::msg("the value has another type"))
    }

    /// Tears all values down, last in, first out. Later calls get an error.
    pub(crate) async fn close(&self) {
        let values = self.take();
        // Errors are logged by `tear_down`.
        let _ = tear_down(values).await;
    }

    fn take(&self) -> Vec<ProvidedValue> {
        let mut inner = self.inner();
        inner.is_closed = true;
        // The cells hold references to the values. A provider gets its value back only when all
        // references are dropped.
        inner.cells.clear();
        std::mem::take(&mut inner.values)
    }
}

/// Tears down in the background, for a server that is dropped without a shutdown and for a worker
/// without a server. Without a runtime, the teardowns are dropped.
impl Drop for Shared {
    fn drop(&mut self) {
        let values = self.take();
        if values.iter().all(|value| value.teardown.is_none()) {
            return;
        }
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            drop(runtime.spawn(tear_down(values)));
        }
    }
}
