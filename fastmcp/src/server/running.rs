//! [`Server`]: a server that has started.

use std::fmt;
use std::sync::Arc;

use tokio::sync::broadcast;
use tokio_util::sync::{CancellationToken, DropGuard};

use crate::background::handler::TaskHandler;
use crate::background::registry::TaskRegistry;
use crate::call::inject::provided::Provided;
use crate::component::dispatch::Core;
use crate::component::registry::Registry;
use crate::docket::handle::Docket;
use crate::docket::worker::handle::Worker;
use crate::protocol::request_state::Seal;
use crate::server::builder::FastMcp;
use crate::server::error::{ServeError, StartError};
use crate::server::lifespan;
use crate::server::lifespan::Running;
use crate::server::settings::DocketSettings;
use crate::server::worker::{Background, WorkerOptions};

/// The changes that a listener may be behind before it misses some.
const CHANGES: usize = 256;

/// A server that has started: its lifespan serves, its worker works.
///
/// It may serve several transports at once. [`shutdown`](Self::shutdown) stops it in order;
/// dropping it ends its connections and its worker, without waiting for them.
pub struct Server {
    pub(crate) core: Arc<Core>,
    /// Cancelled when the server is to serve no longer.
    pub(crate) stopping: CancellationToken,
    #[cfg(feature = "http")]
    pub(crate) http: Arc<crate::transport::http::service::Endpoint>,
    background: Option<Background>,
    lifespan: Option<Running>,
    _stop_on_drop: DropGuard,
}

impl Server {
    pub(crate) async fn start(builder: FastMcp) -> Result<Self, StartError> {
        let FastMcp {
            identity,
            states,
            lifespan,
            docket,
            overrides,
            mask_error_details,
            selection,
            secret,
            page_size,
            cache,
            #[cfg(feature = "http")]
            http,
            worker,
        } = builder;
        let secret_length = secret.as_ref().map_or(0, Vec::len);
        let seal = Seal::new(secret.as_deref()).ok_or(StartError::ShortSecret(secret_length))?;
        #[cfg(feature = "http")]
        http.check()?;
        let settings = DocketSettings::read()?;
        let registry = Registry::gather(selection.as_ref())?;
        if let Some(invalid) = registry.invalid() {
            return Err(Box::new(invalid).into());
        }
        let tasks = TaskRegistry::gather()?;
        tasks.check()?;
        let docket = docket.docket(&identity.name, &settings).await?;

        let mut provided = Provided {
            docket,
            states,
            overrides,
            ..Provided::default()
        };
        let lifespan = match lifespan {
            Some(lifespan) => {
                let started = lifespan::start(lifespan)
                    .await
                    .map_err(StartError::Lifespan)?;
                let (running, (type_id, state)) = started;
                provided.states.insert(type_id, state);
                Some(running)
            }
            None => None,
        };
        let core = Arc::new(Core {
            identity,
            registry,
            provided: Arc::new(provided),
            mask_error_details,
            changes: broadcast::Sender::new(CHANGES),
            page_size,
            cache,
            seal,
        });
        let background = match check_and_start(&core, tasks, &settings, worker) {
            Ok(background) => background,
            Err(error) => {
                if let Some(Err(error)) = stop_lifespan(lifespan).await {
                    tracing::error!(error = format!("{error:#}"), "the lifespan failed");
                }
                return Err(error);
            }
        };
        let stopping = CancellationToken::new();
        Ok(Self {
            #[cfg(feature = "http")]
            http: Arc::new(crate::transport::http::service::Endpoint::new(
                &core, http, &stopping,
            )),
            core,
            background,
            lifespan,
            _stop_on_drop: stopping.clone().drop_guard(),
            stopping,
        })
    }

    /// The server's name.
    pub fn name(&self) -> &str {
        &self.core.identity.name
    }

    /// The server's docket, if background work is on.
    pub fn docket(&self) -> Option<&Docket> {
        self.core.provided.docket.as_ref()
    }

    /// The worker that runs the docket's tasks in this process, if background work is on.
    pub fn worker(&self) -> Option<&Worker> {
        self.core.provided.worker.get()
    }

    /// Stops the server: ends its connections, then background work, then what shared providers
    /// have provided, then the lifespan.
    ///
    /// Over HTTP, calls in flight are finished first, and new requests are answered with status 503.
    ///
    /// Tasks that run may finish, for the worker's grace; what they did not finish stays in the
    /// docket.
    ///
    /// # Errors
    ///
    /// [`ServeError::Lifespan`] if the lifespan fails while it cleans up.
    pub async fn shutdown(mut self) -> Result<(), ServeError> {
        #[cfg(feature = "http")]
        self.http.drain().await;
        self.stopping.cancel();
        if let Some(background) = self.background.take() {
            background.stop().await;
        }
        self.core.provided.close().await;
        match stop_lifespan(self.lifespan.take()).await {
            Some(Err(error)) => Err(ServeError::Lifespan(error)),
            Some(Ok(())) | None => Ok(()),
        }
    }
}

/// Refuses a server that cannot serve all of its handlers; else starts its worker.
fn check_and_start(
    core: &Arc<Core>,
    tasks: TaskRegistry,
    settings: &DocketSettings,
    options: Option<WorkerOptions>,
) -> Result<Option<Background>, StartError> {
    let provided = &core.provided;
    if let Some(unmet) = core.registry.unmet(&provided.request_capabilities()) {
        return Err(Box::new(unmet).into());
    }
    let Some(docket) = &provided.docket else {
        if let Some(invalid) = core.registry.without_docket() {
            return Err(Box::new(invalid).into());
        }
        return Ok(None);
    };
    if let Some(unmet) = tasks.unmet(&provided.task_capabilities()) {
        return Err(Box::new(unmet).into());
    }
    let tasks = Arc::new(TaskHandler::new(tasks, Arc::clone(provided)));
    let handler = crate::mcp_tasks::tasks::handler(core, tasks);
    Ok(Some(Background::start(
        docket, handler, provided, settings, options,
    )?))
}

async fn stop_lifespan(lifespan: Option<Running>) -> Option<crate::error::Result<()>> {
    Some(lifespan?.stop().await)
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
