//! [`ProvidedValue`]: a provider's value and its teardown.

use std::any::TypeId;

use futures_util::future::BoxFuture;

use crate::call::inject::provider_entry::ProviderEntry;
use crate::call::inject::provider_ref::{AnyProviderRef, ProviderRef};

/// The future of a provider's function, suspended at `Scope::provide`.
pub(crate) type Teardown = BoxFuture<'static, crate::error::Result<()>>;

/// The value of a provider that has just run, before its type is erased.
pub(crate) struct NewValue<T> {
    pub(crate) value: ProviderRef<T>,
    pub(crate) teardown: Option<Teardown>,
}

/// A provider's value and its teardown. The type of the value is erased.
pub(crate) struct ProvidedValue {
    pub(crate) provider: TypeId,
    pub(crate) entry: &'static ProviderEntry,
    pub(crate) value: AnyProviderRef,
    pub(crate) teardown: Option<Teardown>,
}

impl<T: Send + Sync + 'static> NewValue<T> {
    pub(crate) fn erase(self, provider: TypeId, entry: &'static ProviderEntry) -> ProvidedValue {
        ProvidedValue {
            provider,
            entry,
            value: Box::new(self.value),
            teardown: self.teardown,
        }
    }
}
