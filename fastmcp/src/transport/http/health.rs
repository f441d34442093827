//! [`Health`]: answers probes of the server's state.
//!
//! Probes come from orchestrators and load balancers, which send the address of the machine as `Host` and have no
//! access token. Their paths are therefore served before the checks of hosts and tokens, and a response names only the
//! checks, with texts that are constants: errors of a backend, which may contain addresses, are logged.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::body::Body;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::http::{HeaderValue, Method, Response, StatusCode};
use serde::Serialize;
use tokio::time::{Instant, timeout};
use tokio_util::sync::CancellationToken;

use crate::component::dispatch::Dispatcher;
use crate::docket::handle::Docket;
use crate::transport::http::options::HttpOptions;
use crate::transport::http::rare_warning::RareWarning;
use crate::transport::http::response::method_not_allowed;

/// The time for which the state of the docket is reused, so that probes, which need no access token, cannot load the
/// backend.
const REUSED_FOR: Duration = Duration::from_secs(1);

/// Answers probes.
pub(crate) struct Health {
    dispatcher: Arc<Dispatcher>,
    live: String,
    ready: String,
    timeout: Duration,
    max_lag: Option<Duration>,
    /// Cancelled when the server stops accepting requests.
    draining: CancellationToken,
    /// The last state of the docket. One probe asks the backend, and the others wait for its result.
    docket: tokio::sync::Mutex<Option<(Instant, DocketState)>>,
    warning: Mutex<RareWarning>,
}

/// The state of the docket, as of one moment.
#[derive(Debug, Clone, Copy)]
enum DocketState {
    Reachable { lag: Duration },
    Failed,
    TimedOut,
}

/// The body of a response.
#[derive(Debug, Serialize)]
struct Report {
    status: &'static str,
    checks: Vec<Check>,
}

/// The result of one check.
#[derive(Debug, Serialize)]
struct Check {
    name: &'static str,
    ok: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    problem: Option<String>,
}

impl Check {
    fn new(name: &'static str, problem: Option<impl Into<String>>) -> Self {
        Self {
            name,
            ok: problem.is_none(),
            problem: problem.map(Into::into),
        }
    }
}

impl Health {
    /// Returns `None` if the options disable the probes.
    pub(crate) fn new(
        dispatcher: &Arc<Dispatcher>,
        options: &HttpOptions,
        draining: &CancellationToken,
    ) -> Option<Self> {
        let path = options.health_path.as_deref()?;
        let path = path.trim_end_matches('/');
        Some(Self {
            dispatcher: Arc::clone(dispatcher),
            live: format!("{path}/live"),
            ready: format!("{path}/ready"),
            timeout: options.health_timeout,
            max_lag: options.max_lag,
            draining: draining.clone(),
            docket: tokio::sync::Mutex::default(),
            warning: Mutex::default(),
        })
    }

    /// Returns the paths of the probes.
    pub(crate) fn paths(&self) -> [&str; 2] {
        [&self.live, &self.ready]
    }

    /// Answers a probe; `None` for other requests.
    pub(crate) async fn answer(&self, method: &Method, path: &str) -> Option<Response<Body>> {
        let is_ready = path == self.ready;
        if !is_ready && path != self.live {
            return None;
        }
        if !matches!(*method, Method::GET | Method::HEAD) {
            return Some(method_not_allowed("GET, HEAD"));
        }
        let checks = if is_ready {
            self.readiness().await
        } else {
            self.liveness()
        };
        Some(response(checks))
    }

    /// Fails only if a restart of the process helps.
    fn liveness(&self) -> Vec<Check> {
        self.worker_check(false).into_iter().collect()
    }

    async fn readiness(&self) -> Vec<Check> {
        let draining = self.draining.is_cancelled();
        let mut checks = vec![Check::new(
            "accepting",
            draining.then_some("the server is shutting down"),
        )];
        checks.extend(self.worker_check(true));
        if let Some(docket) = &self.dispatcher.provided.docket {
            checks.extend(self.docket_checks(docket).await);
        }
        checks
    }

    /// Checks that the worker runs, if the server has one. A worker that was asked to stop is alive, but takes no tasks.
    fn worker_check(&self, takes_tasks: bool) -> Option<Check> {
        let worker = self.dispatcher.provided.worker.get()?;
        let was_stopped = worker.shutdown_token().is_cancelled();
        let problem = match (was_stopped, takes_tasks) {
            (true, true) => Some("the worker was stopped"),
            (false, _) if !worker.is_running() => Some("the worker does not run"),
            _ => None,
        };
        Some(Check::new("worker", problem))
    }

    async fn docket_checks(&self, docket: &Docket) -> Vec<Check> {
        let state = self.docket_state(docket).await;
        let problem = match state {
            DocketState::Reachable { .. } => None,
            DocketState::Failed => {
                Some("the docket's store returned an error, which is logged".to_owned())
            }
            DocketState::TimedOut => Some(format!(
                "the docket's store did not respond within {:?}",
                self.timeout
            )),
        };
        let mut checks = vec![Check::new("docket", problem)];
        if let (Some(max), DocketState::Reachable { lag }) = (self.max_lag, state) {
            let is_late = lag > max;
            let problem = is_late.then(|| {
                format!("tasks have waited for {lag:.1?}; the limit of `max_lag` is {max:?}")
            });
            checks.push(Check::new("lag", problem));
        }
        checks
    }

    async fn docket_state(&self, docket: &Docket) -> DocketState {
        let mut last = self.docket.lock().await;
        if let Some((at, state)) = *last
            && at.elapsed() < REUSED_FOR
        {
            return state;
        }
        let state = match timeout(self.timeout, docket.stats()).await {
            Ok(Ok(stats)) => DocketState::Reachable { lag: stats.lag },
            Ok(Err(error)) => {
                let mut warning = self.warning.lock().unwrap_or_else(PoisonError::into_inner);
                warning.log(|| format!("a readiness probe cannot reach the docket: {error}"));
                DocketState::Failed
            }
            Err(_) => DocketState::TimedOut,
        };
        *last = Some((Instant::now(), state));
        state
    }
}

fn response(checks: Vec<Check>) -> Response<Body> {
    let is_ok = checks.iter().all(|check| check.ok);
    let report = Report {
        status: if is_ok { "ok" } else { "failed" },
        checks,
    };
    // It consists of texts and flags, which can always be written.
    let body = serde_json::to_vec(&report).unwrap_or_default();
    let mut response = Response::new(Body::from(body));
    if !is_ok {
        *response.status_mut() = StatusCode::SERVICE_UNAVAILABLE;
    }
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
