//! Serves one connection within its time limits.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;

use axum::body::Body;
#[cfg(feature = "dashboard")]
use axum::extract::ConnectInfo;
use axum::http::{Request, Response};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::Notify;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::transport::http::connection_state::{Busy, ConnectionState};
use crate::transport::http::endpoint::Endpoint;
use crate::transport::http::timed_io::TimedIo;
use crate::transport::http::tracked_body::TrackedBody;

/// The maximum size of the head of a request in bytes.
const MAX_HEAD_BYTES: usize = 64 * 1024;

/// Serves a connection until its client closes it, it exceeds a limit, or `stopping` is cancelled and
/// its requests have ended. While it is idle, it also closes when `needed` is notified.
///
/// `peer` is the address of the client.
pub(crate) async fn serve(
    stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
    peer: SocketAddr,
    endpoint: Arc<Endpoint>,
    stopping: CancellationToken,
    needed: Arc<Notify>,
) {
    let limits = endpoint.options().connection_limits();
    let state = Arc::new(ConnectionState::new());
    let io = TokioIo::new(TimedIo::new(stream, Arc::clone(&state)));
    let service = service_fn(|request: Request<Incoming>| {
        let busy = Busy::new(&state);
        let endpoint = Arc::clone(&endpoint);
        async move {
            let response = respond(&endpoint, peer, request.map(Body::new)).await;
            Ok::<_, Infallible>(response.map(|body| TrackedBody::new(body, busy)))
        }
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        // `state` has the limits, which are different for the head of a request and an idle time.
        .header_read_timeout(None)
        .max_buf_size(MAX_HEAD_BYTES)
        .serve_connection(io, service);
    tokio::pin!(connection);
    let mut is_stopping = false;
    loop {
        let deadline = state.deadline(limits).map(|(at, _)| at);
        // A connection without a deadline may get one at any time.
        let recheck = Instant::now() + limits.header.min(limits.idle).min(limits.write);
        let needed = needed.notified();
        tokio::select! {
            // The others only have to be polled while the connection waits.
            biased;
            served = &mut connection => {
                if let Err(error) = served {
                    tracing::debug!(%error, "a connection failed");
                }
                return;
            }
            () = stopping.cancelled(), if !is_stopping => {
                is_stopping = true;
                connection.as_mut().graceful_shutdown();
            }
            () = tokio::time::sleep_until(deadline.unwrap_or(recheck).min(recheck)) => {
                if let Some((at, reason)) = state.deadline(limits)
                    && at <= Instant::now()
                {
                    tracing::debug!(reason, "closed a connection");
                    return;
                }
            }
            () = needed => {
                if state.is_idle() {
                    tracing::debug!("closed an idle connection to accept another");
                    return;
                }
            }
        }
    }
}

/// Responds to a request to the path of the server, to a probe, or to the page next to the server.
async fn respond(
    endpoint: &Arc<Endpoint>,
    peer: SocketAddr,
    request: Request<Body>,
) -> Response<Body> {
    if let Some(health) = &endpoint.health
        && let Some(response) = health.answer(request.method(), request.uri().path()).await
    {
        return response;
    }
    if request.uri().path() == endpoint.options().path {
        return endpoint.respond(request).await;
    }
    #[cfg(feature = "dashboard")]
    if let Some(page) = endpoint.page.get()
        && page.has(request.uri().path())
    {
        let mut request = request;
        request.extensions_mut().insert(ConnectInfo(peer));
        return page.answer(request).await;
    }
    #[cfg(not(feature = "dashboard"))]
    let _ = peer;
    endpoint.not_found(request)
}
