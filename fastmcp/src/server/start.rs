//! Starts a server: checks the program, then starts the lifespan and background work.

use std::sync::Arc;

use tokio::sync::broadcast;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tracing::Instrument;

use crate::background::handler::TaskHandler;
use crate::background::registry::TaskRegistry;
use crate::call::inject::capabilities::Capabilities;
use crate::call::inject::provided::Provided;
use crate::call::portable::schemas::SchemaForm;
use crate::call::unmet::UnmetDependency;
use crate::component::access::AccessRules;
use crate::component::answer_store::AnswerStore;
use crate::component::dispatch::Dispatcher;
use crate::component::registry::Registry;
use crate::mcp_tasks::runner;
use crate::protocol::connection::ProtocolServer;
use crate::protocol::request_state::StateSigner;
use crate::server::error::{StartError, StartErrors};
use crate::server::lifespan;
use crate::server::options::ServerOptions;
use crate::server::running::Server;
use crate::server::settings::{self, DocketSettings};
use crate::server::worker::{Background, WorkerChoice};
use crate::store::Store;
use crate::store::error::StoreError;
use crate::telemetry::operation::step;

/// The number of changes that a client may fall behind without missing any.
const CHANGE_BUFFER: usize = 256;

#[expect(clippy::too_many_lines, reason = "one sequence, whose order matters")]
pub(crate) async fn start(options: ServerOptions) -> Result<Server, StartError> {
    let ServerOptions {
        identity,
        states,
        lifespan,
        docket,
        worker,
        overrides,
        mask_error_details,
        task_headers,
        calls,
        selection,
        visible,
        #[cfg(feature = "auth")]
        auth,
        #[cfg(feature = "telemetry")]
        telemetry,
        schemas,
        secret,
        store,
        page_size,
        cache,
        fast_path,
        grace,
        #[cfg(feature = "http")]
        http,
    } = options;
    // All checks that run no user code come first, so that an invalid program fails without side
    // effects.
    let secret_length = secret.as_ref().map_or(0, Vec::len);
    let state_signer = StateSigner::new(secret.as_deref(), Arc::clone(&identity.name))
        .ok_or(StartError::ShortSecret(secret_length));
    let settings = DocketSettings::read();
    let registry = Registry::gather(
        selection.as_ref(),
        SchemaForm {
            schemas,
            wide_integers: calls.wide_integers,
        },
    )
    .map(|registry| registry.with_access(AccessRules::new(visible)));
    let tasks = TaskRegistry::gather();
    let mut errors = StartErrors::default();
    let has_fast_path = errors.check(settings::flag(settings::FAST_PATH)).flatten();
    let has_fast_path = fast_path.or(has_fast_path).unwrap_or(true);
    let store = store.map_or_else(store_of_environment, |store| Ok(Some(store)));
    let store = errors.check(store).flatten();
    let invalid_headers = task_headers.iter().filter(|name| !is_header_name(name));
    errors.extend(invalid_headers.cloned().map(StartError::TaskHeader));
    #[cfg(feature = "http")]
    errors.check(http.validate());
    #[cfg(feature = "auth")]
    let auth = auth.and_then(|auth| {
        let resource = errors.check(auth.validate())?;
        Some((auth, resource))
    });
    if let Ok(registry) = &registry {
        errors.extend(registry.invalid().into_iter().map(Box::new));
    }
    if let Ok(tasks) = &tasks {
        errors.extend(tasks.invalid().into_iter().map(Box::new));
    }
    let mut provided = Provided {
        states,
        overrides,
        ..Provided::default()
    };
    if let (Ok(registry), Ok(tasks), Ok(settings)) = (&registry, &tasks, &settings) {
        let has_docket = docket.is_enabled(settings);
        provided.runs_worker = worker.disabled_by(settings).is_none();
        let unmet = unmet(registry, tasks, &provided, has_docket).into_iter();
        // The lifespan may add the state.
        let is_final =
            |unmet: &UnmetDependency| lifespan.is_none() || !unmet.requirement.is_state();
        errors.extend(unmet.filter(is_final).map(Box::new));
        if !has_docket {
            errors.extend(registry.without_docket().into_iter().map(Box::new));
        }
    }
    let checked = (
        errors.check(state_signer),
        errors.check(settings),
        errors.check(registry),
        errors.check(tasks),
    );
    errors.none()?;
    let (Some(state_signer), Some(settings), Some(registry), Some(tasks)) = checked else {
        unreachable!("each missing value has added an error");
    };
    // Before the lifespan, whose spans are exported too.
    #[cfg(feature = "telemetry")]
    crate::telemetry::pipeline::install(&telemetry, &identity.name).await;
    for lint in registry.lints(&identity.name) {
        tracing::warn!(target: "fastmcp::lint", code = lint.code, "{lint}");
    }
    // Replicas share the sessions in a store that somebody has chosen.
    #[cfg(feature = "http")]
    let chosen_store = store.clone();
    let store = store.unwrap_or_else(Store::memory);
    store.check().await.map_err(StartError::Store)?;
    let disabled_by = worker.disabled_by(&settings);
    let is_of_program = docket.is_of_program();
    provided.docket = docket.docket(&identity.name, &settings).await?;
    if let (Some(docket), Some(disabled_by)) = (&provided.docket, disabled_by)
        && !docket.is_shared()
    {
        without_worker(disabled_by, is_of_program)?;
    }

    let lifespan = match lifespan {
        Some(lifespan) => {
            let started = lifespan::start(lifespan)
                .instrument(step("lifespan start"))
                .await
                .map_err(StartError::Lifespan)?;
            let (running, (type_id, state)) = started;
            provided.states.insert(type_id, state);
            Some(running)
        }
        None => None,
    };
    let dispatcher = Arc::new(Dispatcher {
        identity,
        registry,
        provided: Arc::new(provided),
        mask_error_details,
        stored_headers: task_headers,
        settings: calls,
        answers: AnswerStore::default(),
        store,
        changes: broadcast::Sender::new(CHANGE_BUFFER),
    });
    // The second check of dependencies, because the lifespan has added a state value. From here on, an
    // error has to stop the lifespan.
    let background = match start_background(&dispatcher, tasks, &settings, worker) {
        Ok(background) => background,
        Err(error) => {
            if let Err(error) = lifespan::stop(lifespan).await {
                tracing::error!(error = format!("{error:#}"), "the lifespan failed");
            }
            return Err(error);
        }
    };
    let protocol = Arc::new(ProtocolServer::new(
        dispatcher,
        state_signer,
        page_size,
        cache,
        has_fast_path,
    ));
    let stopping = CancellationToken::new();
    #[cfg(feature = "telemetry")]
    crate::server::telemetry::observe(protocol.dispatcher.provided.docket.as_ref(), &stopping);
    Ok(Server {
        draining: CancellationToken::new(),
        grace,
        connections: TaskTracker::new(),
        #[cfg(feature = "http")]
        http: Arc::new({
            #[cfg(feature = "auth")]
            let mut http = http;
            // Accepts requests to the host that clients know.
            #[cfg(feature = "auth")]
            if let Some(host) = auth
                .as_ref()
                .and_then(|(_, resource)| resource.url.host_str())
            {
                http.add_host(host);
            }
            let endpoint = crate::transport::http::endpoint::Endpoint::new(
                Arc::clone(&protocol),
                http,
                chosen_store,
                &stopping,
            );
            #[cfg(feature = "auth")]
            let endpoint = endpoint.with_authorization(auth);
            endpoint
        }),
        protocol,
        background,
        lifespan,
        _stop_on_drop: stopping.clone().drop_guard(),
        stopping,
    })
}

