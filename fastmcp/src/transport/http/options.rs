//! [`HttpOptions`]: how a server serves HTTP.

use std::time::Duration;

use axum::http::Uri;
use axum::http::uri::Authority;
use rmcp::transport::StreamableHttpServerConfig;

/// How a server serves HTTP; give it to [`FastMcp::http`](crate::FastMcp::http).
///
/// | | unless said otherwise |
/// |---|---|
/// | [`path`](Self::path) | `/mcp` |
/// | [`stateless`](Self::stateless) | clients of revisions before 2026-07-28 have sessions |
/// | [`json_answers`](Self::json_answers) | an answer that nothing precedes is plain JSON |
/// | [`allowed_hosts`](Self::allowed_hosts) | this machine's loopback |
/// | [`allowed_origins`](Self::allowed_origins) | pages that this machine serves on its loopback |
/// | [`max_body_bytes`](Self::max_body_bytes) | 4 MiB |
/// | [`idle_sessions`](Self::idle_sessions) | end after five minutes |
/// | [`max_sessions`](Self::max_sessions) | 10 000 |
/// | [`keep_alive`](Self::keep_alive) | a comment every 15 seconds on a silent stream |
/// | [`retry`](Self::retry) | a client whose stream broke waits three seconds |
/// | [`grace`](Self::grace) | calls in flight have ten seconds when the server stops |
/// | [`require_task_name`](Self::require_task_name) | `Mcp-Name` may be missing on `tasks/*` |
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
#[must_use = "give it to `FastMcp::http`"]
pub struct HttpOptions {
    pub(crate) path: String,
    pub(crate) sessions: bool,
    pub(crate) json_answers: bool,
    /// `None` for any.
    pub(crate) hosts: Option<Vec<String>>,
    /// `None` for any.
    pub(crate) origins: Option<Vec<String>>,
    pub(crate) max_body_bytes: usize,
    pub(crate) idle: Duration,
    pub(crate) max_sessions: usize,
    pub(crate) keep_alive: Option<Duration>,
    pub(crate) retry: Duration,
    pub(crate) grace: Duration,
    pub(crate) require_task_name: bool,
}

/// An [HTTP option](HttpOptions) that makes no sense.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`HttpOptions::{option}`: `{value}` {why}")]
#[non_exhaustive]
pub struct InvalidHttpOption {
    /// The option.
    pub option: &'static str,
    /// What it was given.
    pub value: String,
    /// What is wrong with it.
    pub why: &'static str,
}

/// This machine, as a `Host` header names it.
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
            idle: Duration::from_mins(5),
            max_sessions: 10_000,
            keep_alive: Some(Duration::from_secs(15)),
            retry: Duration::from_secs(3),
            grace: Duration::from_secs(10),
            require_task_name: false,
        }
    }
}

impl HttpOptions {
    /// The options of the [table](Self).
    pub fn new() -> Self {
        Self::default()
    }

    /// Where [`run_http`](crate::FastMcp::run_http) and
    /// [`serve_http`](crate::Server::serve_http) serve. A [service](crate::Server::http_service) is
    /// where your own router mounts it.
    pub fn path(mut self, path: impl Into<String>) -> Self {
        self.path = path.into();
        self
    }

    /// Keeps no sessions: every request stands for itself, so that any replica can answer it.
    ///
    /// Requests of revision 2026-07-28 never have a session. Clients of earlier revisions lose what
    /// needs one: questions of the server ([`elicit`](crate::Context), sampling, roots), resuming a
    /// broken stream, and a log level that lasts.
    pub fn stateless(mut self) -> Self {
        self.sessions = false;
        self
    }

    /// Whether an answer that no notification precedes is plain JSON, where the client has no
    /// session; with `false` every answer is an event stream.
    pub fn json_answers(mut self, json: bool) -> Self {
        self.json_answers = json;
        self
    }

    /// The hosts that requests may be addressed to, in place of the loopback: `example.com` for
    /// every port, `example.com:8000` for one.
    ///
    /// The check keeps a web page from reaching a local server under a name of its own (DNS
    /// rebinding). Requests to any other host get status 403.
    pub fn allowed_hosts<H: Into<String>>(mut self, hosts: impl IntoIterator<Item = H>) -> Self {
        self.hosts = Some(hosts.into_iter().map(Into::into).collect());
        self
    }

