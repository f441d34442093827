//! [`Link`]: the connection to a remote server, which is opened again when it has ended.

use std::sync::atomic::Ordering;
use std::sync::{Arc, Weak};
use std::time::Duration;

use futures_util::FutureExt;
use tokio::task::AbortHandle;

use crate::client::builder::Options;
use crate::client::connection::Connection;
use crate::client::error::{ClientError, connection_error};
use crate::client::notices::Notices;
use crate::client::upstream::follow::{Guarded, follow};
use crate::client::upstream::questions;
use crate::client::upstream::read_lists::read_lists;
use crate::client::upstream::shared::{InFlight, Open, Shared, Status};
use crate::component::place::Place;
use crate::mcp::ProtocolVersion;

/// The time that a start waits for the components of a remote server.
const START_TIMEOUT: Duration = Duration::from_secs(5);

/// The time limit of an attempt to connect. A program that never responds is ended then, and started again.
const OPEN_TIMEOUT: Duration = Duration::from_secs(30);

/// The shortest time between two reads of the lists.
const SETTLE: Duration = Duration::from_millis(50);

/// The shortest and the longest time between two attempts to connect.
const RETRY: (Duration, Duration) = (Duration::from_millis(100), Duration::from_secs(30));

/// The time between two reads of the lists, for servers that do not announce changes.
const REFRESH: Duration = Duration::from_mins(5);

/// The connection to a remote server. Dropping it closes the connection.
pub(super) struct Link {
    pub(super) shared: Arc<Shared>,
    task: AbortHandle,
}

impl Link {
    /// Opens the connection, and waits for the lists for a limited time.
    pub(super) async fn start(
        name: String,
        open: Open,
        options: Options,
        protocol: Option<ProtocolVersion>,
        place: Place,
    ) -> Self {
        let shared = Arc::new(Shared::new(name, open, options, protocol, place));
        let mut status = shared.status.subscribe();
        let task = tokio::spawn(run(Arc::clone(&shared))).abort_handle();
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

/// Keeps the connection open and the lists up to date.
async fn run(shared: Arc<Shared>) {
    let mut delay = RETRY.0;
    loop {
        match connect(&shared).await {
            Ok(connection) => {
                delay = RETRY.0;
                let follower = follow(Arc::clone(&shared), Arc::clone(&connection));
                // Dropped with this task too, when the server stops.
                let follower = Guarded(tokio::spawn(follower).abort_handle());
                keep(&shared, &connection).await;
                drop(follower);
            }
            Err(error) => {
                tracing::warn!(server = shared.name, %error, "cannot reach the remote server");
                shared.close(&error.to_string());
                let wait = tokio::time::sleep(delay);
                tokio::select! {
                    () = wait => delay = (delay * 2).min(RETRY.1),
                    // A request wants the server now.
                    () = shared.wake.notified() => tokio::time::sleep(RETRY.0).await,
                }
            }
        }
    }
}

async fn connect(shared: &Arc<Shared>) -> Result<Arc<dyn Connection>, ClientError> {
    let preferred = shared
        .protocol
        .clone()
        .unwrap_or(ProtocolVersion::V_2026_07_28);
    let opened = open(shared, preferred).await;
    let connection = match opened {
        Err(error) if shared.protocol.is_none() => {
            let older = open(shared, ProtocolVersion::LATEST_WITH_INITIALIZE);
            // The first error is about the newer revision only if the older one works.
            older.await.map_err(|_| error)?
        }
        opened => opened?,
    };
    let lists = read_lists(&shared.name, &*connection).await?;
    shared.set_lists(lists);
    let makes_tasks = connection.makes_tasks();
    shared.makes_tasks.store(makes_tasks, Ordering::Relaxed);
    shared
        .status
        .send_replace(Status::Open(Arc::clone(&connection)));
    shared.may_have_changed();
    Ok(connection)
}

async fn open(
    shared: &Arc<Shared>,
    protocol: ProtocolVersion,
) -> Result<Arc<dyn Connection>, ClientError> {
    let opened = (shared.open)(options(shared, protocol));
    let opened = tokio::time::timeout(OPEN_TIMEOUT, opened).await;
    opened.unwrap_or_else(|_| Err(connection_error("it does not respond")))
}

/// Returns the options of a connection, with handlers that lead to the requests in flight.
fn options(shared: &Arc<Shared>, protocol: ProtocolVersion) -> Options {
    let mut options = shared.options.clone();
    options.protocol = protocol;
    // A new session lacks the subscriptions of the earlier one.
    options.restores_session = false;
    let weak: Weak<Shared> = Arc::downgrade(shared);
    options.notices = Notices::default();
    options.notices.receiver = Some(Arc::new(move |method, params| {
        if let Some(shared) = weak.upgrade() {
            shared.notified(method, params);
        }
    }));
    let weak: Weak<Shared> = Arc::downgrade(shared);
    options.handlers.any = Some(Arc::new(move |method, params| {
        let request = weak.upgrade().and_then(|it| it.only_request());
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
async fn keep(shared: &Shared, connection: &Arc<dyn Connection>) {
    loop {
        tokio::select! {
            () = shared.wake.notified() => tokio::time::sleep(SETTLE).await,
            () = tokio::time::sleep(REFRESH) => {}
        }
        let is_open = matches!(&*shared.status.borrow(), Status::Open(_));
        if !is_open || connection.is_closed() {
            shared.close("the server has closed the connection");
            return;
        }
        match read_lists(&shared.name, &**connection).await {
            Ok(lists) => shared.set_lists(lists),
            Err(error) => {
                shared.close(&error.to_string());
                return;
            }
        }
    }
}
