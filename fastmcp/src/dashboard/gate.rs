//! [`Gate`]: decides who may look at a dashboard, and who may change what it shows.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::header::{HOST, ORIGIN};
use axum::http::request::Parts;
use axum::http::uri::{Authority, Uri};
use axum::http::{HeaderMap, Response, StatusCode};

use crate::dashboard::response::error;
use crate::principal::Principal;
use crate::transport::http::access::Access;
use crate::transport::http::endpoint::Endpoint;
use crate::transport::http::options::HttpOptions;

/// The header in which browsers state where a request comes from. Pages cannot set it.
const FETCH_SITE: &str = "sec-fetch-site";

/// Decides who may use a dashboard.
#[derive(Clone)]
pub(crate) struct Gate {
    /// The server whose authorization and allowed hosts apply; `None` for a dashboard without a server.
    pub(crate) endpoint: Option<Arc<Endpoint>>,
    /// The allowed hosts of a dashboard without a server.
    pub(crate) hosts: Arc<Access>,
    /// The hosts of callers that nobody has authenticated.
    pub(crate) loopback: Arc<Access>,
    /// The scope for looking.
    pub(crate) read_scope: Option<String>,
    /// The scope for looking and for actions.
    pub(crate) scope: Option<String>,
    pub(crate) allows_anonymous: bool,
    pub(crate) is_read_only: bool,
    pub(crate) warned: Arc<AtomicBool>,
}

/// A caller that may look at the dashboard.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Viewer {
    /// The subject; `None` for an anonymous caller.
    pub(crate) subject: Option<String>,
    pub(crate) may_operate: bool,
}

/// The response to a refused request.
pub(crate) type Refused = Box<Response<Body>>;

impl Gate {
    pub(crate) fn new(endpoint: Option<Arc<Endpoint>>) -> Self {
        let loopback = Arc::new(Access::new(&HttpOptions::default()));
        Self {
            endpoint,
            hosts: Arc::clone(&loopback),
            loopback,
            read_scope: None,
            scope: None,
            allows_anonymous: false,
            is_read_only: false,
            warned: Arc::default(),
        }
    }

    #[cfg(feature = "auth")]
    fn authorization(&self) -> Option<&Arc<crate::transport::http::authorization::Authorization>> {
        self.endpoint.as_ref()?.authorization()
    }

    /// Returns whether callers must be known.
    fn needs_principal(&self) -> bool {
        #[cfg(feature = "auth")]
        if self.authorization().is_some() {
            return true;
        }
        self.scope.is_some() || self.read_scope.is_some()
    }

    /// Checks the host of a request for the page, which contains no data.
    pub(crate) fn check_host(&self, parts: &Parts) -> Result<(), Refused> {
        let is_local = !self.needs_principal() && !self.allows_anonymous;
        let hosts = match &self.endpoint {
            _ if is_local => &self.loopback,
            Some(endpoint) => endpoint.access(),
            None => &self.hosts,
        };
        hosts.check_host(parts).map_err(|(status, text)| {
            let text = if is_local {
                format!(
                    "{}. Without a scope, the dashboard is only for this machine: name one with \
                     `Dashboard::scope`",
                    text.split(';').next().unwrap_or_default()
                )
            } else {
                text
            };
            Box::new(error(status, text))
        })?;
        // The address of the client is known on the server's own listener, and with axum's `ConnectInfo`.
        let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>();
        if is_local && peer.is_some_and(|peer| !peer.0.ip().to_canonical().is_loopback()) {
            let text = "without a scope, the dashboard is only for this machine: name one with \
                        `Dashboard::scope`";
            return Err(error(StatusCode::FORBIDDEN, text).into());
        }
        Ok(())
    }

    /// Returns the caller of a request for data, which must come from the page itself or from a program.
    pub(crate) async fn admit(&self, parts: &mut Parts) -> Result<Viewer, Refused> {
        self.check_host(parts)?;
        if !is_from_own_page(&parts.headers) {
            let text = "only the page of the dashboard may send this request, not a page of another origin";
            return Err(error(StatusCode::FORBIDDEN, text).into());
        }
        #[cfg(feature = "auth")]
        if let Some(authorization) = self.authorization() {
            authorization.authenticate(parts).await?;
        }
        let principal = parts.extensions.get::<Principal>();
        let subject = principal.map(|it| it.subject().to_owned());
        if !self.needs_principal() {
            return Ok(Viewer {
                subject,
                may_operate: !self.is_read_only,
            });
        }
        let Some(principal) = principal else {
            let text =
                "this dashboard needs an authenticated caller: no layer has inserted a `Principal`";
            return Err(error(StatusCode::UNAUTHORIZED, text).into());
        };
        let has = |scope: &Option<String>| {
            let scope = scope.as_deref();
            scope.is_some_and(|scope| principal.has_scope(scope))
        };
        let has_scope = has(&self.scope);
        if has_scope || has(&self.read_scope) {
            return Ok(Viewer {
                subject,
                may_operate: has_scope && !self.is_read_only,
            });
        }
        let scope = self.read_scope.as_deref().or(self.scope.as_deref());
        Err(self.lacks_scope(scope).into())
    }

