//! Serves streamable HTTP on a listener.

pub(crate) mod endpoint;
pub(crate) mod event_stream;
pub(crate) mod options;
pub(crate) mod origin;
pub(crate) mod replay;
pub(crate) mod response;
pub(crate) mod service;
pub(crate) mod session;
pub(crate) mod sessions;
pub(crate) mod tracked_body;
pub(crate) mod validation;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::serve::ListenerExt;
use tokio::net::{TcpListener, ToSocketAddrs};
use tokio_util::sync::CancellationToken;

use crate::transport::error::TransportError;
use crate::transport::http::endpoint::Endpoint;
use crate::transport::http::service::HttpService;

/// The time in which connections have to close after all requests on them have ended.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(2);

/// Binds `address`.
pub(crate) async fn listen(
    address: impl ToSocketAddrs + fmt::Display,
) -> Result<TcpListener, TransportError> {
    let address_text = address.to_string();
    TcpListener::bind(address)
        .await
        .map_err(|source| TransportError::Listen {
            address: address_text,
            source,
        })
}

/// Serves until `stop` resolves, and then finishes the calls in flight.
pub(crate) async fn serve(
    endpoint: &Arc<Endpoint>,
    listener: TcpListener,
    stop: impl Future<Output = ()>,
) -> Result<(), TransportError> {
    let options = endpoint.options();
    let service = HttpService::new(Arc::clone(endpoint));
    let router = match &*options.path {
        // axum does not allow nesting a service at the root.
        "/" => Router::new().fallback_service(service),
        path => Router::new().nest_service(path, service),
    };
    if let Ok(address) = listener.local_addr() {
        tracing::info!("serving http://{address}{}", options.path);
        if !address.ip().is_loopback() && options.is_local() {
            tracing::warn!(
                "listening on {address}, but accepting only requests to localhost; set the server's \
                 host names with `HttpOptions::allowed_hosts`"
            );
        }
    }
    // Responses are small and written in several parts. Nagle's algorithm would delay each part until
    // the client acknowledges the one before, up to 40 ms.
    let listener = listener.tap_io(|connection| {
        if let Err(error) = connection.set_nodelay(true) {
            tracing::debug!(%error, "cannot set TCP_NODELAY");
        }
    });

    let stopping = CancellationToken::new();
    let served =
        axum::serve(listener, router).with_graceful_shutdown(stopping.clone().cancelled_owned());
    let served = async { served.await };
    tokio::pin!(served);
    tokio::select! {
        served = &mut served => return served.map_err(TransportError::connection),
        () = stop => {}
    }
    // First stop accepting connections and requests, then wait for the requests in flight. In the
    // other order, new requests could extend the wait.
    stopping.cancel();
    let closed = async {
        endpoint.drain().await;
        tokio::time::sleep(CLOSE_TIMEOUT).await;
    };
    tokio::select! {
        served = served => served.map_err(TransportError::connection),
        // A client that has sent half a request keeps its connection open, so do not wait for it
        // any longer.
        () = closed => Ok(()),
    }
}
