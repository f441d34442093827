//! [`Dashboard`]: the options of a dashboard.

use std::fmt;
use std::sync::Arc;

use tokio_util::sync::CancellationToken;

use crate::dashboard::gate::Gate;
use crate::dashboard::panel::Panel;
use crate::docket::handle::Docket;
use crate::docket::worker::handle::Worker;
use crate::transport::http::access::Access;
use crate::transport::http::endpoint::Endpoint;
use crate::transport::http::options::HttpOptions;
use crate::transport::http::validation::InvalidHttpOption;

/// A web page that shows a docket and operates it, as a [tower](https://docs.rs/tower-service) service for a router of
/// your own. [`Server::dashboard`](crate::Server::dashboard) creates it, and
/// [`FastMcp::dashboard`](crate::FastMcp::dashboard) serves it without a router. The guide
/// [`dashboard`](crate::guide::dashboard) shows the page.
///
/// | option | default |
/// |---|---|
/// | [`scope`](Self::scope) | none: with [`FastMcp::auth`](crate::FastMcp::auth) nobody may use the dashboard, and without it only this machine |
/// | [`read_scope`](Self::read_scope) | none |
/// | [`read_only`](Self::read_only) | callers may change what they see |
/// | [`allow_anonymous`](Self::allow_anonymous) | callers of other machines need a scope |
/// | [`show_contents`](Self::show_contents) | arguments, results and notes are hidden |
///
/// ```no_run
/// # async fn serve() -> fastmcp::Result<()> {
/// let server = fastmcp::FastMcp::new("shop").enable_docket().start().await?;
/// let app = server.http_router().nest_service("/dashboard", server.dashboard());
/// let listener = tokio::net::TcpListener::bind("127.0.0.1:8000").await?;
/// axum::serve(listener, app).with_graceful_shutdown(server.stopped()).await?;
/// server.shutdown().await?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
#[must_use = "mount it with `Router::nest_service`"]
pub struct Dashboard {
    pub(crate) title: Option<Arc<str>>,
    pub(crate) panels: Vec<Arc<Panel>>,
    pub(crate) gate: Gate,
    pub(crate) shows_contents: bool,
}

impl Dashboard {
    /// Creates a dashboard of a docket without a server, for example in a process that only runs a worker.
    ///
    /// ```
    /// use fastmcp::Dashboard;
    /// use fastmcp::docket::Docket;
    ///
    /// let docket = Docket::memory("jobs");
    /// let app: axum::Router = axum::Router::new().nest_service("/dashboard", Dashboard::new(&docket));
    /// ```
    pub fn new(docket: &Docket) -> Self {
        Self::of(None, None).with_docket(docket)
    }

    /// Creates the dashboard of a server, without its dockets.
    pub(crate) fn of(title: Option<Arc<str>>, endpoint: Option<Arc<Endpoint>>) -> Self {
        Self {
            title,
            panels: Vec::new(),
            gate: Gate::new(endpoint),
            shows_contents: false,
        }
    }

    /// Adds another docket, which the page offers in a list.
    pub fn with_docket(mut self, docket: &Docket) -> Self {
        self.panels.push(Arc::new(Panel::new(docket.clone(), None)));
        self
    }

    /// Adds the docket of a worker of this process. The page shows the timetables of the worker's automatic tasks.
    pub fn with_worker(mut self, worker: &Worker) -> Self {
        let docket = worker.docket().clone();
        let is_new = |panel: &Arc<Panel>| {
            panel.worker.is_some() || !Arc::ptr_eq(&panel.docket.inner, &docket.inner)
        };
        self.panels.retain(is_new);
        let panel = Panel::new(docket, Some(worker.clone()));
        self.panels.push(Arc::new(panel));
        self
    }

    /// Sets the scope that a caller needs to use the dashboard.
    ///
    /// With [`FastMcp::auth`](crate::FastMcp::auth), the caller is that of the access token. Otherwise a layer of your
    /// own has to insert a [`Principal`](crate::Principal) with the scope into the extensions of each request.
    ///
    /// ```no_run
    /// # fn options(server: fastmcp::Server) {
    /// let dashboard = server.dashboard().scope("docket:admin").read_scope("docket:read");
    /// # let _ = dashboard;
    /// # }
    /// ```
    pub fn scope(mut self, scope: impl Into<String>) -> Self {
        self.gate.scope = Some(scope.into());
        self
    }

    /// Sets a scope with which a caller may look, but change nothing.
    pub fn read_scope(mut self, scope: impl Into<String>) -> Self {
        self.gate.read_scope = Some(scope.into());
        self
    }

    /// Allows no changes, whoever the caller is.
    pub fn read_only(mut self) -> Self {
        self.gate.is_read_only = true;
        self
    }

    /// Lets callers use the dashboard that nobody has authenticated, at every host of
    /// [`HttpOptions::allowed_hosts`](crate::HttpOptions::allowed_hosts). Without this option and without a scope, only
    /// requests to the loopback address are answered.
    ///
    /// Use it behind a proxy that authenticates its callers. It has no effect with a scope or with
    /// [`FastMcp::auth`](crate::FastMcp::auth).
    pub fn allow_anonymous(mut self) -> Self {
        self.gate.allows_anonymous = true;
        self
    }

    /// Shows the arguments, results and notes of executions. Callers of the dashboard then see what the tasks of all
    /// users work on, with secrets that are among their arguments.
    pub fn show_contents(mut self) -> Self {
        self.shows_contents = true;
        self
    }

    /// Takes the allowed hosts from `options`, for a dashboard without a server. It has no effect on that of a server,
    /// which has the options of [`FastMcp::http`](crate::FastMcp::http).
    ///
    /// # Errors
    ///
    /// [`InvalidHttpOption`] if an option is not valid.
    pub fn http(mut self, options: &HttpOptions) -> Result<Self, InvalidHttpOption> {
        options.validate()?;
        self.gate.hosts = Arc::new(Access::new(options));
        Ok(self)
    }

    /// Returns the token that is cancelled when the server stops.
    pub(crate) fn stop(&self) -> Option<&CancellationToken> {
        self.gate.endpoint.as_ref().map(|it| it.draining())
    }
}

impl fmt::Debug for Dashboard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let dockets: Vec<&str> = self.panels.iter().map(|it| it.docket.name()).collect();
        f.debug_struct("Dashboard")
            .field("dockets", &dockets)
            .field("scope", &self.gate.scope)
            .field("read_scope", &self.gate.read_scope)
            .finish_non_exhaustive()
    }
}