/// Returns the store that the environment variable names; `None` if it is not set.
fn store_of_environment() -> Result<Option<Store>, StoreError> {
    let url = settings::text(settings::STORE_URL);
    url.map(|url| Store::from_url(&url)).transpose()
}

/// Reports that nothing runs the tasks of a docket in memory, unless the program has a handle to the docket and may run a
/// worker itself.
fn without_worker(disabled_by: &'static str, is_of_program: bool) -> Result<(), StartError> {
    if is_of_program {
        tracing::warn!(
            "{disabled_by} disables the worker, and the docket is in memory: its tasks wait until the program runs a worker"
        );
        return Ok(());
    }
    Err(StartError::NoWorker {
        disabled_by,
        problem: "its docket is in the memory of this process, so no other process can run its tasks; set \
                  FASTMCP_DOCKET_URL=redis://… or sqlite://… and run worker processes, or enable the worker",
    })
}

/// Returns whether `name` can be the name of a header: a token of RFC 9110.
fn is_header_name(name: &str) -> bool {
    let is_token = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    !name.is_empty() && name.bytes().all(is_token)
}

/// Returns the parameters of all handlers that the server cannot provide.
fn unmet(
    registry: &Registry,
    tasks: &TaskRegistry,
    provided: &Provided,
    has_docket: bool,
) -> Vec<UnmetDependency> {
    let capabilities = Capabilities {
        docket: has_docket,
        worker: has_docket && provided.runs_worker,
        ..provided.request_capabilities()
    };
    let mut unmet = registry.unmet(&capabilities);
    if has_docket {
        unmet.extend(tasks.unmet(&provided.task_capabilities()));
    }
    unmet
}

/// Checks that the server has the dependencies of all handlers, and starts its worker.
fn start_background(
    dispatcher: &Arc<Dispatcher>,
    tasks: TaskRegistry,
    settings: &DocketSettings,
    options: WorkerChoice,
) -> Result<Option<Background>, StartError> {
    let provided = &dispatcher.provided;
    let mut errors = StartErrors::default();
    let has_docket = provided.docket.is_some();
    let unmet = unmet(&dispatcher.registry, &tasks, provided, has_docket);
    errors.extend(unmet.into_iter().map(Box::new));
    errors.none()?;
    let Some(docket) = &provided.docket else {
        return Ok(None);
    };
    if !provided.runs_worker {
        return Ok(None);
    }
    let tasks = Arc::new(TaskHandler::new(tasks, Arc::clone(provided)));
    let handler = runner::handler(dispatcher, tasks);
    Ok(Some(Background::start(
        docket, handler, provided, settings, options,
    )?))
}
