//! [`HttpService`]: a server as a tower service, for a router of your own.

use std::convert::Infallible;
use std::fmt;
use std::sync::Arc;
use std::task::{Context, Poll};

use axum::body::{Body, HttpBody};
use axum::extract::{NestedPath, OriginalUri};
use axum::http::{Request, Response};
use bytes::Bytes;
use futures_util::future::BoxFuture;
use tower_service::Service;

use crate::transport::http::endpoint::Endpoint;

/// A [`Server`](crate::Server) as a [tower](https://docs.rs/tower-service) service, for a router of
/// your own. [`Server::http_service`](crate::Server::http_service) has an example.
///
/// The service responds with status 503 after the server has stopped. Clones share the same
/// sessions.
#[derive(Clone)]
pub struct HttpService(Arc<Endpoint>);

impl HttpService {
    pub(crate) fn new(endpoint: Arc<Endpoint>) -> Self {
        Self(endpoint)
    }

    /// Returns the number of sessions, which only clients of revisions before 2026-07-28 have.
    pub fn sessions(&self) -> usize {
        self.0.session_count()
    }
}

impl<B> Service<Request<B>> for HttpService
where
    B: HttpBody<Data = Bytes> + Send + 'static,
    B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = BoxFuture<'static, Result<Response<Body>, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let endpoint = Arc::clone(&self.0);
        let request = request.map(Body::new);
        Box::pin(async move {
            // Behind `nest_service`, the path is relative.
            if request.extensions().get::<NestedPath>().is_none()
                && let Some(health) = &endpoint.health
                && let Some(response) = health.answer(request.method(), request.uri().path()).await
            {
                return Ok(response);
            }
            #[cfg(feature = "auth")]
            if let Some(response) = endpoint.metadata(&request) {
                return Ok(response);
            }
            #[cfg(feature = "dashboard")]
            if request.extensions().get::<NestedPath>().is_none()
                && let Some(page) = endpoint.page.get()
                && page.has(request.uri().path())
            {
                return Ok(page.answer(request).await);
            }
            if is_below(&request) {
                return Ok(endpoint.not_found(request));
            }
            Ok(endpoint.respond(request).await)
        })
    }
}

/// Returns whether a router with [`Router::nest_service`](axum::Router::nest_service) has matched more
/// than its path. It also matches `/mcp/` and all paths below.
fn is_below(request: &Request<Body>) -> bool {
    let extensions = request.extensions();
    if extensions.get::<NestedPath>().is_none() {
        return false;
    }
    let original = extensions.get::<OriginalUri>();
    let ends_with_slash = original.is_some_and(|uri| uri.path().ends_with('/'));
    ends_with_slash || request.uri().path() != "/"
}

impl fmt::Debug for HttpService {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpService")
            .field("options", self.0.options())
            .field("sessions", &self.sessions())
            .finish_non_exhaustive()
    }
}