    /// Answers requests to every host: for a server behind a proxy that checks it.
    pub fn any_host(mut self) -> Self {
        self.hosts = None;
        self
    }

    /// The web pages that may call, in place of those on the loopback: `https://example.com` for
    /// that scheme's own port, `https://example.com:8443` for one, `https://example.com:*` for all.
    ///
    /// A request without an `Origin` does not come from a web page, and passes; one with another
    /// `Origin` gets status 403. An empty list refuses every page.
    pub fn allowed_origins<O: Into<String>>(
        mut self,
        origins: impl IntoIterator<Item = O>,
    ) -> Self {
        self.origins = Some(origins.into_iter().map(Into::into).collect());
        self
    }

    /// Lets every web page call.
    pub fn any_origin(mut self) -> Self {
        self.origins = None;
        self
    }

    /// The largest body of a request, in bytes; a larger one gets status 413.
    pub fn max_body_bytes(mut self, bytes: usize) -> Self {
        self.max_body_bytes = bytes;
        self
    }

    /// How long a session may go without a request, a running call and an open stream before it
    /// ends. A client that comes later gets status 404, and begins a new one.
    pub fn idle_sessions(mut self, idle: Duration) -> Self {
        self.idle = idle;
        self
    }

    /// The most sessions at a time. A client that would begin one more gets status 503.
    pub fn max_sessions(mut self, sessions: usize) -> Self {
        self.max_sessions = sessions;
        self
    }

    /// How often a silent stream has a comment, so that nothing in between takes it for dead;
    /// `None` for never.
    pub fn keep_alive(mut self, every: impl Into<Option<Duration>>) -> Self {
        self.keep_alive = every.into();
        self
    }

    /// How long a client whose stream broke is asked to wait before it comes back.
    pub fn retry(mut self, retry: Duration) -> Self {
        self.retry = retry;
        self
    }

    /// How long the calls in flight have when the server stops, before their connections are cut.
    pub fn grace(mut self, grace: Duration) -> Self {
        self.grace = grace;
        self
    }

    /// Refuses a `tasks/get`, `tasks/update` or `tasks/cancel` without the header `Mcp-Name`, as
    /// the tasks extension (SEP-2663) has it. Clients in use leave it off. One that names another
    /// task than the body is refused in any case.
    pub fn require_task_name(mut self, require: bool) -> Self {
        self.require_task_name = require;
        self
    }

    /// Refuses what the transport would panic at, or silently never match.
    pub(crate) fn check(&self) -> Result<(), InvalidHttpOption> {
        let invalid = |option, value: &str, why| {
            let value = value.to_owned();
            Err(InvalidHttpOption { option, value, why })
        };
        let path = &self.path;
        if !path.starts_with('/') || path.parse::<Uri>().is_err() {
            return invalid("path", path, "is not a path such as `/mcp`");
        }
        if path.contains(['{', '}', '*', '?', ':']) {
            return invalid("path", path, "has to be one path, without patterns");
        }
        for host in self.hosts.iter().flatten() {
            if host.contains("://") {
                return invalid("allowed_hosts", host, "has a scheme: leave it off");
            }
            if host.contains('*') {
                return invalid("allowed_hosts", host, "has a wildcard: name each host");
            }
            if host.parse::<Authority>().is_err() {
                return invalid(
                    "allowed_hosts",
                    host,
                    "is not a host such as `example.com` or `example.com:8000`",
                );
            }
        }
        for origin in self.origins.iter().flatten() {
            if origin_entry(origin).is_none() {
                return invalid(
                    "allowed_origins",
                    origin,
                    "is not an origin such as `https://example.com`, or with a port `:8443` or `:*`",
                );
            }
        }
        Ok(())
    }

