//! [`Supervisor`]: builds the program when its sources change, and starts the server again.

use std::ffi::OsString;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use tokio::sync::{mpsc, oneshot};
use tokio::time::Instant;

use crate::dev::build::{Built, build};
use crate::dev::child::Child;
use crate::dev::front::Front;
use crate::dev::project::Project;
use crate::dev::record::Record;
use crate::dev::sources::Sources;

/// The time that a server has until it accepts clients.
const START_TIMEOUT: Duration = Duration::from_mins(1);

/// The shortest and the longest time before a server that has ended is started again.
const RETRY: (Duration, Duration) = (Duration::from_millis(100), Duration::from_secs(10));

/// The time after which a server counts as one that works.
const STEADY: Duration = Duration::from_secs(10);

/// A request to start the server again, with its answer.
pub(super) type Restart = oneshot::Sender<Result<(), String>>;

/// Builds the program when its sources change, and starts the server again.
pub(super) struct Supervisor {
    pub(super) project: Project,
    pub(super) arguments: Vec<OsString>,
    /// `true` if the server gets a private address.
    pub(super) over_http: bool,
    pub(super) front: Arc<dyn Front>,
    pub(super) record: Arc<Record>,
    pub(super) restarts: mpsc::Receiver<Restart>,
}

/// The state of the loop.
struct State {
    current: Option<Arc<Child>>,
    number: u64,
    /// The time before the next start of a server that has ended, and the moment of that start.
    delay: Duration,
    retry_at: Option<Instant>,
    started: Instant,
    failed: bool,
    /// The moment of the edit that is being built.
    edited: Option<SystemTime>,
}

impl State {
    fn retry(&mut self) {
        self.retry_at = Some(Instant::now() + self.delay);
        self.delay = (self.delay * 2).min(RETRY.1);
    }
}

/// What happens next.
enum Event {
    Changed(Vec<PathBuf>),
    Built(Built),
    Ended(String),
    Retry,
    Restart(Restart),
}

impl Supervisor {
    /// Runs until it is dropped.
    pub(super) async fn run(mut self) {
        let mut sources = Sources::read(&self.project, false).await;
        let mut state = State {
            current: None,
            number: 0,
            delay: RETRY.0,
            retry_at: None,
            started: Instant::now(),
            failed: false,
            edited: None,
        };
        let mut building: Option<BoxFuture<'static, Built>> = None;
        let files = sources.len();
        self.record.note(&format!(
            "watching {files} files of `{}`",
            self.project.name
        ));
        if sources.is_newer_than(&self.project.executable) {
            self.record
                .note("building, because the sources are newer than the program");
            building = Some(self.build());
        } else {
            // A failure has been reported, and is tried again.
            let _ = self.start(&mut state).await;
        }
        loop {
            let event = tokio::select! {
                changed = sources.changed(), if building.is_none() => Event::Changed(changed),
                built = poll(&mut building) => Event::Built(built),
                status = ended(state.current.as_ref()) => Event::Ended(status),
                () = at(state.retry_at) => Event::Retry,
                Some(restart) = self.restarts.recv() => Event::Restart(restart),
            };
            match event {
                Event::Changed(changed) => {
                    let names: Vec<String> = changed.iter().map(|it| self.shown(it)).collect();
                    self.record
                        .note(&format!("{} changed, building", names.join(", ")));
                    // Read before the build: a change during the build starts another one.
                    sources = Sources::read(&self.project, state.failed).await;
                    state.edited = sources.last_change();
                    building = Some(self.build());
                }
                Event::Built(built) => {
                    building = None;
                    if let Some(written) = &built.written {
                        self.project.executable.clone_from(written);
                    }
                    self.built(&mut state, built).await;
                    sources = sources.refresh(&self.project, state.failed).await;
                }
                Event::Ended(status) => self.ended(&mut state, &status),
                Event::Retry => {
                    state.retry_at = None;
                    if state.current.is_none() {
                        let _ = self.start(&mut state).await;
                    }
                }
                Event::Restart(answer) => {
                    self.record.note("restarting the server, as asked");
                    // The asker may have gone.
                    let _ = answer.send(self.start(&mut state).await);
                }
            }
        }
    }

