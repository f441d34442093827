//! [`Server`]: a server that has started.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use tokio_util::sync::{CancellationToken, DropGuard};
use tokio_util::task::TaskTracker;
use tracing::Instrument;

use crate::call::inject::running::Running;
use crate::caller::Caller;
use crate::component::dispatch::Dispatcher;
use crate::component::lint::Lint;
use crate::context::change::{Change, ListKind};
use crate::context::request::ServerHandle;
use crate::docket::handle::Docket;
use crate::docket::worker::handle::Worker;
use crate::protocol::connection::ProtocolServer;
use crate::selection::{Selection, UnmatchedSelection};
use crate::server::error::ServeError;
use crate::server::lifespan::RunningLifespan;
use crate::server::worker::Background;
use crate::server::{lifespan, logging};
use crate::telemetry::operation::step;
use crate::transport::stop::Stop;

/// The time that a connection has to close after its grace period. The protocol library takes up to
/// two seconds of it.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(3);

/// A server that has started, with its lifespan and its worker.
///
/// A server can serve several transports at once. [`shutdown`](Self::shutdown) stops it gracefully.
/// Dropping it closes its connections and stops its worker without waiting for running calls and
/// tasks.
pub struct Server {
    pub(crate) protocol: Arc<ProtocolServer>,
    /// Cancelled when connections have to finish their calls and close.
    pub(crate) draining: CancellationToken,
    /// The time that calls in flight on connections have to finish.
    pub(crate) grace: Duration,
    /// The connections over byte streams.
    pub(crate) connections: TaskTracker,
    /// Cancelled when the server stops serving.
    pub(crate) stopping: CancellationToken,
    #[cfg(feature = "http")]
    pub(crate) http: Arc<crate::transport::http::endpoint::Endpoint>,
    pub(crate) background: Option<Background>,
    pub(crate) lifespan: Option<RunningLifespan>,
    pub(crate) _stop_on_drop: DropGuard,
}

impl Server {
    fn dispatcher(&self) -> &Dispatcher {
        &self.protocol.dispatcher
    }

    /// Returns the server's name.
    pub fn name(&self) -> &str {
        &self.dispatcher().identity.name
    }

    /// Returns the server's docket, if background work is enabled.
    pub fn docket(&self) -> Option<&Docket> {
        self.dispatcher().provided.docket.as_ref()
    }

    /// Returns the worker that runs the docket's tasks in this process, if background work is enabled.
    pub fn worker(&self) -> Option<&Worker> {
        self.dispatcher().provided.worker.get()
    }

    /// Returns the parts of the server's lists that hosts of models may refuse, drop or misread, sorted
    /// by component. A start logs each of them as a warning with the target `fastmcp::lint`.
    ///
    /// ```standalone_crate
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> fastmcp::Result<()> {
    /// let server = fastmcp::FastMcp::new("empty").start().await?;
    /// assert!(server.lints().is_empty(), "{:?}", server.lints());
    /// # Ok(())
    /// # }
    /// ```
    pub fn lints(&self) -> &[Lint] {
        self.dispatcher().registry.lints(self.name())
    }

    /// Shows hidden components to all clients, and notifies clients that the lists have changed.
    /// Components that the server does not [select](crate::FastMcp::select) stay hidden.
    ///
    /// # Errors
    ///
    /// [`UnmatchedSelection`] if a part of the selection matches none of the server's components.
    pub fn show(&self, selection: &Selection) -> Result<(), UnmatchedSelection> {
        ServerHandle::show(self.dispatcher(), selection, true)
    }

    /// Hides components from all clients, and notifies clients that the lists have changed.
    /// Requests for a hidden component get the same error as for an unknown one, until the
    /// component is shown again.
    ///
    /// # Errors
    ///
    /// [`UnmatchedSelection`] if a part of the selection matches none of the server's components.
    pub fn hide(&self, selection: &Selection) -> Result<(), UnmatchedSelection> {
        ServerHandle::show(self.dispatcher(), selection, false)
    }

    /// Notifies clients that one of the server's lists has changed.
    pub fn notify_list_changed(&self, list: ListKind) {
        self.dispatcher().announce(Change::List(list));
    }

    /// Notifies the clients that have subscribed to a resource that its contents have changed.
    pub fn notify_resource_updated(&self, uri: &str) {
        self.dispatcher().announce(Change::Resource(uri.into()));
    }

    /// Stops the server: closes its connections, stops background work, tears down shared
    /// providers, and ends the lifespan, in this order.
    ///
    /// Calls in flight finish first, within the grace period ([`FastMcp::grace`](crate::FastMcp::grace),
    /// and over HTTP [`HttpOptions::grace`](crate::HttpOptions::grace)). Meanwhile, new requests are
    /// rejected. Running tasks have the worker's grace period to finish; unfinished tasks stay in the
    /// docket. Handlers that still block a thread afterwards are logged by name.
    ///
    /// # Errors
    ///
    /// [`ServeError::Lifespan`] if the lifespan fails while it cleans up.
    pub fn shutdown(self) -> BoxFuture<'static, Result<(), ServeError>> {
        async move {
            let stopped = self.stop_in_order().instrument(step("shutdown")).await;
            #[cfg(feature = "telemetry")]
            crate::telemetry::pipeline::flush().await;
            stopped
        }
        .boxed()
    }

