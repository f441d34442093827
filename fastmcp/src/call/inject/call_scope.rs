//! [`CallScope`]: the caller of one call, and the values that providers have created for it.

use std::any::TypeId;
use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use crate::call::inject::origin::Origin;
use crate::call::inject::provided_value::ProvidedValue;
use crate::call::inject::provider_ref::ProviderRef;
use crate::docket::progress::Progress;

/// The caller of one call, and the values that providers have created for it.
pub(crate) struct CallScope {
    pub(crate) origin: Origin,
    /// The values in the order in which they became ready, so that a provider comes after everything
    /// that it depends on. Teardown goes through the list from its end.
    values: Mutex<Vec<ProvidedValue>>,
    /// The progress reporter of the call. The body and all providers share it, because the numbers that
    /// a client receives have to increase over the whole call.
    pub(crate) progress: OnceLock<Progress>,
    /// See [`succeeded`](Self::succeeded). Only a call with a provider has it.
    succeeded: OnceLock<Arc<AtomicBool>>,
}

impl CallScope {
    pub(crate) fn new(origin: Origin) -> Self {
        Self {
            origin,
            values: Mutex::default(),
            progress: OnceLock::new(),
            succeeded: OnceLock::new(),
        }
    }

    /// Returns the flag that is set if the body succeeded. It is written before teardown starts and read by
    /// `Scope::provide`. Spawning the teardown orders the two, so `Relaxed` access is enough.
    pub(crate) fn succeeded(&self) -> &Arc<AtomicBool> {
        self.succeeded.get_or_init(Arc::default)
    }

    /// Records whether the body succeeded. Providers have asked for the flag before.
    pub(crate) fn set_succeeded(&self, succeeded: bool) {
        if let Some(flag) = self.succeeded.get() {
            flag.store(succeeded, Ordering::Relaxed);
        }
    }

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
