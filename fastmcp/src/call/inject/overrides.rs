//! [`Overrides`]: replacements for providers, set by tests.

use std::any::{Any, TypeId};
use std::collections::HashMap;
use std::sync::Arc;

use futures_util::future::BoxFuture;

use crate::call::inject::provider_ref::ProviderRef;

/// A function that returns the value in place of the provider.
type Replacement<T> = Box<dyn Fn() -> BoxFuture<'static, crate::error::Result<T>> + Send + Sync>;

/// Replacements for providers, by the type of the provider.
#[derive(Debug, Clone, Default)]
pub(crate) struct Overrides(HashMap<TypeId, Arc<dyn Any + Send + Sync>>);

impl Overrides {
    /// Replaces `provider`, whose value has the type `T`.
    pub(crate) fn insert<T: 'static>(
        &mut self,
        provider: TypeId,
        replacement: impl Fn() -> BoxFuture<'static, crate::error::Result<T>> + Send + Sync + 'static,
    ) {
        let replacement: Replacement<T> = Box::new(replacement);
        self.0.insert(provider, Arc::new(replacement));
    }

    /// Returns whether `provider` is replaced.
    pub(crate) fn contains(&self, provider: TypeId) -> bool {
        self.0.contains_key(&provider)
    }

    /// Runs the replacement of `provider`. Returns `None` if the provider is not replaced.
    pub(crate) async fn make<T: 'static>(
        &self,
        provider: TypeId,
    ) -> Option<crate::error::Result<ProviderRef<T>>> {
        let made = self
            .0
            .get(&provider)?
            .downcast_ref::<Replacement<T>>()
            .map(|replacement| replacement())?;
        Some(made.await.map(ProviderRef::new))
    }
}
