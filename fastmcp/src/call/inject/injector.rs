//! [`Injector`]: access to the values that the server provides to one call of a handler.

use std::any::{Any, TypeId};
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::call::inject::call_scope::CallScope;
use crate::call::inject::capabilities::Capabilities;
use crate::call::inject::origin::Origin;
use crate::call::inject::overrides::Overrides;
use crate::call::inject::progress::to_client;
use crate::call::inject::provided::Provided;
use crate::call::inject::running::RunningHandler;
use crate::call::inject::shared::Shared;
use crate::call::inject::teardown::CallGuard;
use crate::context::request::Context;
use crate::docket::current_execution::CurrentExecution;
use crate::docket::handle::Docket;
use crate::docket::progress::Progress;
use crate::docket::worker::handle::Worker;

/// The slot that receives the value of the running provider. Its type is erased, because an `Injector`
/// has no type parameters.
type AnySlot = Arc<dyn Any + Send + Sync>;

/// Access to the values that the server provides to one call of a handler. A
/// [`Dependency`](crate::dependencies::Dependency) gets other dependencies from it.
///
/// It is cheap to clone.
#[derive(Clone)]
pub struct Injector {
    provided: Arc<Provided>,
    scope: Arc<CallScope>,
    slot: Option<AnySlot>,
}

impl Injector {
    pub(crate) fn new(provided: Arc<Provided>, origin: Origin) -> Self {
        Self {
            provided,
            scope: Arc::new(CallScope::new(origin)),
            slot: None,
        }
    }

    /// Returns the guard that tears this call down.
    pub(crate) fn guard(&self) -> CallGuard {
        CallGuard::new(Arc::clone(&self.scope), self.provided.calls.token())
    }

    /// Registers the handler of this call as running.
    pub(crate) fn running(&self, name: &'static str) -> RunningHandler {
        self.provided.running.enter(name)
    }

    /// Returns an injector of the same call for the provider that fills `slot`.
    pub(crate) fn with_slot(mut self, slot: AnySlot) -> Self {
        self.slot = Some(slot);
        self
    }

    /// Returns an injector for a shared provider, which does not belong to a call.
    pub(crate) fn of_server(&self) -> Self {
        let server = Self::new(Arc::clone(&self.provided), Origin::Server);
        // A shared provider has no body that could fail, so its `Ended::succeeded` is always true.
        server.scope.succeeded().store(true, Ordering::Relaxed);
        server
    }

    /// Returns the slot of the running provider, and the flag that is set if its call succeeds.
    pub(crate) fn slot(&self) -> (Option<AnySlot>, Arc<AtomicBool>) {
        (self.slot.clone(), Arc::clone(self.scope.succeeded()))
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

    /// Returns the capabilities of the server for this call.
    pub(crate) fn capabilities(&self) -> Capabilities<'_> {
        match &self.scope.origin {
            Origin::Request(context) => Capabilities {
                http: context.is_http(),
                context: Some(context),
                ..self.provided.request_capabilities()
            },
            Origin::Execution(_) => self.provided.task_capabilities(),
            Origin::Task(call) => Capabilities {
                http: call.context.is_http(),
                context: Some(&call.context),
                execution: true,
                ..self.provided.request_capabilities()
            },
            Origin::Lazy(context) => Capabilities {
                http: false,
                context: Some(context.get()),
                ..self.provided.request_capabilities()
            },
            Origin::ArgumentsOnly => self.provided.request_capabilities(),
            #[cfg(feature = "events")]
            Origin::Event(_) => self.provided.event_capabilities(),
            Origin::Server => self.provided.shared_capabilities(),
        }
    }

    pub(crate) fn docket(&self) -> Option<Docket> {
        match &self.scope.origin {
            Origin::Execution(delivery) => Some(delivery.docket()),
            Origin::Task(call) => Some(call.delivery.docket()),
            // Tasks that a request schedules join the trace of the request.
            Origin::Request(context) => {
                let docket = self.provided.docket.clone();
                match context.trace() {
                    Some(trace) => docket.map(|docket| docket.with_trace(trace.clone())),
                    None => docket,
                }
            }
            Origin::Lazy(_) | Origin::ArgumentsOnly | Origin::Server => {
                self.provided.docket.clone()
            }
            #[cfg(feature = "events")]
            Origin::Event(_) => self.provided.docket.clone(),
        }
    }

    pub(crate) fn worker(&self) -> Option<Worker> {
        match &self.scope.origin {
            Origin::Execution(delivery) => Some(delivery.worker()),
            Origin::Task(call) => Some(call.delivery.worker()),
            Origin::Request(_) | Origin::Lazy(_) | Origin::ArgumentsOnly | Origin::Server => {
                self.provided.worker.get().cloned()
            }
            #[cfg(feature = "events")]
            Origin::Event(_) => self.provided.worker.get().cloned(),
        }
    }

    pub(crate) fn context(&self) -> Option<&Context> {
        match &self.scope.origin {
            Origin::Request(context) => Some(context),
            Origin::Task(call) => Some(&call.context),
            Origin::Lazy(context) => Some(context.get()),
            Origin::Execution(_) | Origin::ArgumentsOnly | Origin::Server => None,
            #[cfg(feature = "events")]
            Origin::Event(_) => None,
        }
    }

    /// Returns the context of the call, unless it is created only for a handler that uses it. Such a call has no answers
    /// from earlier runs, and its client wants no progress.
    pub(crate) fn given_context(&self) -> Option<&Context> {
        match &self.scope.origin {
            Origin::Lazy(_) => None,
            _ => self.context(),
        }
    }

    /// Records that the handler observes its cancellation. It is then not dropped at once.
    pub(crate) fn handle_cancellation(&self) {
        if let Origin::Task(call) = &self.scope.origin {
            call.handle_cancellation();
        }
    }

    pub(crate) fn delivery(&self) -> Option<&CurrentExecution> {
        match &self.scope.origin {
            Origin::Execution(delivery) => Some(delivery),
            Origin::Task(call) => Some(&call.delivery),
            Origin::Request(_) | Origin::Lazy(_) | Origin::ArgumentsOnly | Origin::Server => None,
            #[cfg(feature = "events")]
            Origin::Event(_) => None,
        }
    }

    /// Returns the progress reporter of the call. It writes to the docket in a task, and notifies the
    /// client in a request.
    pub(crate) fn progress(&self) -> Option<Progress> {
        match &self.scope.origin {
            Origin::Execution(delivery) => Some(delivery.progress()),
            Origin::Task(call) => Some(call.delivery.progress()),
            Origin::Request(_) | Origin::Lazy(_) => {
                let context = self.context()?;
                let progress = &self.scope.progress;
                Some(progress.get_or_init(|| to_client(context)).clone())
            }
            Origin::ArgumentsOnly | Origin::Server => None,
            #[cfg(feature = "events")]
            Origin::Event(_) => None,
        }
    }

    /// Returns the subscriber of the event that is being matched.
    #[cfg(feature = "events")]
    pub(crate) fn subscriber(&self) -> Option<&crate::caller::Caller> {
        match &self.scope.origin {
            Origin::Event(subscriber) => Some(subscriber),
            _ => None,
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
