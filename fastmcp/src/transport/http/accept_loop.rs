//! Accepts connections, up to a limit.

use std::convert::Infallible;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::transport::http::connection;
use crate::transport::http::endpoint::Endpoint;
use crate::transport::http::rare_warning::RareWarning;

/// The time until the next try after accepting has failed.
const RETRY: Duration = Duration::from_millis(200);

/// Accepts connections and serves them in tasks of `connections`.
pub(crate) async fn accept(
    endpoint: &Arc<Endpoint>,
    listener: &TcpListener,
    stopping: &CancellationToken,
    connections: &TaskTracker,
) -> Infallible {
    let max = endpoint.options().max_connections;
    let permits = Arc::new(Semaphore::new(max.min(Semaphore::MAX_PERMITS)));
    // Notified when another connection cannot be accepted, so that idle connections close.
    let needed = Arc::new(Notify::new());
    let (mut full, mut failed) = (RareWarning::default(), RareWarning::default());
    loop {
        // Clients beyond the limit wait in the queue of the operating system.
        let permit = match Arc::clone(&permits).try_acquire_owned() {
            Ok(permit) => permit,
            Err(_) => {
                full.log(|| {
                    format!(
                        "all {max} connections of `HttpOptions::max_connections` are in use; new \
                         clients wait"
                    )
                });
                wait_for_permit(&permits, &needed).await
            }
        };
        let (stream, peer) = match listener.accept().await {
            Ok(accepted) => accepted,
            Err(error) => {
                // The client has closed the connection before it was accepted.
                if !is_of_one_client(&error) {
                    failed.log(|| {
                        format!(
                            "cannot accept a connection: {error}; new clients wait. If too many \
                             files are open, raise the limit of the process (`ulimit -n`) or lower \
                             `HttpOptions::max_connections`"
                        )
                    });
                    needed.notify_waiters();
                    tokio::time::sleep(RETRY).await;
                }
                continue;
            }
        };
        // Responses are small and written in several parts. Nagle's algorithm would delay each part
        // until the client acknowledges the one before, up to 40 ms.
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(%error, "cannot set TCP_NODELAY");
        }
        let served = connection::serve(
            stream,
            peer,
            Arc::clone(endpoint),
            stopping.clone(),
            Arc::clone(&needed),
        );
        connections.spawn(async move {
            served.await;
            drop(permit);
        });
    }
}

/// Closes idle connections until one of them has released its permit.
async fn wait_for_permit(permits: &Arc<Semaphore>, needed: &Notify) -> OwnedSemaphorePermit {
    loop {
        needed.notify_waiters();
        let permit = Arc::clone(permits).acquire_owned();
        // The semaphore is never closed.
        if let Ok(Ok(permit)) = tokio::time::timeout(RETRY, permit).await {
            return permit;
        }
    }
}

fn is_of_one_client(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::ConnectionRefused
            | io::ErrorKind::ConnectionAborted
            | io::ErrorKind::ConnectionReset
    )
}
