//! [`HttpService`]: a server as a tower service, for a router of your own.

use std::convert::Infallible;
use std::fmt;
use std::sync::Arc;
use std::task::{Context, Poll};

use axum::body::{Body, HttpBody};
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
        Box::pin(async move { Ok(endpoint.respond(request).await) })
    }
}

impl fmt::Debug for HttpService {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpService")
            .field("options", self.0.options())
            .field("sessions", &self.sessions())
            .finish_non_exhaustive()
    }
}
