//! [`Shared`]: the state of the connection to a remote server.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};
use std::time::Duration;

use futures_util::future::BoxFuture;
use serde_json::Value;
use tokio::sync::{Notify, watch};
use tokio_util::sync::CancellationToken;

use crate::client::builder::Options;
use crate::client::connection::Connection;
use crate::client::error::ClientError;
use crate::client::member::take;
use crate::client::upstream::lists::Lists;
use crate::client::upstream::questions;
use crate::client::upstream::task_ids::TaskIds;
use crate::client::upstream::watched::Watched;
use crate::component::changes::Changes;
use crate::component::place::Place;
use crate::context::change::Change;
use crate::context::request::Context;
use crate::docket::model::key::Key;
use crate::error::{Error, ToolError};
use crate::mcp::ProtocolVersion;

/// Opens a connection with these options.
pub(super) type Open = Arc<
    dyn Fn(Options) -> BoxFuture<'static, Result<Arc<dyn Connection>, ClientError>> + Send + Sync,
>;

/// The time that a request waits for a connection that is being opened.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(3);

/// A connection that is open, or the reason why there is none.
#[derive(Clone)]
pub(super) enum Status {
    Open(Arc<dyn Connection>),
    Closed(Arc<str>),
}

/// A request that waits for the remote server.
#[derive(Clone)]
pub(super) struct InFlight {
    pub(super) context: Context,
    /// Cancelled when the request has ended.
    pub(super) ended: CancellationToken,
}

/// The state of the connection to a remote server, for its requests and for the task that keeps it open.
pub(super) struct Shared {
    /// The prefix of the components, which names the server in errors.
    pub(super) name: String,
    /// Identifies this proxy in the requests that it sends.
    pub(super) id: String,
    pub(super) open: Open,
    pub(super) options: Options,
    pub(super) protocol: Option<ProtocolVersion>,
    changes: Changes,
    pub(super) status: watch::Sender<Status>,
    lists: RwLock<Arc<Lists>>,
    /// `true` if the remote server may make tasks of calls. Until the first connection, it may.
    pub(super) makes_tasks: AtomicBool,
    pub(super) task_ids: TaskIds,
    /// The resources whose updates clients want.
    pub(super) watched: Watched,
    /// Wakes the task that keeps the connection open.
    pub(super) wake: Notify,
    /// The requests that wait for the remote server.
    in_flight: Mutex<HashMap<u64, InFlight>>,
    next_id: AtomicU64,
}

impl Shared {
    pub(super) fn new(
        name: String,
        open: Open,
        options: Options,
        protocol: Option<ProtocolVersion>,
        place: Place,
    ) -> Self {
        Self {
            id: Key::random().to_string(),
            open,
            options,
            protocol,
            task_ids: TaskIds::new(&place),
            changes: place.changes,
            makes_tasks: AtomicBool::new(true),
            watched: Watched::new(),
            status: watch::Sender::new(Status::Closed("not connected yet".into())),
            lists: RwLock::default(),
            wake: Notify::new(),
            in_flight: Mutex::default(),
            next_id: AtomicU64::new(0),
            name,
        }
    }

    pub(super) fn set_lists(&self, lists: Lists) {
        let lists = Arc::new(lists);
        let mut current = self.lists.write().unwrap_or_else(PoisonError::into_inner);
        let before = std::mem::replace(&mut *current, Arc::clone(&lists));
        drop(current);
        for list in before.changes(&lists) {
            self.changes.announce(Change::List(list));
        }
    }

    pub(super) fn lists(&self) -> Arc<Lists> {
        Arc::clone(&self.lists.read().unwrap_or_else(PoisonError::into_inner))
    }

    pub(super) fn close(&self, reason: &str) {
        self.status.send_replace(Status::Closed(reason.into()));
    }

    /// Reports that the watched resources may have changed while nobody listened.
    pub(super) fn may_have_changed(&self) {
        for uri in self.watched.uris() {
            self.changes.announce(Change::Resource(uri.into()));
        }
    }

    /// Handles a notification of the remote server.
    pub(super) fn notified(&self, method: &str, mut params: Value) {
        match method {
            "notifications/message" => {
                // The protocol does not tell to which request a message belongs.
                let only = self.only_request().map(|it| it.context);
                questions::log(only, &self.name, params);
            }
            "notifications/resources/updated" => {
                if let Value::String(uri) = take(&mut params, "uri") {
                    self.changes.announce(Change::Resource(uri.into()));
                }
            }
            "notifications/tools/list_changed"
            | "notifications/prompts/list_changed"
            | "notifications/resources/list_changed" => self.wake.notify_one(),
            "closed" => {
                self.close("the server has closed the connection");
                self.wake.notify_one();
            }
            _ => {}
        }
    }

    fn in_flight(&self) -> MutexGuard<'_, HashMap<u64, InFlight>> {
        self.in_flight
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns the request in flight, if there is exactly one. With several, a message could reach the wrong caller.
    pub(super) fn only_request(&self) -> Option<InFlight> {
        let in_flight = self.in_flight();
        let mut requests = in_flight.values();
        requests.next().filter(|_| in_flight.len() == 1).cloned()
    }

    /// Registers a request until the guard is dropped.
    pub(super) fn enter(self: &Arc<Self>, context: &Context) -> Entered {
        let id = self.next_id.fetch_add(1, Ordering::Relaxed);
        let request = InFlight {
            context: context.clone(),
            ended: CancellationToken::new(),
        };
        self.in_flight().insert(id, request);
        Entered {
            shared: Arc::clone(self),
            id,
        }
    }

    /// Returns the open connection. Waits a short time for one that is being opened.
    pub(super) async fn connection(&self) -> Result<Arc<dyn Connection>, Error> {
        let mut status = self.status.subscribe();
        if let Status::Open(connection) = &*status.borrow_and_update()
            && !connection.is_closed()
        {
            return Ok(Arc::clone(connection));
        }
        self.wake.notify_one();
        let opened = async {
            loop {
                if let Status::Open(connection) = &*status.borrow_and_update()
                    && !connection.is_closed()
                {
                    return Some(Arc::clone(connection));
                }
                status.changed().await.ok()?;
            }
        };
        let opened = tokio::time::timeout(CONNECT_TIMEOUT, opened).await;
        if let Ok(Some(connection)) = opened {
            return Ok(connection);
        }
        let reason = match &*self.status.borrow() {
            Status::Closed(reason) => Arc::clone(reason),
            Status::Open(_) => "it does not respond".into(),
        };
        Err(self.unreachable(&reason))
    }

    /// Returns the error of a request that cannot reach the remote server.
    pub(super) fn unreachable(&self, reason: &str) -> Error {
        let name = &self.name;
        ToolError::new(format!("the server `{name}` cannot be reached: {reason}")).into()
    }

    /// Reports that a request has found the connection closed.
    pub(super) fn lost(&self, reason: &str) {
        self.close(reason);
        self.wake.notify_one();
    }
}

/// A request in flight.
pub(super) struct Entered {
    shared: Arc<Shared>,
    id: u64,
}

impl Drop for Entered {
    fn drop(&mut self) {
        if let Some(request) = self.shared.in_flight().remove(&self.id) {
            request.ended.cancel();
        }
    }
}
