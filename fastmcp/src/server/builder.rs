//! [`FastMcp`]: a server before it runs.

use std::any::{Any, TypeId};
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use crate::call::inject::overrides::Overrides;
use crate::call::inject::provider::Provider;
use crate::call::inject::states::States;
use crate::component::dispatch::Identity;
use crate::docket::handle::Docket;
use crate::docket::worker::builder::WorkerBuilder;
use crate::error::Result;
use crate::mcp::CacheScope;
use crate::selection::Selection;
use crate::server::error::ServeError;
use crate::server::error::StartError;
use crate::server::lifespan::{Lifespan, LifespanFn};
use crate::server::running::Server;
use crate::server::worker::{DocketChoice, WorkerOptions};

/// An MCP server: every tool, resource and prompt of the program, ready to run.
///
/// ```no_run
/// use fastmcp::prelude::*;
///
/// /// Adds two numbers.
/// #[tool]
/// async fn add(a: f64, b: f64) -> f64 {
///     a + b
/// }
///
/// #[tokio::main]
/// async fn main() -> fastmcp::Result<()> {
///     fastmcp::FastMcp::new("calculator").run().await?;
///     Ok(())
/// }
/// ```
#[must_use = "a server does nothing until it runs"]
pub struct FastMcp {
    pub(crate) identity: Identity,
    pub(crate) states: States,
    pub(crate) lifespan: Option<LifespanFn>,
    pub(crate) docket: DocketChoice,
    pub(crate) overrides: Overrides,
    pub(crate) mask_error_details: bool,
    pub(crate) selection: Option<Selection>,
    pub(crate) secret: Option<Vec<u8>>,
    pub(crate) page_size: Option<usize>,
    pub(crate) cache: Option<(u64, CacheScope)>,
    #[cfg(feature = "http")]
    pub(crate) http: crate::transport::http::options::HttpOptions,
    pub(crate) worker: Option<WorkerOptions>,
}

impl FastMcp {
    /// A server of this name. Its version is this library's until [`version`](Self::version) says
    /// another.
    pub fn new(name: impl Into<String>) -> Self {
        let identity = Identity {
            name: name.into().into(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            title: None,
            instructions: None,
        };
        Self {
            identity,
            states: States::default(),
            lifespan: None,
            docket: DocketChoice::Environment,
            overrides: Overrides::default(),
            mask_error_details: false,
            selection: None,
            secret: None,
            page_size: None,
            cache: None,
            #[cfg(feature = "http")]
            http: crate::transport::http::options::HttpOptions::default(),
            worker: None,
        }
    }

    /// The version that clients are told, usually `env!("CARGO_PKG_VERSION")`.
    pub fn version(mut self, version: impl Into<String>) -> Self {
        self.identity.version = version.into();
        self
    }

    /// The server's name for people.
    pub fn title(mut self, title: impl Into<String>) -> Self {
        self.identity.title = Some(title.into());
        self
    }

    /// What a model should know in order to use this server well.
    pub fn instructions(mut self, instructions: impl Into<String>) -> Self {
        self.identity.instructions = Some(instructions.into());
        self
    }

    /// Gives handlers a value, which they take as [`State<T>`](crate::dependencies::State). A
    /// second value of the same type takes the first one's place.
    pub fn state<T: Send + Sync + 'static>(mut self, value: T) -> Self {
        self.add_state(TypeId::of::<T>(), Arc::new(value));
        self
    }

    fn add_state(&mut self, type_id: TypeId, value: Arc<dyn Any + Send + Sync>) {
        self.states.insert(type_id, value);
    }

    /// Has a function give what the provider `P` would: for tests.
    ///
    /// It is asked as often as the provider would be, which is once a call, or once for a shared
    /// provider. The provider itself never runs, and nothing has to meet its needs.
    ///
    /// ```
    /// use fastmcp::prelude::*;
    ///
    /// #[dependency]
    /// async fn today() -> Result<String> {
    ///     Ok(std::fs::read_to_string("/var/lib/calendar/today")?)
    /// }
    ///
    /// /// What day it is.
    /// #[tool]
    /// async fn date(#[depends(today)] today: &str) -> String {
    ///     format!("It is {today}.")
    /// }
    ///
    /// let server = FastMcp::new("calendar").override_dependency::<today>(|| Ok("Monday".into()));
    /// ```
    pub fn override_dependency<P: Provider>(
        mut self,
        instead: impl Fn() -> Result<P::Value> + Send + Sync + 'static,
    ) -> Self {
        self.overrides.add::<P>(instead);
        self
    }

