//! [`HttpOptions`]: the settings of streamable HTTP.

use std::time::Duration;

use rmcp::transport::StreamableHttpServerConfig;

use crate::transport::http::connection_state::ConnectionLimits;

/// The settings of streamable HTTP, for [`FastMcp::http`](crate::FastMcp::http).
///
/// | option | default |
/// |---|---|
/// | [`path`](Self::path) | `/mcp` |
/// | [`stateless`](Self::stateless) | clients of revisions before 2026-07-28 have sessions |
/// | [`json_answers`](Self::json_answers) | a response without preceding notifications is plain JSON |
/// | [`allowed_hosts`](Self::allowed_hosts) | the loopback address of this machine |
/// | [`allowed_origins`](Self::allowed_origins) | web pages from the loopback address of this machine |
/// | [`max_body_bytes`](Self::max_body_bytes) | 4 MiB |
/// | [`max_body_memory`](Self::max_body_memory) | 64 MiB |
/// | [`idle_sessions`](Self::idle_sessions) | sessions end after five minutes without activity |
/// | [`max_sessions`](Self::max_sessions) | 10 000 |
/// | [`max_sessions_per_principal`](Self::max_sessions_per_principal) | 1000 |
/// | [`max_subscriptions`](Self::max_subscriptions) | 10 000 |
/// | [`max_subscriptions_per_principal`](Self::max_subscriptions_per_principal) | 100 |
/// | [`max_connections`](Self::max_connections) | 10 000 |
/// | [`header_timeout`](Self::header_timeout) | 15 seconds |
/// | [`body_timeout`](Self::body_timeout) | 30 seconds |
/// | [`idle_timeout`](Self::idle_timeout) | 90 seconds |
/// | [`write_timeout`](Self::write_timeout) | one minute |
/// | [`keep_alive`](Self::keep_alive) | a comment every 15 seconds on a silent connection |
/// | [`retry`](Self::retry) | clients reconnect a lost stream after three seconds |
/// | [`grace`](Self::grace) | calls in flight have ten seconds to finish when the server stops |
/// | [`require_task_name`](Self::require_task_name) | `Mcp-Name` may be missing on `tasks/*` |
/// | [`health_path`](Self::health_path) | probes get the state of the server at `/health/live` and `/health/ready` |
/// | [`health_timeout`](Self::health_timeout) | the docket has two seconds to respond to a probe |
/// | [`max_lag`](Self::max_lag) | a server is ready however long its tasks wait |
///
/// ```
/// use std::time::Duration;
///
/// use fastmcp::{FastMcp, HttpOptions};
///
/// let server = FastMcp::new("reports").http(
///     HttpOptions::new()
///         .allowed_hosts(["reports.example.com"])
///         .allowed_origins(["https://app.example.com"])
///         .max_body_bytes(64 * 1024)
///         .idle_sessions(Duration::from_secs(60)),
/// );
/// ```
#[derive(Debug, Clone)]
#[must_use = "pass it to `FastMcp::http`"]
pub struct HttpOptions {
    pub(crate) path: String,
    pub(crate) sessions: bool,
    pub(crate) json_answers: bool,
    /// `None` for every host.
    pub(crate) hosts: Option<Vec<String>>,
    /// `None` for every origin.
    pub(crate) origins: Option<Vec<String>>,
    pub(crate) max_body_bytes: usize,
    pub(crate) max_body_memory: usize,
    pub(crate) idle: Duration,
    pub(crate) max_sessions: usize,
    pub(crate) max_sessions_per_principal: usize,
    pub(crate) max_subscriptions: usize,
    pub(crate) max_subscriptions_per_principal: usize,
    pub(crate) max_connections: usize,
    pub(crate) header_timeout: Duration,
    pub(crate) body_timeout: Duration,
    pub(crate) idle_timeout: Duration,
    pub(crate) write_timeout: Duration,
    pub(crate) keep_alive: Option<Duration>,
    pub(crate) retry: Duration,
    pub(crate) grace: Duration,
    pub(crate) require_task_name: bool,
    /// `None` without probes.
    pub(crate) health_path: Option<String>,
    pub(crate) health_timeout: Duration,
    /// `None` for any lag.
    pub(crate) max_lag: Option<Duration>,
}

