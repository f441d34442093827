//! [`FastMcp`]: the builder of a server.

use std::any::TypeId;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use crate::call::inject::provider::Provider;
use crate::call::portable::schemas::Schemas;
use crate::component::task_fallback::TaskFallback;
use crate::docket::handle::Docket;
use crate::docket::worker::builder::WorkerBuilder;
use crate::error::Result;
use crate::mcp::CacheScope;
use crate::selection::Selection;
use crate::server::lifespan::Lifespan;
use crate::server::options::ServerOptions;
use crate::server::worker::{DocketChoice, WorkerChoice};
use crate::store::Store;

/// An MCP server with all tools, resources and prompts of the program.
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
pub struct FastMcp(pub(crate) ServerOptions);

impl FastMcp {
    /// Creates a server with this name. Its version is the version of this library unless
    /// [`version`](Self::version) sets another.
    pub fn new(name: impl Into<String>) -> Self {
        Self(ServerOptions::new(name.into()))
    }

    /// Sets the version of the server, usually `env!("CARGO_PKG_VERSION")`.
    pub fn version(mut self, version: impl Into<String>) -> Self {
        self.0.identity.version = version.into();
        self
    }

    /// Sets the display name of the server.
    pub fn title(mut self, title: impl Into<String>) -> Self {
        self.0.identity.title = Some(title.into());
        self
    }

    /// Sets the instructions for models that use this server.
    pub fn instructions(mut self, instructions: impl Into<String>) -> Self {
        self.0.identity.instructions = Some(instructions.into());
        self
    }