    /// What is to happen before the server starts and after it has stopped.
    ///
    /// The function makes what handlers need, gives it to [`Lifespan::serve`], and cleans up when
    /// that returns. Background work starts after it and stops before it.
    ///
    /// ```
    /// use fastmcp::prelude::*;
    /// use fastmcp::{FastMcp, dependencies::State};
    ///
    /// struct Pool;
    /// # impl Pool {
    /// #     async fn connect() -> Result<Self> { Ok(Self) }
    /// #     async fn close(&self) {}
    /// # }
    ///
    /// /// Uses the pool.
    /// #[tool]
    /// async fn query(sql: String, pool: State<std::sync::Arc<Pool>>) -> Result<String> {
    ///     Ok(sql)
    /// }
    ///
    /// let server = FastMcp::new("database").lifespan(|lifespan| async move {
    ///     let pool = std::sync::Arc::new(Pool::connect().await?);
    ///     lifespan.serve(pool.clone()).await;
    ///     pool.close().await;
    ///     Ok(())
    /// });
    /// ```
    pub fn lifespan<F, L>(mut self, lifespan: F) -> Self
    where
        F: FnOnce(Lifespan) -> L + Send + 'static,
        L: Future<Output = Result<()>> + Send + 'static,
    {
        self.lifespan = Some(Box::new(|handle| Box::pin(lifespan(handle))));
        self
    }

    /// Switches background work on, with this docket; or off, with `None`.
    ///
    /// Without a word in code, `FASTMCP_EXPERIMENTAL_ENABLE_DOCKET=true` gives the server a docket, and so does a
    /// `FASTMCP_DOCKET_URL`: see [`enable_docket`](Self::enable_docket).
    ///
    /// ```
    /// use fastmcp::{FastMcp, dependencies::Docket};
    ///
    /// let with = FastMcp::new("reports").docket(Docket::memory("reports"));
    /// let without = FastMcp::new("reports").docket(None);
    /// ```
    pub fn docket(mut self, docket: impl Into<Option<Docket>>) -> Self {
        self.docket = match docket.into() {
            Some(docket) => DocketChoice::On(docket),
            None => DocketChoice::Off,
        };
        self
    }

    /// Switches background work on, in the docket that the environment names: the same program then runs alone, or as
    /// one of many that share a Redis.
    ///
    /// | variable | says | default |
    /// |---|---|---|
    /// | `FASTMCP_DOCKET_URL` | where the docket is: `memory://`, `redis://user:password@host:port/database`, `rediss://…` | `memory://` |
    /// | `FASTMCP_DOCKET_NAME` | its name: who names the same shares it | the server's name |
    /// | `FASTMCP_DOCKET_WORKER_NAME` | this process's worker; no two may have the same | a random one |
    /// | `FASTMCP_DOCKET_CONCURRENCY` | how many tasks run at once | 10 |
    /// | `FASTMCP_DOCKET_REDELIVERY_TIMEOUT` | how long a worker may be silent before others take over | `5m` |
    /// | `FASTMCP_DOCKET_MAX_DELIVERIES` | how often a task is delivered that takes its worker down | 3 |
    /// | `FASTMCP_DOCKET_RECONNECTION_DELAY` | how long to leave a Redis alone that did not answer | `250ms` |
    ///
    /// Spans are seconds (`300`) or have a unit (`5m`). What code says, here or by [`worker`](Self::worker), comes first.
    ///
    /// ```
    /// let server = fastmcp::FastMcp::new("reports").enable_docket();
    /// # let _ = server;
    /// ```
    pub fn enable_docket(mut self) -> Self {
        self.docket = DocketChoice::Enabled;
        self
    }

    /// The options of the worker that runs this process's tasks.
    ///
    /// ```
    /// let server = fastmcp::FastMcp::new("reports")
    ///     .enable_docket()
    ///     .worker(|worker| worker.concurrency(50).max_deliveries(5));
    /// # let _ = server;
    /// ```
    pub fn worker(
        mut self,
        options: impl FnOnce(WorkerBuilder) -> WorkerBuilder + Send + 'static,
    ) -> Self {
        self.worker = Some(Box::new(options));
        self
    }

    /// Whether clients are told only *that* a handler failed, not why.
    ///
    /// What was wrong with their arguments they are told in any case, and so is what a
    /// [`ToolError`](crate::ToolError) says.
    pub fn mask_error_details(mut self, mask: bool) -> Self {
        self.mask_error_details = mask;
        self
    }

