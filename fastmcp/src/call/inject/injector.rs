//! Looks dependencies up for one call of a handler.

use std::any::{Any, TypeId};
use std::collections::HashMap;
use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use tokio_util::task::TaskTracker;

use crate::call::inject::calls::CallGuard;
use crate::call::inject::calls::CallScope;
use crate::call::inject::dependency::Dependency;
use crate::call::inject::needs::Offer;
use crate::call::inject::overrides::Overrides;
use crate::call::inject::progress::to_client;
use crate::call::inject::shared::Shared;
use crate::context::request::Context;
use crate::docket::current_execution::CurrentExecution;
use crate::docket::handle::Docket;
use crate::docket::progress::Progress;
use crate::docket::worker::handle::Worker;

/// How long a server that stops waits for the calls that run.
const LAST_CALLS: Duration = Duration::from_secs(15);

/// What a server provides to all of its handlers.
#[derive(Default)]
pub(crate) struct Provided {
    pub(crate) docket: Option<Docket>,
    /// Set once the worker exists: it needs the handler, which needs this.
    pub(crate) worker: OnceLock<Worker>,
    pub(crate) states: States,
    /// The providers that are not asked.
    pub(crate) overrides: Overrides,
    /// What shared providers have provided.
    pub(crate) shared: Shared,
    /// The calls that run, up to the end of their teardowns.
    pub(crate) calls: TaskTracker,
}

impl Provided {
    /// What a tool, a resource or a prompt can be given.
    pub(crate) fn offer_to_requests(&self) -> Offer<'_> {
        Offer {
            docket: self.docket.is_some(),
            request: true,
            http: true,
            context: None,
            execution: false,
            states: &self.states,
            overrides: &self.overrides,
        }
    }

    /// What a task can be given.
    pub(crate) fn offer_to_tasks(&self) -> Offer<'_> {
        Offer {
            docket: true,
            request: false,
            http: false,
            context: None,
            execution: true,
            states: &self.states,
            overrides: &self.overrides,
        }
    }

    /// What a shared provider can be given.
    fn offer_to_shared(&self) -> Offer<'_> {
        Offer {
            request: false,
            http: false,
            ..self.offer_to_requests()
        }
    }

    /// Waits for the calls that still run, which their clients have left; then tears the shared
    /// providers down.
    pub(crate) async fn close(&self) {
        self.calls.close();
        if tokio::time::timeout(LAST_CALLS, self.calls.wait())
            .await
            .is_err()
        {
            tracing::error!(
                calls = self.calls.len(),
                "still running while the server stops"
            );
        }
        self.shared.close().await;
    }
}

/// The server's state, by type.
pub(crate) type States = HashMap<TypeId, Arc<dyn Any + Send + Sync>>;

/// What called the handler.
pub(crate) enum Origin {
    /// A client's request.
    Request(Context),
    /// A worker that runs a task.
    Execution(Box<CurrentExecution>),
    /// A worker that runs a tool for a client who does not wait.
    Task(TaskCall),
    /// The server itself: a shared provider is asked.
    Server,
}

/// A call of a tool that runs as a task: a request that is over, and the execution that serves it.
pub(crate) struct TaskCall {
    context: Context,
    delivery: Box<CurrentExecution>,
    /// Whether somebody asked to be told of a cancellation: then it is theirs to stop.
    listens: Arc<AtomicBool>,
}

impl TaskCall {
    pub(crate) fn new(context: Context, delivery: CurrentExecution) -> Self {
        Self {
            context,
            delivery: Box::new(delivery),
            listens: Arc::default(),
        }
    }

    /// Ends when the call is cancelled and nobody in it listens. One who does is dropped by the worker, when its
    /// patience is over.
    pub(crate) fn cancelled(&self) -> impl Future<Output = ()> + Send + 'static {
        let (cancellation, listens) = (self.delivery.cancellation(), Arc::clone(&self.listens));
        async move {
            cancellation.cancelled().await;
            if listens.load(Ordering::Relaxed) {
                std::future::pending::<()>().await;
            }
        }
    }
}

/// Where a provider puts its value.
type AnySlot = Arc<dyn Any + Send + Sync>;

/// The server, as one call of a handler sees it; a [`Dependency`] takes what it needs from it.
///
/// Cheap to clone.
#[derive(Clone)]
pub struct Injector {
    provided: Arc<Provided>,
    origin: Arc<Origin>,
    scope: Arc<CallScope>,
    slot: Option<AnySlot>,
}

