//! Serves clients of a running server over its transports.

use std::sync::Arc;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use tokio::io::{AsyncRead, AsyncWrite, DuplexStream};

use crate::server::error::ServeError;
use crate::server::running::Server;
#[cfg(feature = "http")]
use crate::server::signals::stop_of_http_requested;
#[cfg(feature = "stdio")]
use crate::server::signals::stop_requested;
use crate::transport::byte_stream::{self, Reader, Writer};
use crate::transport::in_memory;
#[cfg(feature = "stdio")]
use crate::transport::stdio;
#[cfg(feature = "stdio")]
use crate::transport::stdio::takeover::Takeover;

/// Takes standard input and output over from the rest of the process, until the value is dropped.
#[cfg(feature = "stdio")]
pub(crate) fn take_over() -> Result<Takeover, ServeError> {
    Takeover::new().map_err(|error| {
        ServeError::Transport(format!(
            "cannot take over standard input and output: {error}"
        ))
    })
}

impl Server {
    /// Opens a connection to this server within the process. The server serves it until the returned
    /// stream is dropped or the server stops.
    ///
    /// The stream carries newline-delimited JSON-RPC, like standard input and output.
    pub fn connect(&self) -> DuplexStream {
        in_memory::connect(Arc::clone(&self.protocol), self.stop(), &self.connections)
    }

