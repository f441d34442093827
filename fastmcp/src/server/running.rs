//! [`Server`]: a server that has started.

use std::fmt;
use std::sync::Arc;

use tokio_util::sync::{CancellationToken, DropGuard};

use crate::component::dispatch::Dispatcher;
use crate::component::lint::Lint;
use crate::context::change::{Change, ListKind};
use crate::context::request::ServerHandle;
use crate::docket::handle::Docket;
use crate::docket::worker::handle::Worker;
use crate::protocol::connection::ProtocolServer;
use crate::selection::{Selection, UnmatchedSelection};
use crate::server::error::ServeError;
use crate::server::lifespan;
use crate::server::lifespan::Running;
use crate::server::worker::Background;

/// A server that has started, with its lifespan and its worker.
///
/// A server can serve several transports at once. [`shutdown`](Self::shutdown) stops it gracefully.
/// Dropping it closes its connections and stops its worker without waiting for running calls and
/// tasks.
pub struct Server {
    pub(crate) protocol: Arc<ProtocolServer>,
    /// Cancelled when the server stops serving.
    pub(crate) stopping: CancellationToken,
    #[cfg(feature = "http")]
    pub(crate) http: Arc<crate::transport::http::endpoint::Endpoint>,
    pub(crate) background: Option<Background>,
    pub(crate) lifespan: Option<Running>,
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
    /// ```
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
    /// Over HTTP, the calls in flight finish first, and new requests get status 503. Running tasks have
    /// the worker's grace period to finish; unfinished tasks stay in the docket.
    ///
    /// # Errors
    ///
    /// [`ServeError::Lifespan`] if the lifespan fails while it cleans up.
    pub async fn shutdown(mut self) -> Result<(), ServeError> {
        // Each step ends the users of the part that the next step stops: calls use the docket,
        // tasks use shared providers, and shared providers use the values of the lifespan.
        #[cfg(feature = "http")]
        self.http.drain().await;
        self.stopping.cancel();
        if let Some(background) = self.background.take() {
            background.stop().await;
        }
        self.dispatcher().provided.close().await;
        lifespan::stop(self.lifespan.take())
            .await
            .map_err(ServeError::Lifespan)
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
