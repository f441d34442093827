//! [`CallScope`]: the values that providers have created for one call.

use std::any::TypeId;
use std::fmt;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use crate::call::inject::provided_value::ProvidedValue;
use crate::call::inject::provider_ref::ProviderRef;
use crate::docket::progress::Progress;

/// The values that providers have created for one call.
#[derive(Default)]
pub(crate) struct CallScope {
    /// The values in the order in which they became ready, so that a provider comes after everything
    /// that it depends on. Teardown goes through the list from its end.
    values: Mutex<Vec<ProvidedValue>>,
    /// The progress reporter of the call. The body and all providers share it, because the numbers that
    /// a client receives have to increase over the whole call.
    pub(crate) progress: OnceLock<Progress>,
    /// `true` if the body succeeded. It is written before teardown starts and read by
    /// `Scope::provide`. Spawning the teardown orders the two, so `Relaxed` access is enough.
    pub(crate) succeeded: Arc<AtomicBool>,
}

impl CallScope {
    /// Locks the values. The lock is never held across an `.await`. A poisoned lock is still usable,
    /// because every critical section is one operation on the list.
    fn values(&self) -> MutexGuard<'_, Vec<ProvidedValue>> {
        self.values.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns the value of `provider`, if it has already run in this call.
    pub(crate) fn get<T: 'static>(&self, provider: TypeId) -> Option<ProviderRef<T>> {
        let values = self.values();
        let provided = values.iter().find(|value| value.provider == provider)?;
        provided.value.downcast_ref::<ProviderRef<T>>().cloned()
    }

    pub(crate) fn add(&self, value: ProvidedValue) {
        self.values().push(value);
    }

    pub(crate) fn take(&self) -> Vec<ProvidedValue> {
        std::mem::take(&mut *self.values())
    }
}

impl fmt::Debug for CallScope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&str> = self.values().iter().map(|value| value.entry.name).collect();
        f.debug_tuple("CallScope").field(&names).finish()
    }
}