    /// What the protocol library is told.
    pub(crate) fn config(&self) -> StreamableHttpServerConfig {
        let mut config = StreamableHttpServerConfig::default()
            .with_legacy_session_mode(self.sessions)
            .with_json_response(self.json_answers)
            .with_max_request_body_bytes(self.max_body_bytes)
            .with_sse_keep_alive(self.keep_alive)
            .with_sse_retry(Some(self.retry));
        config = match &self.hosts {
            Some(hosts) if hosts.is_empty() => config.with_allowed_hosts(["invalid."]),
            Some(hosts) => config.with_allowed_hosts(hosts),
            None => config.disable_allowed_hosts(),
        };
        match &self.origins {
            Some(origins) => config
                .with_allowed_origins(origins.iter().filter_map(|origin| origin_entry(origin)))
                .enforce_origin_validation(),
            None => config.disable_allowed_origins(),
        }
    }

    /// Whether only requests to this machine are answered.
    pub(crate) fn is_local(&self) -> bool {
        let is_loopback = |host: &String| LOOPBACK.contains(&host.as_str());
        self.hosts
            .as_ref()
            .is_some_and(|hosts| hosts.iter().all(is_loopback))
    }
}

/// An origin as the protocol library matches it, with its port; `None` if it is none.
fn origin_entry(origin: &str) -> Option<String> {
    if origin == "null" {
        return Some(origin.to_owned());
    }
    let (origin, any_port) = match origin.strip_suffix(":*") {
        Some(origin) => (origin, true),
        None => (origin, false),
    };
    let uri: Uri = origin.parse().ok()?;
    let (scheme, authority) = (uri.scheme_str()?, uri.authority()?);
    // "https://example.com/" is no origin, but nobody would mean anything else by it.
    if !matches!(uri.path(), "" | "/") || uri.query().is_some() || authority.as_str().contains('@')
    {
        return None;
    }
    let host = authority.host();
    match (any_port, authority.port_u16(), scheme) {
        (true, None, _) => Some(format!("{scheme}://{host}:*")),
        (true, Some(_), _) => None,
        (false, Some(port), _) => Some(format!("{scheme}://{host}:{port}")),
        (false, None, "https") => Some(format!("{scheme}://{host}:443")),
        (false, None, "http") => Some(format!("{scheme}://{host}:80")),
        (false, None, _) => Some(format!("{scheme}://{host}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_could_never_match_is_refused() {
        let error = |options: HttpOptions| options.check().unwrap_err().to_string();
        for (options, message) in [
            (
                HttpOptions::new().path("mcp"),
                "`HttpOptions::path`: `mcp` is not a path such as `/mcp`",
            ),
            (
                HttpOptions::new().path("/{tenant}"),
                "`HttpOptions::path`: `/{tenant}` has to be one path, without patterns",
            ),
            (
                HttpOptions::new().path("/a:b"),
                "`HttpOptions::path`: `/a:b` has to be one path, without patterns",
            ),
            (
                HttpOptions::new().allowed_hosts(["https://example.com"]),
                "`HttpOptions::allowed_hosts`: `https://example.com` has a scheme: leave it off",
            ),
            (
                HttpOptions::new().allowed_hosts(["*.example.com"]),
                "`HttpOptions::allowed_hosts`: `*.example.com` has a wildcard: name each host",
            ),
            (
                HttpOptions::new().allowed_origins(["example.com"]),
                "`HttpOptions::allowed_origins`: `example.com` is not an origin such as \
                 `https://example.com`, or with a port `:8443` or `:*`",
            ),
        ] {
            assert_eq!(error(options), message);
        }
        assert_eq!(HttpOptions::new().check(), Ok(()));
    }

    #[test]
    fn an_origin_without_a_port_is_its_scheme_s_own() {
        for (written, entry) in [
            ("https://example.com", Some("https://example.com:443")),
            ("http://example.com/", Some("http://example.com:80")),
            ("http://[::1]:*", Some("http://[::1]:*")),
            ("https://example.com:8443", Some("https://example.com:8443")),
            ("null", Some("null")),
            ("https://example.com:1:*", None),
            ("https://example.com/page", None),
            ("https://user@example.com", None),
            ("//example.com", None),
        ] {
            assert_eq!(origin_entry(written).as_deref(), entry, "{written}");
        }
    }
}