    /// Offers only some of the program's tools, resources and prompts. Tasks are not selected: a
    /// worker runs every task of the program.
    pub fn select(mut self, selection: Selection) -> Self {
        self.selection = Some(selection);
        self
    }

    /// The secret that protects what clients carry from one request to the next; at least 32 bytes
    /// that nobody can guess.
    ///
    /// Without one, each process makes up its own. Several replicas behind one address need the
    /// same: a question that one of them asked may be answered to another.
    pub fn secret(mut self, secret: impl Into<Vec<u8>>) -> Self {
        self.secret = Some(secret.into());
        self
    }

    /// How many items a list says at once; clients ask on for the rest. Without it, all of them.
    ///
    /// Lists are sorted by name (of resources: by URI), and stay so from one request to the next.
    pub fn page_size(mut self, items: usize) -> Self {
        self.page_size = Some(items.max(1));
        self
    }

    /// How long clients may take a list, a resource or the server's description for the present
    /// one without asking again, and whether what they keep may serve other users too (`ttlMs` and
    /// `cacheScope` of protocol 2026-07-28). Without it: not at all.
    pub fn cache(mut self, fresh_for: Duration, scope: CacheScope) -> Self {
        let milliseconds = u64::try_from(fresh_for.as_millis()).unwrap_or(u64::MAX);
        self.cache = Some((milliseconds, scope));
        self
    }

    /// How the server serves HTTP: under which names, how much it takes in, how long it waits.
    #[cfg(feature = "http")]
    pub fn http(mut self, options: crate::transport::http::options::HttpOptions) -> Self {
        self.http = options;
        self
    }

    /// Starts the server: the lifespan, then background work. It serves nobody yet.
    ///
    /// # Errors
    ///
    /// [`StartError`] if two handlers have one name, a handler needs what the server does not
    /// have, or the lifespan fails.
    pub async fn start(self) -> Result<Server, StartError> {
        Server::start(self).await
    }

    /// Serves standard input and output until the client closes them, or until `SIGINT` or
    /// `SIGTERM`. Logs go to standard error.
    ///
    /// # Errors
    ///
    /// [`ServeError`] if the server does not start, or does not stop as it should.
    #[cfg(feature = "stdio")]
    pub async fn run(self) -> Result<(), ServeError> {
        crate::server::logging::to_stderr();
        let server = self.start().await?;
        let served = server.serve_stdio().await;
        server.shutdown().await?;
        served
    }

    /// Serves streamable HTTP at `http://{address}/mcp` until `SIGINT` or `SIGTERM`, and then
    /// finishes the calls in flight. Logs go to standard error.
    ///
    /// # Errors
    ///
    /// [`ServeError`] if the address cannot be listened on, or the server does not start or stop.
    #[cfg(feature = "http")]
    pub async fn run_http(
        self,
        address: impl tokio::net::ToSocketAddrs + fmt::Display,
    ) -> Result<(), ServeError> {
        crate::server::logging::to_stderr();
        let listener = crate::transport::http::listen(address).await?;
        let server = self.start().await?;
        let served = server.serve_http(listener).await;
        server.shutdown().await?;
        served
    }
}

impl FastMcp {
    /// Runs the docket's tasks and serves nobody, until `SIGINT` or `SIGTERM`. Logs go to standard error.
    ///
    /// Any program that is a server can be a worker as well, on as many machines as it takes: what its other processes
    /// add to the docket runs here. When it stops, what runs may finish, for the worker's grace; the rest is given
    /// back, and others take it at once. A task that this program does not know it hands on.
    ///
    /// ```no_run
    /// # #[tokio::main]
    /// # async fn main() -> fastmcp::Result<()> {
    /// let server = fastmcp::FastMcp::new("reports").enable_docket();
    /// match std::env::args().nth(1).as_deref() {
    ///     Some("worker") => server.run_worker().await?,
    ///     _ => server.run().await?,
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`StartError::NoSharedDocket`] if there is no docket, or only one in memory; else as [`start`](Self::start).
    pub async fn run_worker(self) -> Result<(), ServeError> {
        crate::server::logging::to_stderr();
        let server = self.start().await?;
        let without = match server.docket() {
            None => Some("switched off"),
            Some(docket) if !docket.is_shared() => Some("in the memory of this process"),
            Some(_) => None,
        };
        if let Some(docket) = without {
            server.shutdown().await?;
            return Err(StartError::NoSharedDocket { docket }.into());
        }
        crate::server::signals::stop_requested().await;
        server.shutdown().await
    }
}

impl fmt::Debug for FastMcp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FastMcp")
            .field("identity", &self.identity)
            .finish_non_exhaustive()
    }
}
