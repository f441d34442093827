//! Serving streamable HTTP.

use std::fmt;
use std::sync::Arc;

use axum::Router;
use axum::serve::ListenerExt;
use rmcp::transport::streamable_http_server::session::local::LocalSessionManager;
use rmcp::transport::{StreamableHttpServerConfig, StreamableHttpService};
use tokio::net::{TcpListener, ToSocketAddrs};

use super::bridge::Bridge;
use super::{ServeError, Server, signal};

/// Where a server is mounted.
const PATH: &str = "/mcp";

/// Listens on `address`.
pub(super) async fn listen(
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
    /// Serves streamable HTTP at the path `/mcp` of `listener`, until `SIGINT` or `SIGTERM`, or
    /// until the server stops.
    ///
    /// Requests whose `Host` is not this machine's loopback are refused, so that no web page can
    /// reach a local server.
    ///
    /// # Errors
    ///
    /// [`ServeError::Transport`] if the listener fails.
    pub async fn serve_http(&self, listener: TcpListener) -> Result<(), ServeError> {
        let stopping = self.stopping.child_token();
        let core = Arc::clone(&self.core);
        let service = StreamableHttpService::new(
            move || Ok(Bridge::new(Arc::clone(&core))),
            Arc::new(LocalSessionManager::default()),
            StreamableHttpServerConfig::default().with_cancellation_token(stopping.clone()),
        );
        let router = Router::new().nest_service(PATH, service);

        if let Ok(address) = listener.local_addr() {
            tracing::info!("serving http://{address}{PATH}");
        }
        // Answers are small and written in pieces: Nagle's algorithm would hold each back for as
        // long as the client delays its acknowledgement, 40 ms.
        let listener = listener.tap_io(|connection| {
            if let Err(error) = connection.set_nodelay(true) {
                tracing::debug!(%error, "TCP_NODELAY was not set");
            }
        });
        let stop = {
            let stopping = stopping.clone();
            async move {
                tokio::select! {
                    () = signal::stop_requested() => stopping.cancel(),
                    () = stopping.cancelled() => {}
                }
            }
        };
        axum::serve(listener, router)
            .with_graceful_shutdown(stop)
            .await
            .map_err(|error| ServeError::Transport(error.to_string()))
    }
}
