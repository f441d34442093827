//! [`Started`]: one server of a tree of mounted servers that has started.

use std::sync::{Arc, Weak};

use futures_util::FutureExt;
use futures_util::future::BoxFuture;

use tracing::Instrument;

use crate::background::handler::TaskHandler;
use crate::background::registry::TaskRegistry;
use crate::call::inject::capabilities::Capabilities;
use crate::call::inject::provided::Provided;
use crate::component::answer_store::AnswerStore;
use crate::component::attached::Attached;
use crate::component::changes::Changes;
use crate::component::dispatch::{Dispatcher, Mount};
use crate::component::mounted::Mounted;
use crate::component::part::Part;
use crate::component::place::Place;
use crate::component::task_fallback::TaskFallback;
use crate::component_kind::ComponentKind;
use crate::docket::handle::Docket;
use crate::docket::worker::handle::Worker;
use crate::mcp_tasks::fallback::tools::TaskTools;
use crate::mcp_tasks::runner;
use crate::server::error::{StartError, StartErrors};
use crate::server::lifespan::{self, RunningLifespan};
use crate::server::node::{Node, NodePart};
use crate::server::options::ServerOptions;
use crate::server::settings::DocketSettings;
use crate::server::worker::{Background, WorkerChoice};
use crate::store::Store;
use crate::telemetry::operation::step;

/// The parts that a server shares with the one on which it is mounted.
#[derive(Clone)]
pub(crate) struct Outer {
    pub(crate) changes: Changes,
    pub(crate) answers: Arc<AnswerStore>,
    pub(crate) settings: Arc<DocketSettings>,
    /// The store of sessions and of their state.
    pub(crate) store: Store,
    /// The docket of the outer server.
    pub(crate) docket: Option<Docket>,
    /// The name of the outermost server and the prefixes of the mounted ones, from the outside.
    pub(crate) path: String,
    /// The secret that all replicas of the outermost server share.
    pub(crate) secret: Arc<[u8]>,
    /// The options of events, for the servers that share the docket.
    #[cfg(feature = "events")]
    pub(crate) events: Option<crate::events::options::EventOptions>,
}

/// One server of a tree of mounted servers.
pub(crate) struct Started {
    pub(crate) dispatcher: Arc<Dispatcher>,
    pub(crate) background: Option<Background>,
    #[cfg(feature = "events")]
    pub(crate) events: Option<Arc<crate::events::server::EventServer>>,
    pub(crate) lifespan: Option<RunningLifespan>,
    /// The servers that are mounted on this one.
    pub(crate) mounted: Vec<Started>,
}

impl Started {
    /// Starts a server: first its docket and the servers that are mounted on it, then its lifespan and its worker.
    pub(crate) fn start(node: Node, outer: Outer) -> BoxFuture<'static, Result<Self, StartError>> {
        async move {
            let mut mounted = Vec::new();
            match start_node(node, outer, &mut mounted).await {
                Ok((dispatcher, background, lifespan, events)) => {
                    #[cfg(not(feature = "events"))]
                    let () = events;
                    Ok(Self {
                        dispatcher,
                        background,
                        #[cfg(feature = "events")]
                        events,
                        lifespan,
                        mounted,
                    })
                }
                Err(error) => {
                    stop_all(mounted).await;
                    Err(error)
                }
            }
        }
        .boxed()
    }

    /// Stops the background work, tears down shared providers, and ends the lifespans, first of this server and then of
    /// those that are mounted on it.
    pub(crate) fn stop(mut self) -> BoxFuture<'static, Result<(), crate::error::Error>> {
        async move {
            let provided = &self.dispatcher.provided;
            if let Some(background) = self.background.take() {
                background.stop(&provided.running).await;
            }
            provided.close().await;
            let stopped = lifespan::stop(self.lifespan.take()).await;
            for handler in provided.running.names() {
                tracing::error!(handler, "a handler blocks its thread and did not stop");
            }
            stop_all(self.mounted).await;
            stopped
        }
        .boxed()
    }

    /// Returns this server and those that are mounted on it.
    pub(crate) fn all(&self) -> Vec<&Self> {
        let mut all = vec![self];
        all.extend(self.mounted.iter().flat_map(Self::all));
        all
    }
}

async fn stop_all(mounted: Vec<Started>) {
    for server in mounted.into_iter().rev() {
        let name = Arc::clone(&server.dispatcher.identity.name);
        if let Err(error) = server.stop().await {
            let error = format!("{error:#}");
            tracing::error!(server = &*name, error, "the lifespan failed");
        }
    }
}