/// The loopback address in a `Host` header.
const LOOPBACK: [&str; 3] = ["localhost", "127.0.0.1", "[::1]"];

impl Default for HttpOptions {
    fn default() -> Self {
        let schemes = ["http", "https"];
        let origins = LOOPBACK
            .iter()
            .flat_map(|host| schemes.map(|scheme| format!("{scheme}://{host}:*")));
        Self {
            path: "/mcp".to_owned(),
            sessions: true,
            json_answers: true,
            hosts: Some(LOOPBACK.map(str::to_owned).to_vec()),
            origins: Some(origins.collect()),
            max_body_bytes: 4 * 1024 * 1024,
            max_body_memory: 64 * 1024 * 1024,
            idle: Duration::from_mins(5),
            max_sessions: 10_000,
            max_sessions_per_principal: 1000,
            max_subscriptions: 10_000,
            max_subscriptions_per_principal: 100,
            max_connections: 10_000,
            header_timeout: Duration::from_secs(15),
            body_timeout: Duration::from_secs(30),
            idle_timeout: Duration::from_secs(90),
            write_timeout: Duration::from_mins(1),
            keep_alive: Some(Duration::from_secs(15)),
            retry: Duration::from_secs(3),
            grace: Duration::from_secs(10),
            require_task_name: false,
            health_path: Some("/health".to_owned()),
            health_timeout: Duration::from_secs(2),
            max_lag: None,
        }
    }
}

impl HttpOptions {
    /// Returns the defaults of the [table](Self).
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets the path that [`run_http`](crate::FastMcp::run_http) and
    /// [`serve_http`](crate::Server::serve_http) serve. For a
    /// [service](crate::Server::http_service), your own router sets the path.
    pub fn path(mut self, path: impl Into<String>) -> Self {
        self.path = path.into();
        self
    }

    /// Disables sessions: every request is independent, so any replica can answer it.
    ///
    /// Requests of revision 2026-07-28 never have a session. Clients of earlier revisions lose the
    /// features that require one: questions to the client ([`elicit`](crate::Context), sampling,
    /// roots), resuming a lost stream, and the log level of the session.
    pub fn stateless(mut self) -> Self {
        self.sessions = false;
        self
    }

    /// Sets whether a response without preceding notifications is plain JSON, for requests without a
    /// session. With `false`, every response is an event stream.
    pub fn json_answers(mut self, json: bool) -> Self {
        self.json_answers = json;
        self
    }

    /// Sets the hosts that requests may have in their `Host` header, instead of the loopback
    /// address: `example.com` for every port, `example.com:8000` for one port.
    ///
    /// The check prevents a web page from reaching a local server through a host name that the page
    /// controls (DNS rebinding). Requests to other hosts get status 403.
    pub fn allowed_hosts<H: Into<String>>(mut self, hosts: impl IntoIterator<Item = H>) -> Self {
        self.hosts = Some(hosts.into_iter().map(Into::into).collect());
        self
    }

    /// Accepts requests to every host, for a server behind a proxy that checks the host.
    pub fn any_host(mut self) -> Self {
        self.hosts = None;
        self
    }

    /// Sets the origins of web pages that may send requests, instead of the loopback address:
    /// `https://example.com` for the default port of the scheme, `https://example.com:8443` for one
    /// port, `https://example.com:*` for every port.
    ///
    /// A request without an `Origin` header does not come from a web page and is accepted. A request
    /// with any other `Origin` gets status 403. An empty list rejects all web pages.
    pub fn allowed_origins<O: Into<String>>(
        mut self,
        origins: impl IntoIterator<Item = O>,
    ) -> Self {
        self.origins = Some(origins.into_iter().map(Into::into).collect());
        self
    }

    /// Accepts requests from every web page.
    pub fn any_origin(mut self) -> Self {
        self.origins = None;
        self
    }

