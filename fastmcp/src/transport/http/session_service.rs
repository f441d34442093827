//! [`SessionService`]: the protocol library's service of one session, which runs only while it is needed.
//!
//! A service is a task with two channels, which take tens of kilobytes. A session needs it for the requests that the
//! fast path does not answer, and for what their handlers send. In between, the service may sleep: its task ends, and the
//! session keeps the handler with its values, log level and subscriptions. The next request starts a service with the same
//! handler, without a handshake. [`IdleServices`] bounds the number of services that wait for a request.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, Weak};

use rmcp::RoleServer;
use rmcp::model::{
    ClientJsonRpcMessage, GetExtensions, InitializeRequestParams, JsonRpcMessage,
    ServerJsonRpcMessage,
};
use rmcp::service::RunningService;
use tokio::sync::oneshot;

use crate::protocol::handler::Handler;
use crate::transport::http::inbox::Inbox;
use crate::transport::http::lock::lock;

/// The number of services that wait for a request. More would save the start of a service, which costs less than a
/// request.
const MAX_IDLE: usize = 64;

/// A service that was started after the first one has slept.
pub(crate) type Restarted = RunningService<RoleServer, Handler>;

/// What a session keeps of its service while it sleeps.
#[derive(Clone)]
pub(crate) struct Kept {
    pub(crate) handler: Handler,
    /// What the client has sent, with the negotiated revision.
    pub(crate) client: InitializeRequestParams,
}

/// The service of one session.
pub(crate) struct SessionService {
    state: Mutex<State>,
    idle: Arc<IdleServices>,
    /// The number of the next request to the client. A restarted service counts its requests from 0 again, but their
    /// IDs must be unique in the session.
    next_request: AtomicI64,
    /// Gets the response to `initialize`, which belongs to no event stream.
    initializing: Mutex<Option<oneshot::Sender<ServerJsonRpcMessage>>>,
}

struct State {
    /// `None` while the service sleeps.
    inbox: Option<Arc<Inbox>>,
    /// `None` for the first service, which the protocol library runs.
    restarted: Option<Box<Restarted>>,
    /// `None` until the session is initialized, and after its end.
    kept: Option<Box<Kept>>,
    /// The number of [`Awake`] guards.
    uses: usize,
    /// The position among the idle services.
    position: Option<u64>,
    has_slept: bool,
    has_ended: bool,
}

impl SessionService {
    /// Returns the service of a new session, and the inbox of its first service.
    pub(crate) fn new(idle: &Arc<IdleServices>) -> (Arc<Self>, Arc<Inbox>) {
        let inbox = Arc::<Inbox>::default();
        let service = Arc::new(Self {
            state: Mutex::new(State {
                inbox: Some(Arc::clone(&inbox)),
                restarted: None,
                kept: None,
                uses: 0,
                position: None,
                has_slept: false,
                has_ended: false,
            }),
            idle: Arc::clone(idle),
            next_request: AtomicI64::new(0),
            initializing: Mutex::default(),
        });
        (service, inbox)
    }

    /// Returns the receiver of the response to `initialize`.
    pub(crate) fn initialize(&self) -> oneshot::Receiver<ServerJsonRpcMessage> {
        let (sender, receiver) = oneshot::channel();
        *lock(&self.initializing) = Some(sender);
        receiver
    }

    /// Returns who waits for the response to `initialize`, once.
    pub(crate) fn initializing(&self) -> Option<oneshot::Sender<ServerJsonRpcMessage>> {
        lock(&self.initializing).take()
    }

    /// Sets what the session keeps while its service sleeps. Before, it does not sleep.
    pub(crate) fn keep(&self, kept: Kept) {
        let mut state = lock(&self.state);
        if !state.has_ended {
            state.kept = Some(Box::new(kept));
        }
    }

    /// Returns the number of the next request to the client.
    pub(crate) fn next_request(&self) -> i64 {
        self.next_request.load(Ordering::Relaxed)
    }

    /// Notes that the request with this number was sent.
    pub(crate) fn has_sent(&self, number: i64) {
        let next = number.saturating_add(1);
        self.next_request.fetch_max(next, Ordering::Relaxed);
    }