    /// Serves one client over a pair of byte streams, until the client closes its stream or the
    /// server stops.
    ///
    /// # Errors
    ///
    /// [`ServeError::Transport`] if the connection fails.
    pub fn serve(
        &self,
        read: impl AsyncRead + Send + Unpin + 'static,
        write: impl AsyncWrite + Send + Unpin + 'static,
    ) -> BoxFuture<'_, Result<(), ServeError>> {
        self.serve_boxed(Box::new(read), Box::new(write))
    }

    fn serve_boxed(&self, read: Reader, write: Writer) -> BoxFuture<'_, Result<(), ServeError>> {
        async move {
            let _open = self.connections.token();
            Ok(byte_stream::serve(Arc::clone(&self.protocol), read, write, self.stop()).await?)
        }
        .boxed()
    }

    /// Serves one client over standard input and output, until it closes them, or until `SIGINT`,
    /// `SIGTERM` or `SIGHUP`. Then it finishes the calls in flight, within the
    /// [grace](crate::FastMcp::grace) period. A second signal ends the process at once.
    ///
    /// On Unix, what other code of the process prints meanwhile goes to standard error, and what it
    /// reads from standard input is empty. Afterwards, both are restored.
    ///
    /// # Errors
    ///
    /// [`ServeError::Transport`] if the connection fails.
    #[cfg(feature = "stdio")]
    pub fn serve_stdio(&self) -> BoxFuture<'_, Result<(), ServeError>> {
        async move { self.serve_streams(&take_over()?).await }.boxed()
    }

    /// Serves one client over standard input and output that have been taken over.
    #[cfg(feature = "stdio")]
    pub(crate) fn serve_streams<'a>(
        &'a self,
        streams: &'a Takeover,
    ) -> BoxFuture<'a, Result<(), ServeError>> {
        async move {
            let _open = self.connections.token();
            let stop = self.stop();
            let drain = stop.drain.clone();
            let served = stdio::serve(Arc::clone(&self.protocol), streams, stop);
            tokio::pin!(served);
            tokio::select! {
                // The handlers of signals are installed by the first poll, which must come before the
                // first request: a signal without a handler ends the process at once.
                biased;
                () = stop_requested() => {
                    drain.cancel();
                    Ok(served.await?)
                }
                served = &mut served => Ok(served?),
            }
        }
        .boxed()
    }

    /// Serves streamable HTTP on `listener`, by default at the [path](crate::HttpOptions::path)
    /// `/mcp`, until `SIGINT`, `SIGTERM` or `SIGHUP`, or until the server stops. Then it finishes the
    /// calls in flight, within the [grace](crate::HttpOptions::grace) period. A second signal ends the
    /// process at once.
    ///
    /// By default, requests must be addressed to the loopback address of this machine, and must not
    /// come from web pages of other hosts; see [`HttpOptions`](crate::HttpOptions).
    ///
    /// # Errors
    ///
    /// [`ServeError::Transport`] if the listener fails.
    #[cfg(feature = "http")]
    pub fn serve_http(
        &self,
        listener: tokio::net::TcpListener,
    ) -> BoxFuture<'_, Result<(), ServeError>> {
        async move {
            let stop = async {
                tokio::select! {
                    () = stop_of_http_requested() => {}
                    () = self.stopping.cancelled() => {}
                }
            };
            Ok(crate::transport::http::serve(&self.http, listener, stop).await?)
        }
        .boxed()
    }

    /// Waits until this server, in a router of your own, has been asked to stop and has finished its HTTP
    /// calls: on `SIGINT`, `SIGTERM` or `SIGHUP`, or when the server stops. From then on, it rejects new
    /// requests with status 503, and the calls in flight have the
    /// [grace](crate::HttpOptions::grace) period. Then it closes its event streams, which would keep
    /// connections open, and the future is ready. A second signal ends the process at once.
    ///
    /// Call [`shutdown`](Self::shutdown) afterwards. The future does nothing until it is awaited.
    ///
    /// ```no_run
    /// # async fn serve(server: fastmcp::Server) -> fastmcp::Result<()> {
    /// let app = axum::Router::new().nest_service("/mcp", server.http_service());
    /// let listener = tokio::net::TcpListener::bind("127.0.0.1:8000").await?;
    /// axum::serve(listener, app).with_graceful_shutdown(server.stopped()).await?;
    /// server.shutdown().await?;
    /// # Ok(())
    /// # }
    /// ```
    #[cfg(feature = "http")]
    pub fn stopped(&self) -> impl Future<Output = ()> + Send + 'static + use<> {
        let http = Arc::clone(&self.http);
        let stopping = self.stopping.clone();
        async move {
            tokio::select! {
                () = stop_of_http_requested() => {}
                () = stopping.cancelled() => {}
            }
            http.drain().await;
        }
    }

    /// Returns this server as a service for a router of your own, for example behind your own
    /// authentication, next to your own pages, or over TLS. The guide has a
    /// [complete program](crate::guide::serving_http#your-own-router).
    ///
    /// Handlers take the values that your layers insert into a request's extensions as
    /// [`Extension<T>`](crate::dependencies::Extension), and a [`Principal`](crate::Principal) as
    /// itself.
    ///
    /// ```no_run
    /// # async fn serve(server: fastmcp::Server) -> fastmcp::Result<()> {
    /// let app = axum::Router::new()
    ///     .nest_service("/mcp", server.http_service())
    ///     .route("/health", axum::routing::get(async || "ok"));
    /// let listener = tokio::net::TcpListener::bind("127.0.0.1:8000").await?;
    /// axum::serve(listener, app).with_graceful_shutdown(server.stopped()).await?;
    /// server.shutdown().await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// The service answers preflight requests of web pages; behind authentication, add
    /// [`http_cors`](Self::http_cors) as well. Nested in a router, it serves only the path itself, not
    /// the paths below.
    ///
    /// Your own server has to limit its connections; see the
    /// [limits](crate::guide::serving_http#limits). Set `TCP_NODELAY` on the connections that you accept;
    /// in axum, with `listener.tap_io(…)`.
    #[cfg(feature = "http")]
    pub fn http_service(&self) -> crate::transport::http::service::HttpService {
        crate::transport::http::service::HttpService::new(Arc::clone(&self.http))
    }

    /// Returns a router with this server at the [path](crate::HttpOptions::path) of its options, with the metadata
    /// document of its [authorization](crate::FastMcp::auth), its [probes](crate::HttpOptions::health_path), and the
    /// dashboard of `FastMcp::dashboard`. Merge it with your own routes.
    ///
    /// ```no_run
    /// # async fn serve(server: fastmcp::Server) -> fastmcp::Result<()> {
    /// let app = server.http_router().route("/", axum::routing::get(async || "the page"));
    /// let listener = tokio::net::TcpListener::bind("127.0.0.1:8000").await?;
    /// axum::serve(listener, app).with_graceful_shutdown(server.stopped()).await?;
    /// server.shutdown().await?;
    /// # Ok(())
    /// # }
    /// ```
    #[cfg(feature = "http")]
    pub fn http_router(&self) -> axum::Router {
        let router = axum::Router::new();
        let router = router.route_service(&self.http.options().path, self.http_service());
        let probes = self
            .http
            .health
            .as_ref()
            .map(crate::transport::http::health::Health::paths);
        let router = probes.into_iter().flatten().fold(router, |router, path| {
            router.route_service(path, self.http_service())
        });
        #[cfg(feature = "dashboard")]
        let router = match self.http.page.get() {
            Some(page) => page.paths().into_iter().fold(router, |router, path| {
                router.route_service(&path, self.http_service())
            }),
            None => router,
        };
        #[cfg(feature = "auth")]
        let router = self
            .http
            .metadata_paths()
            .into_iter()
            .fold(router, |router, path| {
                router.route_service(&path, self.http_service())
            });
        router
    }

    /// Returns the layer that lets web pages of the
    /// [allowed origins](crate::HttpOptions::allowed_origins) use the server behind your
    /// authentication; the [layer](crate::HttpCorsLayer) has an example.
    #[cfg(feature = "http")]
    pub fn http_cors(&self) -> crate::transport::http::cors::HttpCorsLayer {
        crate::transport::http::cors::HttpCorsLayer::new(Arc::clone(self.http.access()))
    }
}
