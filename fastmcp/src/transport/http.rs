//! Serving streamable HTTP.

pub(crate) mod options;
pub(crate) mod replay;
pub(crate) mod service;
pub(crate) mod sessions;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::serve::ListenerExt;
use tokio::net::{TcpListener, ToSocketAddrs};

use crate::server::error::ServeError;
use crate::server::running::Server;

pub use crate::transport::http::service::HttpService;

/// How long connections have to close, once everything on them is answered or cut.
const CLOSING: Duration = Duration::from_secs(2);

/// Listens on `address`.
pub(crate) async fn listen(
    address: impl ToSocketAddrs + fmt::Display,
) -> Result<TcpListener, ServeError> {
    let address_text = address.to_string();
    TcpListener::bind(address)
        .await
        .map_err(|source| ServeError::Listen {
            address: address_text,
            source,
        })
}

impl Server {
    /// Serves streamable HTTP on `listener`, at the [path](HttpOptions::path) `/mcp` unless said
    /// otherwise, until `SIGINT` or `SIGTERM`, or until the server stops. Then the calls in flight
    /// are finished, within the [grace](HttpOptions::grace).
    ///
    /// Requests whose `Host` is not this machine's loopback are refused, and so are those of web
    /// pages from elsewhere; see [`HttpOptions`].
    ///
    /// # Errors
    ///
    /// [`ServeError::Transport`] if the listener fails.
    pub async fn serve_http(&self, listener: TcpListener) -> Result<(), ServeError> {
        let options = self.http.options();
        let service = self.http_service();
        let router = match &*options.path {
            "/" => Router::new().fallback_service(service),
            path => Router::new().nest_service(path, service),
        };
        if let Ok(address) = listener.local_addr() {
            tracing::info!("serving http://{address}{}", options.path);
            if !address.ip().is_loopback() && options.is_local() {
                tracing::warn!(
                    "only requests to localhost are answered on {address}: name the server's hosts \
                     with `HttpOptions::allowed_hosts`"
                );
            }
        }
        // Answers are small and written in pieces: Nagle's algorithm would hold each back for as
        // long as the client delays its acknowledgement, 40 ms.
        let listener = listener.tap_io(|connection| {
            if let Err(error) = connection.set_nodelay(true) {
                tracing::debug!(%error, "TCP_NODELAY was not set");
            }
        });

        let stopping = self.stopping.child_token();
        let stop = stopping.clone();
        let served = axum::serve(listener, router)
            .with_graceful_shutdown(async move { stop.cancelled().await });
        let served = async { served.await };
        tokio::pin!(served);
        tokio::select! {
            served = &mut served => {
                return served.map_err(|error| ServeError::Transport(error.to_string()));
            }
            () = crate::server::signals::stop_requested() => {}
            () = stopping.cancelled() => {}
        }
        // From now on nothing new is taken in: neither a connection, nor a request on an old one.
        stopping.cancel();
        let drained = self.http.drain();
        let closed = async {
            drained.await;
            tokio::time::sleep(CLOSING).await;
        };
        tokio::select! {
            served = served => served.map_err(|error| ServeError::Transport(error.to_string())),
            // Connections on which a client sends half a request do not hold the server up.
            () = closed => Ok(()),
        }
    }

    /// This server as a service, for a router of your own: behind your own authentication, beside
    /// your own pages, over TLS.
    ///
    /// What your layers put into a request's extensions, handlers take as
    /// [`Extension<T>`](crate::dependencies::Extension), and a
    /// [`Principal`](crate::Principal) as itself.
    ///
    /// ```no_run
    /// use axum::extract::Request;
    /// use axum::http::{StatusCode, header::AUTHORIZATION};
    /// use axum::middleware::{self, Next};
    /// use axum::response::Response;
    /// use fastmcp::prelude::*;
    /// use fastmcp::{HttpOptions, Principal};
    ///
    /// /// Who is calling.
    /// #[tool]
    /// fn whoami(principal: Principal) -> String {
    ///     principal.subject().to_owned()
    /// }
    ///
    /// async fn authenticate(mut request: Request, next: Next) -> Result<Response, StatusCode> {
    ///     let token = request.headers().get(AUTHORIZATION);
    ///     let subject = token.and_then(subject_of).ok_or(StatusCode::UNAUTHORIZED)?;
    ///     request.extensions_mut().insert(Principal::new(subject));
    ///     Ok(next.run(request).await)
    /// }
    /// # fn subject_of(_: &axum::http::HeaderValue) -> Option<String> { None }
    ///
    /// #[tokio::main]
    /// async fn main() -> Result<()> {
    ///     let server = FastMcp::new("reports")
    ///         .http(HttpOptions::new().allowed_hosts(["reports.example.com"]))
    ///         .start()
    ///         .await?;
    ///     let app = axum::Router::new()
    ///         .nest_service("/mcp", server.http_service())
    ///         .layer(middleware::from_fn(authenticate));
    ///     let listener = tokio::net::TcpListener::bind("0.0.0.0:8000").await?;
    ///     tokio::select! {
    ///         served = axum::serve(listener, app).into_future() => served?,
    ///         stopped = tokio::signal::ctrl_c() => stopped?,
    ///     }
    ///     // New requests get status 503; the calls in flight are finished.
    ///     server.shutdown().await?;
    ///     Ok(())
    /// }
    /// ```
    ///
    /// Set `TCP_NODELAY` on the connections that you accept: with axum, `listener.tap_io(…)`.
    pub fn http_service(&self) -> HttpService {
        HttpService::new(Arc::clone(&self.http))
    }
}
