//! [`Link`]: the connection to a remote server, which is opened again when it has ended.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock, Weak};
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};
use tokio::sync::{Notify, watch};
use tokio::task::AbortHandle;
use tokio_util::sync::CancellationToken;

use crate::client::builder::Options;
use crate::client::connection::Connection;
use crate::client::error::{ClientError, connection_error};
use crate::client::notices::Notices;
use crate::client::upstream::lists::Lists;
use crate::client::upstream::questions;
use crate::component::changes::Changes;
use crate::context::change::Change;
use crate::context::request::Context;
use crate::docket::model::key::Key;
use crate::error::{Error, ToolError};
use crate::mcp::ProtocolVersion;

/// Opens a connection with these options.
pub(super) type Open = Arc<
    dyn Fn(Options) -> BoxFuture<'static, Result<Arc<dyn Connection>, ClientError>> + Send + Sync,
>;

/// The time that a start waits for the components of a remote server.
const START_TIMEOUT: Duration = Duration::from_secs(5);

/// The time that a request waits for a connection that is being opened.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(3);

/// The shortest and the longest time between two attempts to connect.
const RETRY: (Duration, Duration) = (Duration::from_millis(100), Duration::from_secs(30));

/// The time between two reads of the lists, for servers that do not announce changes.
const REFRESH: Duration = Duration::from_mins(5);

/// A connection that is open, or the reason why there is none.
#[derive(Clone)]
enum Status {
    Open(Arc<dyn Connection>),
    Closed(Arc<str>),
}

/// A request that waits for the remote server.
#[derive(Clone)]
pub(super) struct InFlight {
    context: Context,
    /// Cancelled when the request has ended.
    ended: CancellationToken,
}

/// The connection to a remote server. Dropping it closes the connection.
pub(super) struct Link {
    pub(super) shared: Arc<Shared>,
    task: AbortHandle,
}

pub(super) struct Shared {
    /// The prefix of the components, which names the server in errors.
    pub(super) name: String,
    /// Identifies this proxy in the requests that it sends.
    pub(super) id: String,
    open: Open,
    options: Options,
    protocol: Option<ProtocolVersion>,
    changes: Changes,
    status: watch::Sender<Status>,
    lists: RwLock<Arc<Lists>>,
    /// Wakes the task that keeps the connection open.
    pub(super) wake: Notify,
    /// The requests that wait for the remote server.
    in_flight: Mutex<HashMap<u64, InFlight>>,
    next_id: AtomicU64,
}

impl Link {
    /// Opens the connection, and waits for the lists for a limited time.
    pub(super) async fn start(
        name: String,
        open: Open,
        options: Options,
        protocol: Option<ProtocolVersion>,
        changes: Changes,
    ) -> Self {
        let shared = Arc::new(Shared {
            id: Key::random().to_string(),
            open,
            options,
            protocol,
            changes,
            status: watch::Sender::new(Status::Closed("not connected yet".into())),
            lists: RwLock::default(),
            wake: Notify::new(),
            in_flight: Mutex::default(),
            next_id: AtomicU64::new(0),
            name,
        });
        let mut status = shared.status.subscribe();
        let task = tokio::spawn(Arc::clone(&shared).run()).abort_handle();
        // Until the first attempt has succeeded or failed. Further attempts follow in the background.
        let attempted = tokio::time::timeout(START_TIMEOUT, status.changed());
        if attempted.await.is_err() {
            tracing::warn!(
                server = shared.name,
                "the remote server does not respond yet"
            );
        }
        Self { shared, task }
    }
}

impl Drop for Link {
    fn drop(&mut self) {
        self.task.abort();
        self.shared
            .status
            .send_replace(Status::Closed("the server has stopped".into()));
    }
}

impl Shared {
    /// Keeps the connection open and the lists up to date.
    async fn run(self: Arc<Self>) {
        let mut delay = RETRY.0;
        loop {
            match self.connect().await {
                Ok(connection) => {
                    delay = RETRY.0;
                    let listener = tokio::spawn(listen(Arc::clone(&connection)));
                    self.keep(&connection).await;
                    listener.abort();
                }
                Err(error) => {
                    tracing::warn!(server = self.name, %error, "cannot reach the remote server");
                    self.close(&error.to_string());
                    let wait = tokio::time::sleep(delay);
                    tokio::select! {
                        () = wait => delay = (delay * 2).min(RETRY.1),
                        // A request wants the server now.
                        () = self.wake.notified() => tokio::time::sleep(RETRY.0).await,
                    }
                }
            }
        }
    }

