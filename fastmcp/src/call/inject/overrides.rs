//! [`Overrides`]: replacements for providers, set by tests.

use std::any::{Any, TypeId};
use std::collections::HashMap;
use std::sync::Arc;

use crate::call::inject::provider_ref::ProviderRef;

/// A function that returns the value in place of the provider.
type Replacement<T> = Box<dyn Fn() -> crate::error::Result<T> + Send + Sync>;

/// Replacements for providers, by the type of the provider.
#[derive(Debug, Clone, Default)]
pub(crate) struct Overrides(HashMap<TypeId, Arc<dyn Any + Send + Sync>>);

impl Overrides {
    /// Replaces `provider`, whose value has the type `T`.
    pub(crate) fn insert<T: 'static>(
        &mut self,
        provider: TypeId,
        replacement: impl Fn() -> crate::error::Result<T> + Send + Sync + 'static,
    ) {
        let replacement: Replacement<T> = Box::new(replacement);
        self.0.insert(provider, Arc::new(replacement));
    }

    /// Returns whether `provider` is replaced.
    pub(crate) fn contains(&self, provider: TypeId) -> bool {
        self.0.contains_key(&provider)
    }

    /// Calls the replacement of `provider`. Returns `None` if the provider is not replaced.
    pub(crate) fn make<T: 'static>(
        &self,
        provider: TypeId,
    ) -> Option<crate::error::Result<ProviderRef<T>>> {
        let replacement = self.0.get(&provider)?;
        let replacement = replacement.downcast_ref::<Replacement<T>>()?;
        Some(replacement().map(ProviderRef::new))
    }
}
