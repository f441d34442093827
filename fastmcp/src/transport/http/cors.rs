//! [`HttpCorsLayer`]: answers the questions of browsers, which ask before a web page may use the
//! server (CORS).

use std::sync::Arc;
use std::task::{Context, Poll};

use axum::body::Body;
use axum::http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
    ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE, ACCESS_CONTROL_REQUEST_HEADERS,
    ACCESS_CONTROL_REQUEST_METHOD, ORIGIN, VARY,
};
use axum::http::{HeaderName, HeaderValue, Method, Request, Response, StatusCode};
use futures_util::future::BoxFuture;
use tower_layer::Layer;
use tower_service::Service;

use crate::transport::http::access::Access;
use crate::transport::http::response::refusal;

const METHODS: &str = "GET, POST, DELETE";

/// The request headers that a web page may set. All headers that start with `mcp-` follow.
const HEADERS: &str = "content-type, accept, authorization, last-event-id, mcp-session-id, \
                       mcp-protocol-version, mcp-method, mcp-name";

/// The response headers that a web page may read.
const EXPOSED: &str = "Mcp-Session-Id, WWW-Authenticate, Retry-After";

/// The time in seconds for which a browser keeps the answer.
const MAX_AGE: &str = "600";

const REQUEST_PRIVATE_NETWORK: HeaderName =
    HeaderName::from_static("access-control-request-private-network");
const ALLOW_PRIVATE_NETWORK: HeaderName =
    HeaderName::from_static("access-control-allow-private-network");

/// A [tower](https://docs.rs/tower-layer) layer that answers the preflight requests of web pages, and
/// adds the `Access-Control-*` headers to the responses to them, for the origins of
/// [`HttpOptions::allowed_origins`](crate::HttpOptions::allowed_origins).
///
/// The server does the same by itself. A browser sends preflight requests without credentials, so an
/// authentication layer in front of the server rejects them. Add this layer in front of the
/// authentication:
///
/// ```
/// use axum::extract::Request;
/// use axum::http::{StatusCode, header::AUTHORIZATION};
/// use axum::middleware::{self, Next};
/// use axum::response::Response;
/// use fastmcp::{FastMcp, HttpOptions};
///
/// async fn authenticate(request: Request, next: Next) -> Result<Response, StatusCode> {
///     if !request.headers().contains_key(AUTHORIZATION) {
///         return Err(StatusCode::UNAUTHORIZED);
///     }
///     Ok(next.run(request).await)
/// }
///
/// # async fn app() -> fastmcp::Result<axum::Router> {
/// let server = FastMcp::new("reports")
///     .http(HttpOptions::new().allowed_origins(["https://app.example.com"]))
///     .start()
///     .await?;
/// let app: axum::Router = axum::Router::new()
///     .nest_service("/mcp", server.http_service())
///     .layer(middleware::from_fn(authenticate))
///     // The last layer is the first to get a request.
///     .layer(server.http_cors());
/// # Ok(app)
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct HttpCorsLayer(Arc<Access>);

impl HttpCorsLayer {
    pub(crate) fn new(access: Arc<Access>) -> Self {
        Self(access)
    }
}

impl<S> Layer<S> for HttpCorsLayer {
    type Service = HttpCors<S>;

    fn layer(&self, inner: S) -> HttpCors<S> {
        HttpCors {
            access: Arc::clone(&self.0),
            inner,
        }
    }
}

/// The service of [`HttpCorsLayer`].
#[derive(Debug, Clone)]
pub struct HttpCors<S> {
    access: Arc<Access>,
    inner: S,
}

impl<S, B> Service<Request<B>> for HttpCors<S>
where
    S: Service<Request<B>, Response = Response<Body>>,
    S::Future: Send + 'static,
{
    type Response = Response<Body>;
    type Error = S::Error;
    type Future = BoxFuture<'static, Result<Response<Body>, S::Error>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let origin = self.access.allowed_origin(request.headers());
        if is_preflight(&request) {
            let response = preflight(&self.access, request);
            return Box::pin(async move { Ok(allow(response, origin)) });
        }
        let response = self.inner.call(request);
        Box::pin(async move { Ok(allow(response.await?, origin)) })
    }
}

/// Returns whether a browser asks before it sends a request.
pub(crate) fn is_preflight<B>(request: &Request<B>) -> bool {
    let headers = request.headers();
    request.method() == Method::OPTIONS
        && headers.contains_key(ORIGIN)
        && headers.contains_key(ACCESS_CONTROL_REQUEST_METHOD)
}

/// Returns the response to a preflight request, without the header for the origin.
pub(crate) fn preflight<B>(access: &Access, request: Request<B>) -> Response<Body> {
    let (request, _) = request.into_parts();
    if let Err((status, text)) = access.check(&request) {
        return refusal(status, text);
    }
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::NO_CONTENT;
    let headers = response.headers_mut();
    let methods = HeaderValue::from_static(METHODS);
    headers.insert(ACCESS_CONTROL_ALLOW_METHODS, methods);
    let mut allowed = HEADERS.to_owned();
    // There is no pattern for `Mcp-Param-*`, so the names have to be repeated.
    let requested = request.headers.get_all(ACCESS_CONTROL_REQUEST_HEADERS);
    let requested = requested.iter().filter_map(|value| value.to_str().ok());
    for name in requested.flat_map(|value| value.split(',')) {
        let name = HeaderName::try_from(name.trim());
        if let Ok(name) = name
            && name.as_str().starts_with("mcp-")
            && !HEADERS.split(", ").any(|other| other == name)
        {
            allowed.push_str(", ");
            allowed.push_str(name.as_str());
        }
    }
    if let Ok(allowed) = HeaderValue::try_from(allowed) {
        headers.insert(ACCESS_CONTROL_ALLOW_HEADERS, allowed);
    }
    let max_age = HeaderValue::from_static(MAX_AGE);
    headers.insert(ACCESS_CONTROL_MAX_AGE, max_age);
    // A page on the internet that uses a server on this computer (Private Network Access).
    if request.headers.contains_key(REQUEST_PRIVATE_NETWORK) {
        headers.insert(ALLOW_PRIVATE_NETWORK, HeaderValue::from_static("true"));
    }
    response
}

/// Lets a web page of `origin` read the response.
pub(crate) fn allow(mut response: Response<Body>, origin: Option<HeaderValue>) -> Response<Body> {
    let headers = response.headers_mut();
    // A cache must not give the response for one origin to another.
    let is_varied = headers.get_all(VARY).iter().any(|it| it == "origin");
    if !is_varied {
        headers.append(VARY, HeaderValue::from_static("origin"));
    }
    if let Some(origin) = origin {
        headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin);
        let exposed = HeaderValue::from_static(EXPOSED);
        headers.insert(ACCESS_CONTROL_EXPOSE_HEADERS, exposed);
    }
    response
}
