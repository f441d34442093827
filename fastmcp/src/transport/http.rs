//! Serves streamable HTTP on a listener.

pub(crate) mod accept;
pub(crate) mod accept_loop;
pub(crate) mod access;
#[cfg(feature = "auth")]
pub(crate) mod authorization;
pub(crate) mod body_memory;
pub(crate) mod connection;
pub(crate) mod connection_state;
pub(crate) mod cors;
pub(crate) mod endpoint;
pub(crate) mod event_stream;
pub(crate) mod fast_calls;
pub(crate) mod find_session;
pub(crate) mod health;
pub(crate) mod inbox;
pub(crate) mod keep_alive;
pub(crate) mod lock;
pub(crate) mod open_sessions;
pub(crate) mod options;
pub(crate) mod origin;
pub(crate) mod outstanding;
#[cfg(feature = "dashboard")]
pub(crate) mod page;
pub(crate) mod rare_warning;
pub(crate) mod replay;
pub(crate) mod replica_ids;
pub(crate) mod request_body;
pub(crate) mod request_head;
pub(crate) mod response;
pub(crate) mod service;
pub(crate) mod session;
pub(crate) mod session_calls;
pub(crate) mod session_manager;
pub(crate) mod session_record;
pub(crate) mod session_replicas;
pub(crate) mod session_requests;
pub(crate) mod session_service;
pub(crate) mod session_streams;
pub(crate) mod session_table;
pub(crate) mod session_transport;
pub(crate) mod sessions;
pub(crate) mod sessions_error;
pub(crate) mod shared_sessions;
pub(crate) mod stream_limits;
pub(crate) mod timed_io;
pub(crate) mod tracked_body;
pub(crate) mod validation;

use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::transport::error::TransportError;
use crate::transport::http::accept_loop::accept;
use crate::transport::http::endpoint::Endpoint;

/// The time in which connections have to close after all requests on them have ended.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(2);

/// Binds `address`.
pub(crate) async fn listen(address: &str) -> Result<TcpListener, TransportError> {
    TcpListener::bind(address)
        .await
        .map_err(|source| TransportError::Listen {
            address: address.to_owned(),
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
    if let Ok(address) = listener.local_addr() {
        tracing::info!("serving http://{address}{}", options.path);
        if !address.ip().is_loopback() && options.is_local() {
            tracing::warn!(
                "listening on {address}, but accepting only requests to localhost; set the server's \
                 host names with `HttpOptions::allowed_hosts`"
            );
        }
    }
    let stopping = CancellationToken::new();
    // Connections also end if this future is dropped.
    let _stop_on_drop = stopping.clone().drop_guard();
    let connections = TaskTracker::new();
    tokio::select! {
        never = accept(endpoint, &listener, &stopping, &connections) => match never {},
        () = stop => {}
    }
    // First stop accepting connections and requests, then wait for the requests in flight. In the
    // other order, new requests could extend the wait.
    drop(listener);
    stopping.cancel();
    connections.close();
    let closed = async {
        endpoint.drain().await;
        tokio::time::sleep(CLOSE_TIMEOUT).await;
    };
    tokio::select! {
        () = connections.wait() => {}
        // A client that has sent half a request keeps its connection open. Do not wait for it.
        () = closed => {}
    }
    Ok(())
}