    /// Adds a value that handlers can take as [`State<T>`](crate::dependencies::State). A second
    /// value of the same type replaces the first.
    pub fn state<T: Send + Sync + 'static>(mut self, value: T) -> Self {
        self.0.states.insert(TypeId::of::<T>(), Arc::new(value));
        self
    }

    /// Sets the place of sessions, and of the [`SessionState`](crate::dependencies::SessionState) and the
    /// [`UserState`](crate::dependencies::UserState) of handlers.
    ///
    /// If this is not called, the environment variable `FASTMCP_STORE_URL` names the store, such as
    /// `redis://127.0.0.1/0`. Without it, the memory of the process is the store. [`Store`] has an example.
    pub fn store(mut self, store: Store) -> Self {
        self.0.store = Some(store);
        self
    }

    /// Replaces the provider `P` with a function, for tests.
    ///
    /// The function runs when the provider would: once for each call, or once in total for a shared
    /// provider. The provider itself never runs, and its own dependencies need not be available.
    ///
    /// ```
    /// use fastmcp::prelude::*;
    ///
    /// #[dependency]
    /// async fn today() -> Result<String> {
    ///     Ok(std::fs::read_to_string("/var/lib/calendar/today")?)
    /// }
    ///
    /// /// Returns the day of the week.
    /// #[tool]
    /// async fn date(#[depends(today)] today: &str) -> String {
    ///     format!("It is {today}.")
    /// }
    ///
    /// let server = FastMcp::new("calendar").override_dependency::<today>(|| Ok("Monday".into()));
    /// ```
    pub fn override_dependency<P: Provider>(
        mut self,
        replacement: impl Fn() -> Result<P::Value> + Send + Sync + 'static,
    ) -> Self {
        self.0.overrides.add::<P>(replacement);
        self
    }

    /// Replaces a provider as [`override_dependency`](Self::override_dependency) does, with an async function: for a test
    /// that opens a connection, or waits.
    ///
    /// ```
    /// use fastmcp::prelude::*;
    ///
    /// #[dependency]
    /// async fn today() -> Result<String> {
    ///     Ok(std::fs::read_to_string("/var/lib/calendar/today")?)
    /// }
    ///
    /// let server = FastMcp::new("calendar").override_dependency_async::<today, _>(|| async {
    ///     tokio::task::yield_now().await;
    ///     Ok("Monday".into())
    /// });
    /// ```
    pub fn override_dependency_async<P: Provider, F>(
        mut self,
        replacement: impl Fn() -> F + Send + Sync + 'static,
    ) -> Self
    where
        F: Future<Output = Result<P::Value>> + Send + 'static,
    {
        self.0.overrides.add_async::<P, F>(replacement);
        self
    }

    /// Sets a function that runs for the lifetime of the server, for set-up and clean-up.
    ///
    /// The function sets up a value for handlers, passes it to [`Lifespan::serve`], and cleans up
    /// after `serve` returns. Background work starts after the set-up and stops before the clean-up.
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
        self.0.lifespan = Some(Box::new(|handle| Box::pin(lifespan(handle))));
        self
    }

    /// Enables background work with this docket, or disables it with `None`.
    ///
    /// If neither this nor [`enable_docket`](Self::enable_docket) is called, the environment variable
    /// `FASTMCP_EXPERIMENTAL_ENABLE_DOCKET=true` or a `FASTMCP_DOCKET_URL` enables background work.
    ///
    /// ```
    /// use fastmcp::{FastMcp, dependencies::Docket};
    ///
    /// let enabled = FastMcp::new("reports").docket(Docket::memory("reports"));
    /// let disabled = FastMcp::new("reports").docket(None);
    /// ```
    pub fn docket(mut self, docket: impl Into<Option<Docket>>) -> Self {
        self.0.docket = match docket.into() {
            Some(docket) => DocketChoice::On(docket),
            None => DocketChoice::Off,
        };
        self
    }

    /// Enables background work, with the docket's location from the environment. The same program can then
    /// run alone, or as one of many processes that share a docket in Redis.
    ///
    /// | variable | value | default |
    /// |---|---|---|
    /// | `FASTMCP_DOCKET_URL` | the location of the docket: `memory://`, `sqlite://tasks.db`, `redis://user:password@host:port/database`, `rediss://…` | `memory://` |
    /// | `FASTMCP_DOCKET_NAME` | its name; processes that use the same name share it | the server's name |
    /// | `FASTMCP_DOCKET_WORKER_NAME` | the name of this process's worker; unique among all workers | random |
    /// | `FASTMCP_DOCKET_CONCURRENCY` | the number of tasks that run at once; with 0, the process [runs no worker](Self::without_worker) | 10 |
    /// | `FASTMCP_DOCKET_REDELIVERY_TIMEOUT` | the lease: the time without contact after which other workers take over a worker's tasks | `5m` |
    /// | `FASTMCP_DOCKET_MAX_DELIVERIES` | the number of deliveries of one attempt before a task whose worker dies becomes a dead letter | 3 |
    /// | `FASTMCP_DOCKET_RECONNECTION_DELAY` | the delay between attempts to reconnect to Redis | `250ms` |
    ///
    /// A duration is a number of seconds (`300`) or has a unit (`5m`). Options set with [`worker`](Self::worker) take
    /// precedence over the environment.
    ///
    /// ```
    /// let server = fastmcp::FastMcp::new("reports").enable_docket();
    /// # let _ = server;
    /// ```
    pub fn enable_docket(mut self) -> Self {
        self.0.docket = DocketChoice::Enabled;
        self
    }

    /// Sets the options of the worker that runs this process's tasks.
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
        self.0.worker = WorkerChoice::On(Some(Box::new(options)));
        self
    }

    /// Runs no worker in this process: tasks wait in the docket for the workers of other processes, such as
    /// those that call [`run_worker`](Self::run_worker). The environment variable
    /// `FASTMCP_DOCKET_CONCURRENCY=0` has the same effect.
    ///
    /// A server without a worker cannot provide a [`Worker`](crate::dependencies::Worker) to its tools. If its
    /// docket is in the memory of the process, the server does not start, or, if the docket was passed to
    /// [`docket`](Self::docket), it logs a warning: then the program itself has to run a worker.
    ///
    /// ```
    /// let server = fastmcp::FastMcp::new("reports").enable_docket().without_worker();
    /// # let _ = server;
    /// ```
    pub fn without_worker(mut self) -> Self {
        self.0.worker = WorkerChoice::Off;
        self
    }

    /// Sets whether error messages omit the cause of a handler's failure: clients then see only
    /// *that* it failed.
    ///
    /// Argument errors and the message of a [`ToolError`](crate::ToolError) are never masked.
    pub fn mask_error_details(mut self, mask: bool) -> Self {
        self.0.mask_error_details = mask;
        self
    }

    /// Sets the names of the request headers that a [task](crate::guide::tasks) stores, so that its tool
    /// can read them later; by default none.
    ///
    /// A header is stored in the docket as plain text until the task's lifetime ends. Do not name
    /// headers that contain credentials. A name that cannot be a header is an error at the start.
    ///
    /// ```
    /// use fastmcp::FastMcp;
    ///
    /// let server = FastMcp::new("reports").task_headers(["x-tenant", "accept-language"]);
    /// # let _ = server;
    /// ```
    pub fn task_headers<S: AsRef<str>>(mut self, names: impl IntoIterator<Item = S>) -> Self {
        let names = names
            .into_iter()
            .map(|name| name.as_ref().to_ascii_lowercase());
        self.0.task_headers = names.collect();
        self
    }

    /// Answers long calls of a `#[tool(task)]` with the ID of a task, for clients that do not support the
    /// [tasks extension](crate::guide::tasks); off by default. [`TaskFallback`] has an example, and the guide
    /// [`tasks`](crate::guide::tasks#hosts-without-tasks) states the costs.
    ///
    /// The server lists three more tools for these clients, and lists the tools of tasks without an output schema.
    ///
    /// # Errors
    ///
    /// The server does not start without a docket, if an option is invalid, if a tool of the program has the name of one
    /// of the three tools, or if the server is [mounted](Self::mount): call this method on the outer server.
    pub fn task_fallback(mut self, fallback: TaskFallback) -> Self {
        self.0.task_fallback = Some(fallback);
        self
    }

    /// Selects the tools, resources and prompts that the server offers; by default all of the program.
    /// Tasks are not selected: a worker runs every task of the program.
    pub fn select(mut self, selection: Selection) -> Self {
        self.0.selection = Some(selection);
        self
    }

    /// Sets the form in which the schemas of tools are listed; by default, the form that all common hosts
    /// of models accept, see the guide [`what_models_see`](crate::guide::what_models_see). One tool sets
    /// its own form with `#[tool(schemas = "exact")]`. Arguments and results are the same in all forms.
    ///
    /// ```
    /// use fastmcp::{FastMcp, Schemas};
    ///
    /// let server = FastMcp::new("archive").schemas(Schemas::Exact);
    /// ```
    pub fn schemas(mut self, schemas: Schemas) -> Self {
        self.0.schemas = schemas;
        self
    }

    /// Sets the secret that signs what clients send back, the state of requests and the IDs of tasks of
    /// [remote servers](crate::guide::composition#tasks-of-a-remote-server): at least 32 random bytes.
    ///
    /// By default, each process generates its own secret. Replicas behind one address must share a
    /// secret, because the answer to a question may reach a replica that did not ask it.
    pub fn secret(mut self, secret: impl Into<Vec<u8>>) -> Self {
        self.0.secret = Some(secret.into());
        self
    }

    /// Sets the maximum number of items in one page of a list; by default, a list is one page.
    ///
    /// Lists are sorted by name, and lists of resources by URI.
    pub fn page_size(mut self, items: usize) -> Self {
        self.0.page_size = Some(items.max(1));
        self
    }

    /// Sets how long clients may cache lists, resources and the server's description, and whether
    /// cached responses may also be used for other users (`ttlMs` and `cacheScope` of protocol
    /// 2026-07-28). By default, clients do not cache.
    pub fn cache(mut self, fresh_for: Duration, scope: CacheScope) -> Self {
        let milliseconds = u64::try_from(fresh_for.as_millis()).unwrap_or(u64::MAX);
        self.0.cache = Some((milliseconds, scope));
        self
    }

    /// Sets the time that calls in flight over standard input and output, and over other byte streams,
    /// have to finish when the server stops; by default ten seconds. Then they are cancelled.
    /// [`HttpOptions::grace`](crate::HttpOptions::grace) is the same for HTTP.
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// let server = fastmcp::FastMcp::new("reports").grace(Duration::from_secs(3));
    /// # let _ = server;
    /// ```
    pub fn grace(mut self, grace: Duration) -> Self {
        self.0.grace = grace;
        self
    }

    /// Sets the options of streamable HTTP, such as the allowed hosts, limits and timeouts.
    #[cfg(feature = "http")]
    pub fn http(mut self, options: crate::transport::http::options::HttpOptions) -> Self {
        self.0.http = options;
        self
    }
}

impl fmt::Debug for FastMcp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FastMcp")
            .field("identity", &self.0.identity)
            .finish_non_exhaustive()
    }
}
