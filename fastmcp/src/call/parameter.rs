//! [`Parameter`]: the accepted rows of the [table](crate::call::classify).

use std::future::ready;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::call::classify::row;
use crate::call::decode::{absent, read};
use crate::call::inject::dependency::Dependency;
use crate::call::inject::scope::Scope;
use crate::call::source::Source;
use crate::variant_order;

/// Selects, by row, the source of a parameter's values.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "this type cannot be a parameter of a handler",
    label = "not a parameter type"
)]
pub trait Parameter<const ROW: u8>: Sized {
    /// The source of its values.
    const SOURCE: Source<Self>;
}

#[diagnostic::do_not_recommend]
impl<T: Dependency> Parameter<{ row::INJECTED }> for T {
    const SOURCE: Source<Self> = Source::Injected {
        needs: T::needs,
        uses_request: T::USES_REQUEST,
        resolve: |injector| Box::pin(T::resolve(injector)),
        resolve_now: T::resolve_now,
    };
}

#[diagnostic::do_not_recommend]
impl<T: DeserializeOwned + JsonSchema + Send> Parameter<{ row::ARGUMENT }> for T {
    const SOURCE: Source<Self> = Source::Argument {
        // The generator turns recursive types into references.
        schema: SchemaGenerator::subschema_for::<T>,
        restore_order: variant_order::restore::<T>,
        read: read::<T>,
        absent: absent::<T>,
        required: || absent::<T>().is_none(),
    };
}

#[diagnostic::do_not_recommend]
impl<T: Serialize + DeserializeOwned + Send> Parameter<{ row::QUEUED }> for T {
    const SOURCE: Source<Self> = Source::Argument {
        // Clients do not see the arguments of a task.
        schema: |_: &mut SchemaGenerator| Schema::default(),
        restore_order: |_| {},
        read: read::<T>,
        absent: absent::<T>,
        required: || absent::<T>().is_none(),
    };
}

#[diagnostic::do_not_recommend]
impl<T: Send + Sync + 'static> Parameter<{ row::SCOPE }> for Scope<T> {
    const SOURCE: Source<Self> = Source::Injected {
        needs: |_| {},
        uses_request: true,
        resolve: |injector| Box::pin(ready(Scope::of(injector))),
        resolve_now: |injector| Some(Scope::of(injector)),
    };
}
