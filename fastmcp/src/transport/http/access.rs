//! [`Access`]: the hosts that requests may be addressed to, and the web pages that may send them.

use std::sync::atomic::{AtomicBool, Ordering};

use axum::http::header::{HOST, ORIGIN};
use axum::http::request::Parts;
use axum::http::uri::Authority;
use axum::http::{HeaderMap, HeaderValue, StatusCode};

use crate::transport::http::options::HttpOptions;
use crate::transport::http::origin::AllowedOrigin;

/// The parsed forms of [`HttpOptions::allowed_hosts`] and [`HttpOptions::allowed_origins`].
#[derive(Debug)]
pub(crate) struct Access {
    /// The hosts and their ports; `None` for every host, and for every port.
    hosts: Option<Vec<(String, Option<u16>)>>,
    /// `None` for every origin.
    origins: Option<Vec<AllowedOrigin>>,
    /// Set when a refused host has been logged.
    logged_host: AtomicBool,
    /// Set when a refused origin has been logged.
    logged_origin: AtomicBool,
}

/// The status and the text of a refusal.
pub(crate) type Refused = (StatusCode, String);

impl Access {
    pub(crate) fn new(options: &HttpOptions) -> Self {
        let hosts = options.hosts.as_ref();
        let origins = options.origins.as_ref();
        // `HttpOptions::validate` has rejected invalid values.
        Self {
            hosts: hosts.map(|hosts| hosts.iter().filter_map(|host| parse_host(host)).collect()),
            origins: origins.map(|origins| {
                let parsed = origins.iter().map(|origin| AllowedOrigin::parse(origin));
                parsed.flatten().collect()
            }),
            logged_host: AtomicBool::new(false),
            logged_origin: AtomicBool::new(false),
        }
    }

    /// Checks the host and the origin of a request.
    pub(crate) fn check(&self, request: &Parts) -> Result<(), Refused> {
        self.check_host(request)?;
        let mut origins = request.headers.get_all(ORIGIN).iter();
        if let Some(origin) = origins.find(|origin| !self.allows(origin)) {
            let origin = String::from_utf8_lossy(origin.as_bytes());
            let text = format!(
                "the origin `{origin}` is not allowed; the server accepts web pages of the origins in \
                 `HttpOptions::allowed_origins`"
            );
            log(&self.logged_origin, &text);
            return Err((StatusCode::FORBIDDEN, text));
        }
        Ok(())
    }

    /// Checks the host of a request.
    pub(crate) fn check_host(&self, request: &Parts) -> Result<(), Refused> {
        let header = request.headers.get(HOST);
        // HTTP/2 has the host in the URI.
        let host = match (header, request.uri.authority()) {
            (Some(host), _) => host.to_str().ok().and_then(|host| host.parse().ok()),
            (None, Some(authority)) => Some(authority.clone()),
            (None, None) => {
                let text = "the header `Host` is missing".to_owned();
                return Err((StatusCode::BAD_REQUEST, text));
            }
        };
        let host: Authority = host.ok_or_else(|| {
            let text = "the header `Host` is not a valid host".to_owned();
            (StatusCode::BAD_REQUEST, text)
        })?;
        let (name, port) = (host.host(), host.port_u16());
        let is_allowed = self.hosts.as_ref().is_none_or(|hosts| {
            let matches = |(other, other_port): &(String, Option<u16>)| {
                other.eq_ignore_ascii_case(name) && (other_port.is_none() || *other_port == port)
            };
            hosts.iter().any(matches)
        });
        if is_allowed {
            return Ok(());
        }
        let text = format!(
            "the host `{host}` is not allowed; the server accepts requests to the hosts in \
             `HttpOptions::allowed_hosts`"
        );
        log(&self.logged_host, &text);
        Err((StatusCode::FORBIDDEN, text))
    }

    /// Returns whether web pages of this origin may send requests.
    fn allows(&self, origin: &HeaderValue) -> bool {
        self.origins.as_ref().is_none_or(|origins| {
            let matches = |header| origins.iter().any(|allowed| allowed.matches(header));
            origin.to_str().is_ok_and(matches)
        })
    }

    /// Returns the origin of the web page that sends the request, if it is allowed.
    pub(crate) fn allowed_origin(&self, headers: &HeaderMap) -> Option<HeaderValue> {
        let origin = headers.get(ORIGIN)?;
        self.allows(origin).then(|| origin.clone())
    }
}

/// Returns the host in lower case, and its port.
fn parse_host(host: &str) -> Option<(String, Option<u16>)> {
    let authority: Authority = host.parse().ok()?;
    let name = authority.host().to_ascii_lowercase();
    Some((name, authority.port_u16()))
}

/// Logs the first refusal as a warning, because it is usually a missing option. The others may come
/// from a client that sends many.
fn log(logged: &AtomicBool, text: &str) {
    if logged.swap(true, Ordering::Relaxed) {
        tracing::debug!("refused a request: {text}");
    } else {
        tracing::warn!("refused a request: {text}; more refusals are logged at the level debug");
    }
}
