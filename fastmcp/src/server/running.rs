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
use crate::component::added::{AddError, DynamicComponents};
use crate::component::dispatch::Dispatcher;
use crate::component::dynamic::DynamicComponent;
use crate::component::lint::Lint;
use crate::component_kind::ComponentKind;
use crate::context::change::{Change, ListKind};
use crate::context::request::ServerHandle;
use crate::docket::handle::Docket;
use crate::docket::worker::handle::Worker;
use crate::protocol::connection::ProtocolServer;
use crate::selection::{Selection, UnmatchedSelection};
use crate::server::error::ServeError;
use crate::server::logging;
use crate::server::started::Started;
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
    /// `None` after the shutdown.
    pub(crate) started: Option<Started>,
    pub(crate) added: DynamicComponents,
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

    /// Returns the handle that emits events, if the server [offers events](crate::FastMcp::events): for code of the
    /// program that is no handler.
    #[cfg(feature = "events")]
    pub fn events(&self) -> Option<crate::events::emit::Events> {
        Some(self.protocol.events.as_ref()?.events())
    }

    /// Returns the parts of the server's lists that hosts of models may refuse, drop or misread, sorted
    /// by component. A start logs each of them as a warning with the target `fastmcp::lint`. Tools of mounted and remote
    /// servers, and those that were added, have the names that clients see.
    ///
    /// ```standalone_crate
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> fastmcp::Result<()> {
    /// let server = fastmcp::FastMcp::new("empty").start().await?;
    /// assert!(server.lints().is_empty(), "{:?}", server.lints());
    /// # Ok(())
    /// # }
    /// ```
    pub fn lints(&self) -> Vec<Lint> {
        self.dispatcher().lints()
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

    /// Adds a [`DynamicTool`](crate::DynamicTool), a [`DynamicResource`](crate::DynamicResource) or a
    /// [`DynamicPrompt`](crate::DynamicPrompt), and notifies clients that the list has changed.
    ///
    /// A client of a revision before 2026-07-28 learns once, when it connects, whether the server has tools, resources
    /// and prompts. Use [`FastMcp::dynamic`](crate::FastMcp::dynamic) if the first one of a kind may be added later, and
    /// to add components from handlers.
    ///
    /// ```standalone_crate
    /// use fastmcp::{ComponentKind, DynamicTool, FastMcp};
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> fastmcp::Result<()> {
    /// let server = FastMcp::new("clock").start().await?;
    /// server.add(DynamicTool::new("now", |_| async { Ok("noon") }).description("Returns the time."))?;
    /// assert!(server.remove(ComponentKind::Tool, "now"));
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`AddError`] if the name is taken, or the component cannot be listed.
    pub fn add(&self, component: impl Into<DynamicComponent>) -> Result<(), AddError> {
        self.added.add(component)
    }

    /// Removes a component that was [added](Self::add), by its name or, for a resource, by its URI, and notifies clients
    /// that the list has changed. Returns whether there was one. Calls that run continue.
    pub fn remove(&self, kind: ComponentKind, name: &str) -> bool {
        self.added.remove(kind, name)
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
        match self.started.take() {
            Some(started) => started.stop().await.map_err(ServeError::Lifespan),
            None => Ok(()),
        }
    }

    /// Logs what the server serves, once.
    pub(crate) fn log_start(&self, serves: &str) {
        let dispatcher = self.dispatcher();
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
            dispatcher.tools(&Caller::LOCAL).len(),
            dispatcher.resources(&Caller::LOCAL).len() + dispatcher.resource_templates(&Caller::LOCAL).len(),
            dispatcher.prompts(&Caller::LOCAL).len(),
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
        let started = self.started.iter().flat_map(Started::all);
        let workers = started.filter_map(|it| it.dispatcher.provided.worker.get());
        for worker in workers {
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