    /// Sets the maximum size of a request body in bytes. Larger bodies get status 413.
    pub fn max_body_bytes(mut self, bytes: usize) -> Self {
        self.max_body_bytes = bytes;
        self
    }

    /// Sets the memory in bytes that the request bodies of all clients take at once: incomplete ones, and complete ones
    /// until their calls end, with an estimate of the memory for parsing them. One more message may be parsed at any
    /// time.
    ///
    /// A body is accepted if it leaves as much memory free as it takes, so large bodies leave memory for smaller ones.
    /// Bodies of up to 16 KiB are always accepted, and a body of more than half of the memory is received alone. Other
    /// requests wait up to ten seconds, and then get status 503. While a request waits, slow clients get status 503 too,
    /// so that they do not lock out others: the one whose incomplete body has taken the most memory for the longest
    /// time, if nothing of it has arrived for a second, or if it has had five seconds. A warning is logged.
    ///
    /// The memory is at least [`max_body_bytes`](Self::max_body_bytes).
    pub fn max_body_memory(mut self, bytes: usize) -> Self {
        self.max_body_memory = bytes;
        self
    }

    /// Sets the time after which a session without requests, running calls or open streams ends. A
    /// client that uses the session afterwards gets status 404 and has to start a new one.
    pub fn idle_sessions(mut self, idle: Duration) -> Self {
        self.idle = idle;
        self
    }

    /// Sets the maximum number of sessions. For a client that starts another one, the oldest idle
    /// session of the same caller ends, or else one of an anonymous caller. If none is idle, the
    /// client gets status 503.
    pub fn max_sessions(mut self, sessions: usize) -> Self {
        self.max_sessions = sessions;
        self
    }

    /// Sets the maximum number of sessions of one [`Principal`](crate::Principal). At the limit, its
    /// oldest idle session ends; if none is idle, the client gets status 503. Anonymous callers share
    /// the limit of [all sessions](Self::max_sessions).
    pub fn max_sessions_per_principal(mut self, sessions: usize) -> Self {
        self.max_sessions_per_principal = sessions;
        self
    }

    /// Sets the maximum number of open `subscriptions/listen` streams. A client that opens another one
    /// gets status 503.
    pub fn max_subscriptions(mut self, streams: usize) -> Self {
        self.max_subscriptions = streams;
        self
    }

    /// Sets the maximum number of open `subscriptions/listen` streams of one
    /// [`Principal`](crate::Principal). Anonymous callers share the limit of
    /// [all streams](Self::max_subscriptions).
    pub fn max_subscriptions_per_principal(mut self, streams: usize) -> Self {
        self.max_subscriptions_per_principal = streams;
        self
    }

    /// Sets the maximum number of open connections. Further clients wait until a connection closes; for
    /// them, the server closes connections that wait for a request.
    ///
    /// Each connection needs a file descriptor, so keep the limit below that of the process
    /// (`ulimit -n`). For a [service](crate::Server::http_service), your own server has the limit.
    pub fn max_connections(mut self, connections: usize) -> Self {
        self.max_connections = connections;
        self
    }

    /// Sets the time in which a client has to send the head of a request: from the start of a new
    /// connection, or from the first byte of a later request. Then the connection is closed. For a
    /// [service](crate::Server::http_service), your own server has the limit.
    pub fn header_timeout(mut self, timeout: Duration) -> Self {
        self.header_timeout = timeout;
        self
    }

    /// Sets the time in which a client has to send the whole body of a request. Then it gets status
    /// 408.
    pub fn body_timeout(mut self, timeout: Duration) -> Self {
        self.body_timeout = timeout;
        self
    }

    /// Sets the time after which a connection without a request is closed. A proxy in front of the
    /// server should close its idle connections earlier. For a
    /// [service](crate::Server::http_service), your own server has the limit.
    pub fn idle_timeout(mut self, timeout: Duration) -> Self {
        self.idle_timeout = timeout;
        self
    }

