//! What tests put in the place of providers.

use std::any::{Any, TypeId};
use std::collections::HashMap;
use std::sync::Arc;

use crate::call::inject::provided_ref::Lent;
use crate::call::inject::provider::Provider;

/// Gives the value instead of a provider.
type Instead<T> = Box<dyn Fn() -> crate::error::Result<T> + Send + Sync>;

/// The providers that are not asked.
#[derive(Debug, Clone, Default)]
pub(crate) struct Overrides(HashMap<TypeId, Arc<dyn Any + Send + Sync>>);

impl Overrides {
    /// Has `instead` give the values of `P`.
    pub(crate) fn add<P: Provider>(
        &mut self,
        instead: impl Fn() -> crate::error::Result<P::Value> + Send + Sync + 'static,
    ) {
        let instead: Instead<P::Value> = Box::new(instead);
        self.0.insert(TypeId::of::<P>(), Arc::new(instead));
    }

    /// Whether `P` is not asked.
    pub(crate) fn has(&self, provider: TypeId) -> bool {
        self.0.contains_key(&provider)
    }

    /// The value instead of that of `P`, if there is to be another.
    pub(crate) fn get<P: Provider>(&self) -> Option<crate::error::Result<Lent<P::Value>>> {
        let instead = self.0.get(&TypeId::of::<P>())?;
        let instead = instead.downcast_ref::<Instead<P::Value>>()?;
        Some(instead().map(Lent::given))
    }
}
