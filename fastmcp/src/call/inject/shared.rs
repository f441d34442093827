//! What shared providers provide: made once, on first use, and kept as long as the server.

use std::any::TypeId;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::OnceCell;

use crate::call::inject::calls::{Held, tear_down};
use crate::call::inject::injector::Injector;
use crate::call::inject::provided_ref::{AnyLent, Lent};
use crate::call::inject::provider::{Provider, make};

/// The values of shared providers.
#[derive(Default)]
pub(crate) struct Shared(Mutex<State>);

#[derive(Default)]
struct State {
    /// One cell a provider: those who come while it is made wait for it.
    cells: HashMap<TypeId, Arc<OnceCell<AnyLent>>>,
    /// In the order in which they were ready.
    held: Vec<Held>,
    is_closed: bool,
}

#[derive(Debug, thiserror::Error)]
#[error("the server has stopped")]
struct Stopped;

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What `P` provides. It is made on first use, for all who wait for it; a failure is not kept.
    pub(crate) async fn get<P: Provider>(
        &self,
        injector: &Injector,
    ) -> crate::error::Result<Lent<P::Value>> {
        let cell = {
            let mut state = self.state();
            if state.is_closed {
                return Err(Stopped.into());
            }
            Arc::clone(state.cells.entry(TypeId::of::<P>()).or_default())
        };
        let value = cell
            .get_or_try_init(|| async {
                let made = make::<P>(injector.of_server()).await?;
                let mut state = self.state();
                if state.is_closed {
                    return Err(Stopped.into());
                }
                let value: AnyLent = Box::new(made.value.clone());
                state.held.push(made.held());
                Ok::<_, crate::error::Error>(value)
            })
            .await?;
        let value = value.downcast_ref::<Lent<P::Value>>().cloned();
        // A cell holds what its provider gave, by the key.
        value.ok_or_else(|| crate::error::Error::msg("the value is of another type"))
    }

    /// Tears all of them down, last in first out.
    pub(crate) async fn close(&self) {
        let held = self.take();
        // The log has said what went wrong.
        let _ = tear_down(held).await;
    }

    fn take(&self) -> Vec<Held> {
        let mut state = self.state();
        state.is_closed = true;
        state.cells.clear();
        std::mem::take(&mut state.held)
    }
}

/// A server that was dropped, or a worker without a server: nobody waits for the teardowns.
impl Drop for Shared {
    fn drop(&mut self) {
        let held = self.take();
        if held.iter().all(|held| held.teardown.is_none()) {
            return;
        }
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            drop(runtime.spawn(tear_down(held)));
        }
    }
}