impl Injector {
    pub(crate) fn new(provided: Arc<Provided>, origin: Origin) -> Self {
        Self {
            provided,
            origin: Arc::new(origin),
            scope: Arc::default(),
            slot: None,
        }
    }

    /// What sees to the end of this call.
    pub(crate) fn guard(&self) -> CallGuard {
        CallGuard::new(Arc::clone(&self.scope), &self.provided)
    }

    /// The same call, as the provider sees it that fills `slot`.
    pub(crate) fn with_slot(mut self, slot: AnySlot) -> Self {
        self.slot = Some(slot);
        self
    }

    /// The server, as a shared provider sees it.
    pub(crate) fn of_server(&self) -> Self {
        let server = Self::new(Arc::clone(&self.provided), Origin::Server);
        server.scope.succeeded.store(true, Ordering::Relaxed);
        server
    }

    /// The slot of the provider that is asked, and whether its call has succeeded.
    pub(crate) fn slot(&self) -> (Option<AnySlot>, Arc<AtomicBool>) {
        (self.slot.clone(), Arc::clone(&self.scope.succeeded))
    }

    pub(crate) fn scope(&self) -> &CallScope {
        &self.scope
    }

    pub(crate) fn shared(&self) -> &Shared {
        &self.provided.shared
    }

    pub(crate) fn overrides(&self) -> &Overrides {
        &self.provided.overrides
    }

    /// Looks up another dependency for the same call.
    ///
    /// # Errors
    ///
    /// Whatever that dependency's [`resolve`](Dependency::resolve) fails with.
    pub async fn get<D: Dependency>(&self) -> crate::error::Result<D> {
        D::resolve(self).await
    }

    /// Whether this call has all that `D` needs.
    pub(crate) fn offers<D: Dependency>(&self) -> bool {
        let offer = match &*self.origin {
            Origin::Request(context) => Offer {
                http: context.is_http(),
                context: Some(context),
                ..self.provided.offer_to_requests()
            },
            Origin::Execution(_) => self.provided.offer_to_tasks(),
            Origin::Task(call) => Offer {
                http: call.context.is_http(),
                context: Some(&call.context),
                execution: true,
                ..self.provided.offer_to_requests()
            },
            Origin::Server => self.provided.offer_to_shared(),
        };
        offer.lacks(D::needs).is_none()
    }

    pub(crate) fn docket(&self) -> Option<Docket> {
        match &*self.origin {
            Origin::Execution(delivery) => Some(delivery.docket()),
            Origin::Task(call) => Some(call.delivery.docket()),
            // What a request schedules belongs to the trace that the request belongs to.
            Origin::Request(context) => {
                let docket = self.provided.docket.clone();
                match context.trace() {
                    Some(trace) => docket.map(|docket| docket.with_trace(trace.clone())),
                    None => docket,
                }
            }
            Origin::Server => self.provided.docket.clone(),
        }
    }

    pub(crate) fn worker(&self) -> Option<Worker> {
        match &*self.origin {
            Origin::Execution(delivery) => Some(delivery.worker()),
            Origin::Task(call) => Some(call.delivery.worker()),
            Origin::Request(_) | Origin::Server => self.provided.worker.get().cloned(),
        }
    }

    pub(crate) fn context(&self) -> Option<&Context> {
        match &*self.origin {
            Origin::Request(context) => Some(context),
            Origin::Task(call) => Some(&call.context),
            Origin::Execution(_) | Origin::Server => None,
        }
    }

    /// The call is told of its cancellation.
    pub(crate) fn listen(&self) {
        if let Origin::Task(call) = &*self.origin {
            call.listens.store(true, Ordering::Relaxed);
        }
    }

    pub(crate) fn delivery(&self) -> Option<&CurrentExecution> {
        match &*self.origin {
            Origin::Execution(delivery) => Some(delivery),
            Origin::Task(call) => Some(&call.delivery),
            Origin::Request(_) | Origin::Server => None,
        }
    }

    /// What tells how far the call is: the docket, of a task; else the client.
    pub(crate) fn progress(&self) -> Option<Progress> {
        match &*self.origin {
            Origin::Execution(delivery) => Some(delivery.progress()),
            Origin::Task(call) => Some(call.delivery.progress()),
            Origin::Request(context) => {
                let progress = &self.scope.progress;
                Some(progress.get_or_init(|| to_client(context)).clone())
            }
            Origin::Server => None,
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
