//! The [`Dashboard`] of a server.

use std::sync::Arc;

use crate::component::dispatch::Dispatcher;
use crate::dashboard::board::Dashboard;
use crate::server::builder::FastMcp;
use crate::server::options::PageOptions;
use crate::server::running::Server;
use crate::transport::http::page::Page;

impl FastMcp {
    /// Serves the [`Dashboard`] of the server at `path`, next to the server itself: with
    /// [`run_http`](Self::run_http), [`serve_http`](Server::serve_http) and [`http_router`](Server::http_router).
    /// `options` sets its options.
    ///
    /// ```no_run
    /// use fastmcp::prelude::*;
    ///
    /// # async fn serve() -> Result<()> {
    /// // Serves http://127.0.0.1:8000/dashboard, for this machine.
    /// FastMcp::new("shop")
    ///     .enable_docket()
    ///     .dashboard("/dashboard", |dashboard| dashboard)
    ///     .run_http("127.0.0.1:8000")
    ///     .await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn dashboard(
        mut self,
        path: impl Into<String>,
        options: impl FnOnce(Dashboard) -> Dashboard + Send + 'static,
    ) -> Self {
        self.0.page = Some(PageOptions {
            path: path.into(),
            options: Box::new(options),
        });
        self
    }
}

impl Server {
    /// Returns a web page that shows the server's docket and operates it, for a router of your own. The guide
    /// [`dashboard`](crate::guide::dashboard) shows the page, and who may use it.
    ///
    /// ```no_run
    /// # async fn serve(server: fastmcp::Server) -> fastmcp::Result<()> {
    /// let dashboard = server.dashboard().scope("docket:admin");
    /// let app = server.http_router().nest_service("/dashboard", dashboard);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// It has the [authorization](FastMcp::auth) and the allowed hosts of the server. Mounted servers with a docket of
    /// their own are in a list of the page. If the server has no docket, the page says so.
    pub fn dashboard(&self) -> Dashboard {
        let name = Arc::clone(&self.protocol.dispatcher.identity.name);
        let dashboard = Dashboard::of(Some(name), Some(Arc::clone(&self.http)));
        with_dockets(dashboard, &self.protocol.dispatcher)
    }

    /// Serves the page that the options ask for.
    pub(crate) fn serve_page(&self, page: PageOptions) {
        let dashboard = (page.options)(self.dashboard());
        let respond = move |request| -> futures_util::future::BoxFuture<'static, _> {
            Box::pin(dashboard.clone().respond(request))
        };
        let path = page.path.trim_end_matches('/').to_owned();
        // Set once, at the start.
        let _ = self.http.page.set(Page::new(path, Box::new(respond)));
    }
}

/// Adds the dockets of a server, and of those that are mounted on it.
fn with_dockets(mut dashboard: Dashboard, dispatcher: &Dispatcher) -> Dashboard {
    if dispatcher.owns_docket
        && let Some(docket) = &dispatcher.provided.docket
    {
        dashboard = match dispatcher.provided.worker.get() {
            Some(worker) => dashboard.with_worker(worker),
            None => dashboard.with_docket(docket),
        };
    }
    dispatcher
        .mounts
        .iter()
        .fold(dashboard, |dashboard, mount| {
            with_dockets(dashboard, &mount.dispatcher)
        })
}