    async fn connect(self: &Arc<Self>) -> Result<Arc<dyn Connection>, ClientError> {
        let preferred = self
            .protocol
            .clone()
            .unwrap_or(ProtocolVersion::V_2026_07_28);
        let opened = (self.open)(self.options(preferred)).await;
        let connection = match opened {
            Err(error) if self.protocol.is_none() => {
                let older = self.options(ProtocolVersion::LATEST_WITH_INITIALIZE);
                // The first error is about the newer revision only if the older one works.
                (self.open)(older).await.map_err(|_| error)?
            }
            opened => opened?,
        };
        let lists = read_lists(&*connection).await?;
        self.set_lists(lists);
        self.status
            .send_replace(Status::Open(Arc::clone(&connection)));
        Ok(connection)
    }

    /// Returns the options of a connection, with handlers that lead to the requests in flight.
    fn options(self: &Arc<Self>, protocol: ProtocolVersion) -> Options {
        let mut options = self.options.clone();
        options.protocol = protocol;
        let shared: Weak<Self> = Arc::downgrade(self);
        options.notices = Notices::default();
        options.notices.receiver = Some(Arc::new(move |method, params| {
            if let Some(shared) = shared.upgrade() {
                shared.notified(method, params);
            }
        }));
        let shared: Weak<Self> = Arc::downgrade(self);
        options.handlers.any = Some(Arc::new(move |method, params| {
            let request = shared.upgrade().and_then(|it| it.only_request());
            async move {
                let InFlight { context, ended } = request?;
                tokio::select! {
                    answer = questions::answer(context, &method, params) => answer.ok(),
                    // A question can end the run of its request, and then it is never answered here.
                    () = ended.cancelled() => None,
                }
            }
            .boxed()
        }));
        options
    }

    /// Refreshes the lists until the connection ends.
    async fn keep(&self, connection: &Arc<dyn Connection>) {
        loop {
            tokio::select! {
                () = self.wake.notified() => {}
                () = tokio::time::sleep(REFRESH) => {}
            }
            let is_open = matches!(&*self.status.borrow(), Status::Open(_));
            if !is_open || connection.is_closed() {
                self.close("the server has closed the connection");
                return;
            }
            match read_lists(&**connection).await {
                Ok(lists) => self.set_lists(lists),
                Err(error) => {
                    self.close(&error.to_string());
                    return;
                }
            }
        }
    }

    fn set_lists(&self, lists: Lists) {
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

    fn close(&self, reason: &str) {
        self.status.send_replace(Status::Closed(reason.into()));
    }

    /// Handles a notification of the remote server.
    fn notified(&self, method: &str, mut params: Value) {
        match method {
            "notifications/message" => {
                // The protocol does not tell to which request a message belongs.
                let only = self.only_request().map(|it| it.context);
                questions::log(only, &self.name, params);
            }
            "notifications/resources/updated" => {
                if let Value::String(uri) = params["uri"].take() {
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
    fn only_request(&self) -> Option<InFlight> {
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

/// Subscribes to changes in protocol 2026-07-28. Servers of sessions announce them anyway, and refuse the request.
async fn listen(connection: Arc<dyn Connection>) {
    let lists = json!({
        "toolsListChanged": true,
        "promptsListChanged": true,
        "resourcesListChanged": true,
    });
    let params = json!({ "notifications": lists });
    if connection.listens() {
        let _ = connection.request("subscriptions/listen", params).await;
    }
}

async fn read_lists(connection: &dyn Connection) -> Result<Lists, ClientError> {
    Ok(Lists::new(
        read(connection, "tools/list", "tools").await?,
        read(connection, "prompts/list", "prompts").await?,
        read(connection, "resources/list", "resources").await?,
        read(connection, "resources/templates/list", "resourceTemplates").await?,
    ))
}

/// Reads all pages of a list. A server without components of the kind has an empty list.
async fn read<T: DeserializeOwned>(
    connection: &dyn Connection,
    method: &'static str,
    key: &'static str,
) -> Result<Vec<T>, ClientError> {
    const METHOD_NOT_FOUND: i32 = -32601;
    let mut items = Vec::new();
    let mut params = json!({});
    loop {
        let page = match connection.request(method, params).await {
            Err(ClientError::Refused { code, .. }) if code == METHOD_NOT_FOUND => return Ok(items),
            page => page?,
        };
        let mut page: Map<String, Value> =
            serde_json::from_value(page).map_err(connection_error)?;
        let list = page.remove(key).unwrap_or_else(|| json!([]));
        let list: Vec<T> = serde_json::from_value(list).map_err(connection_error)?;
        items.extend(list);
        match page.remove("nextCursor") {
            Some(Value::String(cursor)) => params = json!({ "cursor": cursor }),
            _ => return Ok(items),
        }
    }
}
