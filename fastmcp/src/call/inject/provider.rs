//! [`Provider`]: the trait behind `#[dependency]` functions, and the code that runs them.
//!
//! A provider runs until its value is in its [slot](crate::call::inject::scope::Slot). A function
//! that returns its value has finished then. A function that passes its value to a
//! [`Scope`](crate::call::inject::scope::Scope) is suspended at that call; its future is stored, and
//! polled again when the call of the handler has ended.

use std::any::TypeId;
use std::future::{poll_fn, ready};
use std::sync::Arc;
use std::task::Poll;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;

use crate::call::inject::injector::Injector;
use crate::call::inject::need::ProviderStep;
use crate::call::inject::needs::Needs;
use crate::call::inject::overrides::Overrides;
use crate::call::inject::provided_value::NewValue;
use crate::call::inject::provider_entry::ProviderEntry;
use crate::call::inject::provider_ref::ProviderRef;
use crate::call::inject::scope::Slot;

/// A function that provides a value; implemented by `#[dependency]`.
///
/// The implementing type has the function's name, so that a handler can name the function in
/// `#[depends(database)]`, and a test in
/// [`override_dependency::<database>`](crate::FastMcp::override_dependency).
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a provider",
    label = "put `#[dependency]` on this function"
)]
pub trait Provider: 'static {
    /// The type of the provided value.
    type Value: Send + Sync + 'static;
    /// The registration, for start-up checks and error messages.
    #[doc(hidden)]
    const ENTRY: &'static ProviderEntry;
    /// The names of the arguments of the call that the function takes itself.
    #[doc(hidden)]
    const ARGUMENTS: &'static [&'static str] = &[];
    /// Runs the function and puts its value into the injector's slot.
    #[doc(hidden)]
    fn make(injector: Injector) -> BoxFuture<'static, ProviderResult>;
}

/// The result of a provider's function; the value itself is in the slot.
#[doc(hidden)]
pub type ProviderResult = crate::error::Result<()>;

impl Needs {
    /// Adds the requirements of a provider.
    pub(crate) fn on<P: Provider>(&mut self) {
        let ProviderEntry {
            name,
            location,
            shared,
            needs,
        } = *P::ENTRY;
        let step = ProviderStep {
            id: TypeId::of::<P>(),
            provider: name,
            location,
            shared,
            parameter: None,
        };
        self.visit(step, needs);
    }
}

impl Overrides {
    /// Replaces the provider `P`.
    pub(crate) fn add<P: Provider>(
        &mut self,
        replacement: impl Fn() -> crate::error::Result<P::Value> + Send + Sync + 'static,
    ) {
        self.insert(TypeId::of::<P>(), move || ready(replacement()).boxed());
    }

    /// Replaces the provider `P` with an async function.
    pub(crate) fn add_async<P: Provider, F>(
        &mut self,
        replacement: impl Fn() -> F + Send + Sync + 'static,
    ) where
        F: Future<Output = crate::error::Result<P::Value>> + Send + 'static,
    {
        self.insert(TypeId::of::<P>(), move || replacement().boxed());
    }
}

/// Returns the value of `P` for the call of `injector`.
///
/// `P` runs once per call: the parameters of a call are resolved one after the other, so the value is
/// stored before the next parameter looks it up.
pub(crate) async fn provided<P: Provider>(
    injector: &Injector,
) -> crate::error::Result<ProviderRef<P::Value>> {
    let id = TypeId::of::<P>();
    if let Some(value) = injector.scope().get(id) {
        return Ok(value);
    }
    let value = if P::ENTRY.shared {
        // Polled only on first use; later calls get the stored value.
        let make = async { make::<P>(injector.of_server()).await };
        injector.shared().get_or_make(id, P::ENTRY, make).await
    } else {
        async {
            let new = make::<P>(injector.clone()).await?;
            let value = new.value.clone();
            injector.scope().add(new.erase(id, P::ENTRY));
            Ok(value)
        }
        .await
    };
    value.map_err(|cause: crate::error::Error| {
        cause.context(format!("provider `{}`", P::ENTRY.name))
    })
}

/// Runs `P` until it has provided its value.
async fn make<P: Provider>(injector: Injector) -> crate::error::Result<NewValue<P::Value>> {
    if let Some(value) = injector.overrides().make(TypeId::of::<P>()).await {
        return Ok(NewValue {
            value: value?,
            teardown: None,
        });
    }
    let slot = Slot::<P::Value>::empty();
    let mut running = P::make(injector.with_slot(Arc::clone(&slot) as _));
    // A pending future with a filled slot is suspended in `Scope::provide`; the rest of it is the
    // teardown. If the call is cancelled before that, `running` is dropped, and there is nothing to
    // tear down.
    let finished = poll_fn(|context| match running.as_mut().poll(context) {
        Poll::Ready(result) => Poll::Ready(Some(result)),
        Poll::Pending if slot.is_filled() => Poll::Ready(None),
        Poll::Pending => Poll::Pending,
    })
    .await;
    let teardown = match finished {
        Some(result) => {
            result?;
            None
        }
        None => Some(running),
    };
    let value = slot.take();
    let value = value.ok_or_else(|| {
        crate::error::Error::msg("the function returned without calling `Scope::provide`")
    })?;
    Ok(NewValue { value, teardown })
}