    async fn stop_in_order(mut self) -> Result<(), ServeError> {
        // Each step ends the users of the part that the next step stops: calls use the docket,
        // tasks use shared providers, and shared providers use the values of the lifespan.
        #[cfg(feature = "http")]
        tokio::join!(self.http.drain(), self.drain_connections());
        #[cfg(not(feature = "http"))]
        self.drain_connections().await;
        self.stopping.cancel();
        if let Some(background) = self.background.take() {
            background.stop(self.running_handlers()).await;
        }
        self.dispatcher().provided.close().await;
        let stopped = lifespan::stop(self.lifespan.take()).await;
        for handler in self.running_handlers().names() {
            tracing::error!(handler, "a handler blocks its thread and did not stop");
        }
        stopped.map_err(ServeError::Lifespan)
    }

    /// Logs what the server serves, once.
    pub(crate) fn log_start(&self, serves: &str) {
        let registry = &self.dispatcher().registry;
        let docket = self.docket().map_or("none".to_owned(), |docket| {
            let place = if docket.is_shared() {
                "shared"
            } else {
                "in memory"
            };
            format!("{} ({place})", docket.name())
        });
        let worker = self.worker().map_or("none", |worker| worker.name());
        tracing::info!(
            target: logging::START,
            "{} {} serves {serves}; tools: {}, resources: {}, prompts: {}; docket: {docket}; worker: {worker}",
            self.name(),
            self.dispatcher().identity.version,
            registry.list_tools(&Caller::LOCAL).len(),
            registry.list_resources(&Caller::LOCAL).len() + registry.list_templates(&Caller::LOCAL).len(),
            registry.list_prompts(&Caller::LOCAL).len(),
        );
    }

    /// The handlers that run.
    pub(crate) fn running_handlers(&self) -> &Running {
        &self.dispatcher().provided.running
    }

    /// Lets the connections over byte streams finish their calls.
    async fn drain_connections(&self) {
        self.draining.cancel();
        self.connections.close();
        // Each connection has its own grace period. A handler that blocks the thread of the runtime
        // keeps its connection open.
        let limit = self.grace + CLOSE_TIMEOUT;
        if tokio::time::timeout(limit, self.connections.wait())
            .await
            .is_err()
        {
            tracing::warn!(
                connections = self.connections.len(),
                "connections did not close"
            );
        }
    }

    /// Returns the signals that stop a new connection.
    pub(crate) fn stop(&self) -> Stop {
        Stop {
            drain: self.draining.child_token(),
            grace: self.grace,
            close: self.stopping.child_token(),
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Some(worker) = self.worker() {
            worker.shutdown();
        }
    }
}

impl fmt::Debug for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Server")
            .field("name", &self.name())
            .field("docket", &self.docket())
            .finish_non_exhaustive()
    }
}