    /// Sets the time after which a connection whose client does not read is closed. Until then, the
    /// handlers that send messages to it wait. For a [service](crate::Server::http_service), your own
    /// server has the limit.
    pub fn write_timeout(mut self, timeout: Duration) -> Self {
        self.write_timeout = timeout;
        self
    }

    /// Sets the interval of comments on a silent connection, which keep proxies and clients from
    /// closing it; `None` disables them.
    ///
    /// A request without a response after this time gets an event stream with status 200. Its
    /// response, also an error, is the last event.
    pub fn keep_alive(mut self, every: impl Into<Option<Duration>>) -> Self {
        self.keep_alive = every.into();
        self
    }

    /// Sets the time after which clients reconnect a lost stream.
    pub fn retry(mut self, retry: Duration) -> Self {
        self.retry = retry;
        self
    }

    /// Sets the time that calls in flight have to finish when the server stops, before their
    /// connections are closed.
    pub fn grace(mut self, grace: Duration) -> Self {
        self.grace = grace;
        self
    }

    /// Sets whether `tasks/get`, `tasks/update` and `tasks/cancel` must have the header `Mcp-Name`,
    /// as the tasks extension (SEP-2663) requires. Some clients omit it. A header that differs from
    /// the task in the body is always rejected.
    pub fn require_task_name(mut self, require: bool) -> Self {
        self.require_task_name = require;
        self
    }

    /// Sets the path below which [`run_http`](crate::FastMcp::run_http),
    /// [`serve_http`](crate::Server::serve_http) and [`http_router`](crate::Server::http_router) answer probes, or
    /// disables them with `None`; the guide has the [checks](crate::guide::operating#health).
    ///
    /// `/health/live` fails if the process has to be restarted. `/health/ready` fails while the server should get no
    /// requests. A response has status 200 or 503 and names the checks. Probes need no access token, and may have
    /// any `Host` header.
    ///
    /// ```
    /// use fastmcp::HttpOptions;
    ///
    /// let moved = HttpOptions::new().health_path("/internal/health".to_owned());
    /// let disabled = HttpOptions::new().health_path(None);
    /// ```
    pub fn health_path(mut self, path: impl Into<Option<String>>) -> Self {
        self.health_path = path.into();
        self
    }

    /// Sets the time in which the docket has to respond to a readiness probe. A probe that gets no response fails.
    pub fn health_timeout(mut self, timeout: Duration) -> Self {
        self.health_timeout = timeout;
        self
    }

    /// Sets the time that a due task may wait for a worker before the server is not ready. By default, there is no
    /// limit: all servers of one docket have the same lag, so a backlog would make all of them unready at once.
    pub fn max_lag(mut self, lag: Duration) -> Self {
        self.max_lag = Some(lag);
        self
    }

    /// Also accepts requests that are addressed to this host.
    #[cfg(feature = "auth")]
    pub(crate) fn add_host(&mut self, host: &str) {
        if let Some(hosts) = &mut self.hosts {
            hosts.push(host.to_owned());
        }
    }

    /// Converts the settings to those of the protocol library.
    pub(crate) fn config(&self) -> StreamableHttpServerConfig {
        StreamableHttpServerConfig::default()
            .with_legacy_session_mode(self.sessions)
            .with_json_response(self.json_answers)
            .with_max_request_body_bytes(self.max_body_bytes)
            // The endpoint sends comments and first events itself, and checks hosts and origins.
            .with_sse_keep_alive(None)
            .with_sse_retry(None)
            .disable_allowed_hosts()
            .disable_allowed_origins()
    }

    /// Returns the time limits of a connection.
    pub(crate) fn connection_limits(&self) -> ConnectionLimits {
        ConnectionLimits {
            header: self.header_timeout,
            idle: self.idle_timeout,
            write: self.write_timeout,
        }
    }

    /// Returns whether only requests to the loopback address are accepted.
    pub(crate) fn is_local(&self) -> bool {
        let is_loopback = |host: &String| LOOPBACK.contains(&host.as_str());
        self.hosts
            .as_ref()
            .is_some_and(|hosts| hosts.iter().all(is_loopback))
    }
}