    /// Keeps the service from sleeping until all clones of the returned guard are dropped. `start` starts a service that
    /// sleeps. `None` if the session has ended, or was never initialized.
    pub(crate) fn awake(
        self: &Arc<Self>,
        start: impl FnOnce(Kept, Arc<Inbox>) -> Restarted,
    ) -> Option<Awake> {
        let mut state = lock(&self.state);
        if state.has_ended {
            return None;
        }
        let running = state.inbox.clone().filter(|inbox| !inbox.is_closed());
        let inbox = match running {
            Some(inbox) => inbox,
            None => {
                let kept = state.kept.as_deref()?.clone();
                let inbox = Arc::<Inbox>::default();
                // With the lock: another request must not start a second service.
                state.restarted = Some(Box::new(start(kept, Arc::clone(&inbox))));
                state.inbox = Some(Arc::clone(&inbox));
                inbox
            }
        };
        state.uses += 1;
        if let Some(position) = state.position.take() {
            self.idle.remove(position);
        }
        Some(Awake {
            service: Arc::clone(self),
            inbox,
        })
    }

    fn release(self: &Arc<Self>) {
        let mut state = lock(&self.state);
        state.uses -= 1;
        if state.uses > 0 || state.kept.is_none() || state.inbox.is_none() {
            return;
        }
        let (position, oldest) = self.idle.add(self);
        state.position = Some(position);
        drop(state);
        if let Some(oldest) = oldest {
            oldest.sleep();
        }
    }

    /// Ends the task of the service, if nothing uses it.
    fn sleep(&self) {
        let mut state = lock(&self.state);
        if state.uses > 0 || state.has_ended {
            return;
        }
        if let Some(position) = state.position.take() {
            self.idle.remove(position);
        }
        state.has_slept = true;
        let (inbox, restarted) = (state.inbox.take(), state.restarted.take());
        drop(state);
        if let Some(inbox) = inbox {
            inbox.close();
        }
        drop(restarted);
    }

    /// Returns whether the first service has ended because it sleeps.
    pub(crate) fn has_slept(&self) -> bool {
        lock(&self.state).has_slept
    }

    /// Ends the service with its session. Its requests in flight have some seconds to finish.
    pub(crate) fn end(&self) {
        let mut state = lock(&self.state);
        state.has_ended = true;
        if let Some(position) = state.position.take() {
            self.idle.remove(position);
        }
        let (inbox, restarted, kept) = (
            state.inbox.take(),
            state.restarted.take(),
            state.kept.take(),
        );
        drop(state);
        drop(lock(&self.initializing).take());
        if let Some(inbox) = inbox {
            inbox.close();
        }
        if let Some(restarted) = restarted {
            // Dropping it would cancel the requests at once.
            tokio::spawn(restarted.waiting());
        }
        // The values of the session may have destructors, which run without the lock.
        drop(kept);
    }
}

/// Keeps a service from sleeping.
pub(crate) struct Awake {
    service: Arc<SessionService>,
    pub(crate) inbox: Arc<Inbox>,
}

/// Keeps a service awake while it handles a notification, from the extensions of the message.
#[derive(Clone)]
struct HandlesNotification {
    _awake: Awake,
}

impl Awake {
    /// Passes a message to the service that needs no event stream, and keeps the service awake until it is handled.
    pub(crate) fn accept(&self, mut message: ClientJsonRpcMessage) {
        if let JsonRpcMessage::Notification(notification) = &mut message {
            let extensions = notification.notification.extensions_mut();
            extensions.insert(HandlesNotification {
                _awake: self.clone(),
            });
        }
        self.inbox.push(message);
    }
}

impl Clone for Awake {
    fn clone(&self) -> Self {
        lock(&self.service.state).uses += 1;
        Self {
            service: Arc::clone(&self.service),
            inbox: Arc::clone(&self.inbox),
        }
    }
}

impl Drop for Awake {
    fn drop(&mut self) {
        self.service.release();
    }
}

/// The services that wait for a request, oldest first.
#[derive(Default)]
pub(crate) struct IdleServices(Mutex<Order>);

#[derive(Default)]
struct Order {
    services: BTreeMap<u64, Weak<SessionService>>,
    next: u64,
}

impl IdleServices {
    /// Adds a service. Returns its position, and the service that has to sleep.
    fn add(&self, service: &Arc<SessionService>) -> (u64, Option<Arc<SessionService>>) {
        let mut order = lock(&self.0);
        let position = order.next;
        order.next += 1;
        order.services.insert(position, Arc::downgrade(service));
        let oldest = (order.services.len() > MAX_IDLE)
            .then(|| order.services.pop_first())
            .flatten();
        (position, oldest.and_then(|(_, oldest)| oldest.upgrade()))
    }

    fn remove(&self, position: u64) {
        lock(&self.0).services.remove(&position);
    }
}