    fn build(&self) -> BoxFuture<'static, Built> {
        let (project, record) = (self.project.clone(), Arc::clone(&self.record));
        // Requests wait for the new server if there is none.
        self.front.set_problem(None);
        async move { build(&project, &record).await }.boxed()
    }

    async fn built(&self, state: &mut State, built: Built) {
        let seconds = self.record.build().seconds;
        state.failed = !built.succeeded;
        if !built.succeeded {
            let rest = if state.current.is_some() {
                "; the old server continues"
            } else {
                ""
            };
            self.record
                .note(&format!("the build failed after {seconds:.1} s{rest}"));
            let errors = self.record.build().diagnostics;
            let first = errors.iter().find(|it| it.is_error());
            let first = first.map(|it| it.rendered.clone()).unwrap_or_default();
            self.front
                .set_problem(Some(format!("the build failed:\n{first}")));
            return;
        }
        if built.written.is_some() {
            self.record.note(&format!("built in {seconds:.1} s"));
        } else if state.current.is_some() {
            self.record.note("the program has not changed");
            return;
        }
        state.delay = RETRY.0;
        let started = self.start(state).await;
        let visible_after = state.edited.take().and_then(|edited| edited.elapsed().ok());
        // A failure has been reported, and is tried again.
        if let (Ok(()), Some(after)) = (started, visible_after) {
            let after = after.as_secs_f64();
            self.record.note(&format!(
                "the edit is visible {after:.2} s after it, {seconds:.2} s of them for the build"
            ));
        }
    }

    /// Starts a server, and lets the front use it. The old one continues if this fails.
    async fn start(&self, state: &mut State) -> Result<(), String> {
        state.number += 1;
        state.retry_at = None;
        let started = async {
            let address = self.over_http.then(free_address).transpose();
            let address = address.map_err(|error| format!("cannot find a free port: {error}"))?;
            let child = Child::start(
                state.number,
                &self.project.executable,
                &self.arguments,
                address,
                &self.record,
            );
            let path = self.project.executable.display();
            let child = Arc::new(child.map_err(|error| format!("cannot start {path}: {error}"))?);
            let adopted = tokio::select! {
                adopted = self.front.adopt(Arc::clone(&child)) => adopted,
                status = child.ended() => Err(format!("the server ended before it served ({status})")),
                () = tokio::time::sleep(START_TIMEOUT) => Err("the server does not serve".to_owned()),
            };
            if adopted.is_err() {
                child.stop();
            }
            adopted.map(|()| child)
        };
        match started.await {
            Ok(child) => {
                self.front.set_problem(None);
                self.record.note(&format!("server {} serves", child.number));
                state.current = Some(child);
                state.started = Instant::now();
                Ok(())
            }
            Err(problem) => {
                let rest = if state.current.is_some() {
                    "; the old server continues"
                } else {
                    ""
                };
                self.record.note(&format!("{problem}{rest}"));
                self.front.set_problem(Some(problem.clone()));
                if state.current.is_none() {
                    state.retry();
                }
                Err(problem)
            }
        }
    }

    fn ended(&self, state: &mut State, status: &str) {
        state.current = None;
        // Requests wait for the next start.
        self.front.set_problem(None);
        if state.started.elapsed() > STEADY {
            state.delay = RETRY.0;
        }
        let delay = state.delay;
        self.record.note(&format!(
            "the server ended ({status}), starting it again in {delay:?}"
        ));
        state.retry();
    }

    fn shown(&self, path: &Path) -> String {
        let below = path.strip_prefix(&self.project.directory).unwrap_or(path);
        below.display().to_string()
    }
}

/// Finds a port that is free now.
fn free_address() -> std::io::Result<SocketAddr> {
    std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()
}

async fn poll(building: &mut Option<BoxFuture<'static, Built>>) -> Built {
    match building {
        Some(building) => building.await,
        None => std::future::pending().await,
    }
}

async fn ended(current: Option<&Arc<Child>>) -> String {
    match current {
        Some(child) => child.ended().await,
        None => std::future::pending().await,
    }
}

async fn at(moment: Option<Instant>) {
    match moment {
        Some(moment) => tokio::time::sleep_until(moment).await,
        None => std::future::pending().await,
    }
}