    /// Returns the refusal of a caller that may look, but not change anything.
    pub(crate) fn refuse_action(&self) -> Response<Body> {
        match &self.scope {
            Some(scope) if !self.is_read_only => self.lacks_scope(Some(scope)),
            _ => error(StatusCode::FORBIDDEN, "this dashboard allows no actions"),
        }
    }

    fn lacks_scope(&self, scope: Option<&str>) -> Response<Body> {
        let Some(scope) = scope else {
            let text =
                "nobody may use this dashboard: the program names no scope with `Dashboard::scope`";
            if !self.warned.swap(true, Ordering::Relaxed) {
                tracing::warn!("refused a request: {text}");
            }
            return error(StatusCode::FORBIDDEN, text);
        };
        #[cfg(feature = "auth")]
        if let Some(authorization) = self.authorization() {
            return authorization.forbidden(None, &[scope]);
        }
        let text = format!("the caller lacks the scope `{scope}`");
        error(StatusCode::FORBIDDEN, text)
    }
}

/// Returns whether a browser sends a request for the page of this origin. A request of a program has neither header.
fn is_from_own_page(headers: &HeaderMap) -> bool {
    if let Some(site) = headers.get(FETCH_SITE) {
        return site == "same-origin" || site == "none";
    }
    // A browser without the header above, or on a plain `http` address of another machine.
    let Some(origin) = headers.get(ORIGIN) else {
        return true;
    };
    let origin = origin.to_str().ok().and_then(|it| it.parse::<Uri>().ok());
    let host = headers.get(HOST);
    let host = host.and_then(|host| host.to_str().ok()?.parse::<Authority>().ok());
    let (Some(origin), Some(host)) = (origin, host) else {
        return false;
    };
    let default = match origin.scheme_str() {
        Some("https") => 443,
        Some("http") => 80,
        _ => return false,
    };
    let is_same = |page: &Authority| {
        let ports = (page.port_u16(), host.port_u16());
        page.host().eq_ignore_ascii_case(host.host())
            && ports.0.unwrap_or(default) == ports.1.unwrap_or(default)
    };
    origin.authority().is_some_and(is_same)
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    #[test]
    fn without_a_scope_the_client_must_be_on_this_machine() {
        for (peer, expected) in [
            (Some("127.0.0.1:5000"), true),
            (Some("[::1]:5000"), true),
            (Some("[::ffff:127.0.0.1]:5000"), true),
            // It has sent the loopback address as `Host`.
            (Some("192.0.2.7:5000"), false),
            // A server of the program that does not tell.
            (None, true),
        ] {
            let request = axum::http::Request::get("/").header(HOST, "localhost");
            let (mut parts, ()) = request.body(()).expect("a request").into_parts();
            if let Some(peer) = peer {
                let peer: SocketAddr = peer.parse().expect("an address");
                parts.extensions.insert(ConnectInfo(peer));
            }
            let mut gate = Gate::new(None);
            assert_eq!(gate.check_host(&parts).is_ok(), expected, "{peer:?}");
            gate.scope = Some("docket:admin".to_owned());
            assert!(gate.check_host(&parts).is_ok(), "the scope decides");
        }
    }

    #[test]
    fn only_the_own_page_and_programs_send_requests() {
        for (headers, expected) in [
            (&[("host", "a.example")][..], true),
            (
                &[("host", "a.example"), ("origin", "https://a.example")],
                true,
            ),
            (
                &[("host", "a.example:443"), ("origin", "https://A.example")],
                true,
            ),
            (
                &[
                    ("host", "a.example:8000"),
                    ("origin", "http://a.example:8000"),
                ],
                true,
            ),
            (
                &[
                    ("host", "a.example:8000"),
                    ("origin", "http://a.example:3000"),
                ],
                false,
            ),
            (
                &[("host", "a.example"), ("origin", "https://b.example")],
                false,
            ),
            (&[("host", "a.example"), ("origin", "null")], false),
            (
                &[
                    ("host", "a.example"),
                    ("origin", "https://a.example.b.example"),
                ],
                false,
            ),
            (
                &[("host", "a.example"), ("sec-fetch-site", "same-origin")],
                true,
            ),
            // A proxy has changed the host.
            (
                &[
                    ("host", "inner"),
                    ("origin", "https://a.example"),
                    ("sec-fetch-site", "same-origin"),
                ],
                true,
            ),
            (&[("host", "a.example"), ("sec-fetch-site", "none")], true),
            (
                &[("host", "a.example"), ("sec-fetch-site", "same-site")],
                false,
            ),
            (
                &[("host", "a.example"), ("sec-fetch-site", "cross-site")],
                false,
            ),
        ] {
            let map: HeaderMap = headers
                .iter()
                .map(|(name, value)| {
                    let name = axum::http::HeaderName::from_static(name);
                    (name, HeaderValue::from_static(value))
                })
                .collect();
            assert_eq!(is_from_own_page(&map), expected, "{headers:?}");
        }
    }
}
