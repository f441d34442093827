//! Looks dependencies up for one call of a handler.

use std::any::{Any, TypeId};
use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, OnceLock};

use super::{Dependency, Needs, Offer};
use crate::context::Context;
use crate::docket::{Delivery, Docket, Worker};

/// What a server provides to all of its handlers.
#[derive(Default)]
pub(crate) struct Provided {
    pub(crate) docket: Option<Docket>,
    /// Set once the worker exists: it needs the handler, which needs this.
    pub(crate) worker: OnceLock<Worker>,
    pub(crate) states: States,
}

impl Provided {
    /// What a tool, a resource or a prompt can be given.
    pub(crate) fn offer_to_requests(&self) -> Offer<'_> {
        Offer {
            docket: self.docket.is_some(),
            request: true,
            execution: false,
            states: &self.states,
        }
    }

    /// What a task can be given.
    pub(crate) fn offer_to_tasks(&self) -> Offer<'_> {
        Offer {
            docket: true,
            request: false,
            execution: true,
            states: &self.states,
        }
    }
}

/// The server's state, by type.
pub(crate) type States = HashMap<TypeId, Arc<dyn Any + Send + Sync>>;

/// What called the handler.
pub(crate) enum Origin {
    /// A client's request.
    Request(Context),
    /// A worker that runs a task.
    Execution(Box<Delivery>),
}

/// The server, as one call of a handler sees it; a [`Dependency`] takes what it needs from it.
///
/// Cheap to clone.
#[derive(Clone)]
pub struct Injector {
    provided: Arc<Provided>,
    origin: Arc<Origin>,
}

impl Injector {
    pub(crate) fn new(provided: Arc<Provided>, origin: Origin) -> Self {
        Self {
            provided,
            origin: Arc::new(origin),
        }
    }

    /// Looks up another dependency for the same call.
    ///
    /// # Errors
    ///
    /// Whatever that dependency's [`resolve`](Dependency::resolve) fails with.
    pub async fn get<D: Dependency>(&self) -> crate::Result<D> {
        D::resolve(self).await
    }

    /// Whether this call has all that `D` needs.
    pub(crate) fn offers<D: Dependency>(&self) -> bool {
        let offer = match &*self.origin {
            Origin::Request(_) => self.provided.offer_to_requests(),
            Origin::Execution(_) => self.provided.offer_to_tasks(),
        };
        offer.lacks(&Needs::collect(D::needs)).is_none()
    }

    pub(crate) fn docket(&self) -> Option<Docket> {
        match &*self.origin {
            Origin::Execution(delivery) => Some(delivery.docket()),
            Origin::Request(_) => self.provided.docket.clone(),
        }
    }

    pub(crate) fn worker(&self) -> Option<Worker> {
        match &*self.origin {
            Origin::Execution(delivery) => Some(delivery.worker()),
            Origin::Request(_) => self.provided.worker.get().cloned(),
        }
    }

    pub(crate) fn context(&self) -> Option<&Context> {
        match &*self.origin {
            Origin::Request(context) => Some(context),
            Origin::Execution(_) => None,
        }
    }

    pub(crate) fn delivery(&self) -> Option<&Delivery> {
        match &*self.origin {
            Origin::Execution(delivery) => Some(delivery),
            Origin::Request(_) => None,
        }
    }

    pub(crate) fn state(&self, type_id: TypeId) -> Option<&Arc<dyn Any + Send + Sync>> {
        self.provided.states.get(&type_id)
    }
}

impl fmt::Debug for Injector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Injector")
            .field("docket", &self.docket())
            .field("context", &self.context())
            .finish_non_exhaustive()
    }
}