type Running = (
    Arc<Dispatcher>,
    Option<Background>,
    Option<RunningLifespan>,
    StartedEvents,
);

/// The events of a server that has started.
#[cfg(feature = "events")]
type StartedEvents = Option<Arc<crate::events::server::EventServer>>;
/// The events of a server that has started: none.
#[cfg(not(feature = "events"))]
type StartedEvents = ();

#[expect(clippy::too_many_lines, reason = "one sequence, whose order matters")]
async fn start_node(
    node: Node,
    outer: Outer,
    mounted: &mut Vec<Started>,
) -> Result<Running, StartError> {
    let Node {
        options,
        registry,
        parts,
        apis,
        tasks,
        #[cfg(feature = "events")]
        events,
        #[cfg(feature = "skills")]
        skills,
        docket: has,
    } = node;
    let ServerOptions {
        identity,
        states,
        lifespan,
        docket,
        worker,
        has_idle_worker,
        overrides,
        mask_error_details,
        task_headers,
        calls,
        task_fallback,
        middleware,
        added,
        store,
        #[cfg(feature = "events")]
            events: event_options,
        ..
    } = options;
    let settings = Arc::clone(&outer.settings);
    let store = store.unwrap_or_else(|| outer.store.clone());
    store.check().await.map_err(StartError::Store)?;
    let mut provided = Provided {
        states,
        overrides,
        runs_worker: has.runs_worker,
        ..Provided::default()
    };
    if has.is_own {
        let is_of_program = docket.is_of_program();
        provided.docket = docket.docket(&identity.name, &settings).await?;
        if let (Some(docket), Some(disabled_by)) = (&provided.docket, worker.disabled_by(&settings))
            && !docket.is_shared()
            && !has_idle_worker
        {
            without_worker(disabled_by, is_of_program)?;
        }
    } else {
        provided.docket.clone_from(&outer.docket);
    }

    #[cfg(feature = "events")]
    let event_options = event_options.or_else(|| outer.events.clone().filter(|_| !has.is_own));
    #[cfg(feature = "events")]
    crate::server::events::provide(&mut provided, event_options.as_ref());

    let changes = outer.changes.clone();
    let mut attached = vec![Attached {
        prefix: None,
        part: Arc::clone(added.inner()) as Arc<dyn Part>,
    }];
    #[cfg(feature = "skills")]
    if let Some(skills) = &skills {
        skills.start(changes.clone());
        crate::skills::watch::start(skills);
        attached.push(Attached {
            prefix: None,
            part: Arc::clone(skills) as Arc<dyn Part>,
        });
    }
    for api in &apis {
        attached.push(Attached {
            prefix: None,
            part: Arc::clone(api.inner()) as Arc<dyn Part>,
        });
        // Nothing is added to it any more.
        let inner = api.inner();
        inner.start(changes.clone(), mask_error_details, |_, _| false);
    }
    let mut mounts = Vec::new();
    for (prefix, part) in parts {
        let path = format!("{}/{prefix}", outer.path);
        let part = match part {
            NodePart::Proxy(factory) => {
                let place = Place {
                    changes: changes.mounted(&prefix),
                    path,
                    secret: Arc::clone(&outer.secret),
                };
                factory(place).await
            }
            NodePart::Mount(node) => {
                let inner = Outer {
                    store: store.clone(),
                    changes: changes.mounted(&prefix),
                    docket: provided.docket.clone(),
                    path,
                    #[cfg(feature = "events")]
                    events: event_options.clone(),
                    ..outer.clone()
                };
                let server = Started::start(*node, inner).await?;
                let dispatcher = Arc::clone(&server.dispatcher);
                if !dispatcher.owns_docket {
                    for (type_id, state) in &dispatcher.provided.states {
                        let states = &mut provided.states;
                        states.entry(*type_id).or_insert_with(|| state.clone());
                    }
                }
                mounts.push(Mount {
                    prefix: prefix.clone(),
                    dispatcher: Arc::clone(&dispatcher),
                });
                mounted.push(server);
                Arc::new(Mounted(dispatcher)) as Arc<dyn Part>
            }
        };
        attached.push(Attached {
            prefix: Some(prefix),
            part,
        });
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
    let dispatcher = Arc::new_cyclic(|this| Dispatcher {
        parts: with_task_tools(attached, task_fallback.as_ref(), this),
        task_fallback,
        identity,
        registry,
        provided: Arc::new(provided),
        mask_error_details,
        stored_headers: task_headers,
        settings: calls,
        answers: Arc::clone(&outer.answers),
        store,
        changes: changes.clone(),
        #[cfg(feature = "skills")]
        skills,
        mounts,
        owns_docket: has.is_own,
        middleware,
        this: this.clone(),
    });
    let this = Arc::downgrade(&dispatcher);
    added
        .inner()
        .start(changes, mask_error_details, move |kind, name| {
            let server = this.upgrade();
            server.is_some_and(|it| is_taken(&it, kind, name))
        });
    // The second check of dependencies, because the lifespan has added a state value. From here on, an
    // error has to stop the lifespan.
    #[cfg(feature = "events")]
    let started = crate::server::events::start(&dispatcher.provided, events, event_options);
    #[cfg(not(feature = "events"))]
    let started: Result<StartedEvents, StartError> = Ok(());
    let running = started.and_then(|events| {
        let background = start_background(
            &dispatcher,
            tasks,
            &settings,
            worker,
            &events,
            has_idle_worker,
        )?;
        Ok((background, events))
    });
    match running {
        Ok((background, events)) => Ok((dispatcher, background, lifespan, events)),
        Err(error) => {
            if let Err(error) = lifespan::stop(lifespan).await {
                tracing::error!(error = format!("{error:#}"), "the lifespan failed");
            }
            Err(error)
        }
    }
}

/// Adds the tools for clients without support for tasks. They come first, so that no tool of a remote server gets
/// their calls.
fn with_task_tools(
    mut parts: Vec<Attached>,
    fallback: Option<&TaskFallback>,
    server: &Weak<Dispatcher>,
) -> Vec<Attached> {
    if let Some(fallback) = fallback {
        let part = Arc::new(TaskTools::new(fallback.clone(), server.clone()));
        parts.insert(0, Attached { prefix: None, part });
    }
    parts
}

fn is_taken(server: &Dispatcher, kind: ComponentKind, name: &str) -> bool {
    let component = match kind {
        ComponentKind::Tool => server.tool_component(name, None),
        ComponentKind::Prompt => server.prompt_component(name, None),
        ComponentKind::Resource => server.template_component(name, None),
    };
    component.is_some()
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

/// Checks that the server has the dependencies of all handlers, and starts its worker.
fn start_background(
    dispatcher: &Arc<Dispatcher>,
    tasks: Option<TaskRegistry>,
    settings: &DocketSettings,
    options: WorkerChoice,
    events: &StartedEvents,
    is_idle: bool,
) -> Result<Option<Background>, StartError> {
    let provided = &dispatcher.provided;
    let has_docket = provided.docket.is_some();
    let capabilities = Capabilities {
        docket: has_docket,
        worker: has_docket && provided.runs_worker,
        ..provided.request_capabilities()
    };
    let mut unmet = dispatcher.registry.unmet(&capabilities);
    if let Some(tasks) = tasks.as_ref().filter(|_| has_docket) {
        unmet.extend(tasks.unmet(&provided.task_capabilities()));
    }
    let mut errors = StartErrors::default();
    errors.extend(unmet.into_iter().map(Box::new));
    errors.none()?;
    let (Some(docket), Some(tasks)) = (&provided.docket, tasks) else {
        return Ok(None);
    };
    if !provided.runs_worker {
        return Ok(None);
    }
    let tasks = Arc::new(TaskHandler::new(tasks, Arc::clone(provided)));
    let handler = runner::handler(dispatcher, tasks);
    #[cfg(feature = "events")]
    let handler = match events {
        Some(events) => crate::events::runner::handler(Arc::clone(events), handler),
        None => handler,
    };
    #[cfg(not(feature = "events"))]
    let () = *events;
    let worker = Background::worker(docket, handler, provided, settings, options)?;
    let background = Background::start(worker, is_idle);
    if let Some(worker) = provided.worker.get() {
        share_worker(dispatcher, worker);
    }
    Ok(Some(background))
}

/// Provides the worker to the mounted servers that share its docket.
fn share_worker(dispatcher: &Dispatcher, worker: &Worker) {
    for mount in &dispatcher.mounts {
        if !mount.dispatcher.owns_docket {
            let _ = mount.dispatcher.provided.worker.set(worker.clone());
            share_worker(&mount.dispatcher, worker);
        }
    }
}
