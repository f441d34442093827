//! `#[dependency]` functions: how they are asked for a value.
//!
//! A provider runs until its value is in the [slot](crate::call::inject::scope). One that returns its value is
//! at its end then; one that gave it to a [`Scope`](crate::call::inject::scope::Scope) is kept where it stands, and
//! runs on when the call is over.

use std::any::TypeId;
use std::future::poll_fn;
use std::sync::Arc;
use std::task::Poll;

use crate::call::inject::calls::{Held, Teardown};
use crate::call::inject::injector::Injector;
use crate::call::inject::needs::Needs;
use crate::call::inject::provided_ref::Lent;
use crate::call::inject::scope::Slot;
use crate::registration::Location;
use futures_util::future::BoxFuture;

/// A function that provides a value; `#[dependency]` implements it.
///
/// It is implemented for a type that has the function's name, so that a handler can name the
/// function in `#[depends(database)]`, and a test in
/// [`override_dependency::<database>`](crate::FastMcp::override_dependency).
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a provider",
    label = "not a provider: put `#[dependency]` on the function"
)]
pub trait Provider: 'static {
    /// What it provides.
    type Value: Send + Sync + 'static;
    /// What start-up and messages have to know of it.
    #[doc(hidden)]
    const ENTRY: &'static ProviderEntry;
    /// Runs the function; its value goes into the injector's slot.
    #[doc(hidden)]
    fn make(injector: Injector) -> BoxFuture<'static, Ran>;
}

/// What running a provider's function comes to, beside the value in the slot.
#[doc(hidden)]
pub type Ran = crate::error::Result<()>;

/// A provider, without its type.
#[doc(hidden)]
#[derive(Debug)]
pub struct ProviderEntry {
    /// The function's name.
    pub name: &'static str,
    /// Where the function is.
    pub location: Location,
    /// Whether its value lives as long as the server.
    pub shared: bool,
    /// Adds what its parameters need.
    pub needs: fn(&mut Needs),
}

/// What a provider has made.
pub(crate) struct Made<P: Provider> {
    pub(crate) value: Lent<P::Value>,
    teardown: Option<Teardown>,
}

impl<P: Provider> Made<P> {
    pub(crate) fn held(self) -> Held {
        Held {
            provider: TypeId::of::<P>(),
            entry: P::ENTRY,
            value: Box::new(self.value),
            teardown: self.teardown,
        }
    }
}

/// What `P` provides to the call of `injector`: made once in it.
pub(crate) async fn provided<P: Provider>(
    injector: &Injector,
) -> crate::error::Result<Lent<P::Value>> {
    if let Some(value) = injector.scope().get::<P>() {
        return Ok(value);
    }
    let value = if P::ENTRY.shared {
        injector.shared().get::<P>(injector).await
    } else {
        async {
            let made = make::<P>(injector.clone()).await?;
            let value = made.value.clone();
            injector.scope().add(made.held());
            Ok(value)
        }
        .await
    };
    value.map_err(|cause: crate::error::Error| {
        cause.context(format!("provider `{}`", P::ENTRY.name))
    })
}

/// Runs `P` until it has provided.
pub(crate) async fn make<P: Provider>(injector: Injector) -> crate::error::Result<Made<P>> {
    if let Some(value) = injector.overrides().get::<P>() {
        return Ok(Made {
            value: value?,
            teardown: None,
        });
    }
    let slot = Slot::<P::Value>::empty();
    let mut running = P::make(injector.with_slot(Arc::clone(&slot) as _));
    let ended = poll_fn(|context| match running.as_mut().poll(context) {
        Poll::Ready(ended) => Poll::Ready(Some(ended)),
        Poll::Pending if slot.is_filled() => Poll::Ready(None),
        Poll::Pending => Poll::Pending,
    })
    .await;
    let teardown = match ended {
        Some(ended) => {
            ended?;
            None
        }
        None => Some(running),
    };
    let value = slot.take();
    let value = value.ok_or_else(|| {
        crate::error::Error::msg("it returned without a value: it did not call `Scope::provide`")
    })?;
    Ok(Made { value, teardown })
}
