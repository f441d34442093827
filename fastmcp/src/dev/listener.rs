//! [`Listener`]: the address of the front, with its MCP server for coding agents at `/dev/mcp`.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{Request, StatusCode};
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Response};
use tokio::net::TcpListener;

use crate::dev::error::DevError;
use crate::dev::http_front::HttpFront;
use crate::dev::project::Project;
use crate::dev::record::Record;
use crate::server::running::Server;

/// The address of the front. Dropping it removes the file with the address.
pub(super) struct Listener {
    listener: TcpListener,
    file: AddressFile,
}

struct AddressFile(PathBuf);

impl Drop for AddressFile {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

impl Listener {
    /// Binds the address, and writes it to a file, where a coding agent's process finds it.
    pub(super) async fn bind(
        address: &str,
        project: &Project,
        record: &Record,
    ) -> Result<Self, DevError> {
        let failed = |error: std::io::Error| DevError::Listen {
            address: address.to_owned(),
            reason: error.to_string(),
        };
        let listener = TcpListener::bind(address).await.map_err(failed)?;
        let bound = listener.local_addr().map_err(failed)?;
        // The wildcard addresses are no destinations.
        let mut reachable = bound;
        if bound.ip().is_unspecified() {
            reachable.set_ip(std::net::Ipv4Addr::LOCALHOST.into());
        }
        let file = AddressFile(project.address_file());
        if let Err(error) = std::fs::write(&file.0, format!("{reachable}\n")) {
            record.note(&format!("cannot write {}: {error}", file.0.display()));
        }
        record.note(&format!(
            "tools for coding agents are at http://{reachable}/dev/mcp"
        ));
        Ok(Self { listener, file })
    }

    /// Serves the coding agents and, if there is a front for HTTP, its clients.
    pub(super) async fn serve(
        self,
        front: Option<Arc<HttpFront>>,
        agent: &Server,
    ) -> Result<(), DevError> {
        let agent = Router::new()
            .nest_service("/dev/mcp", agent.http_service())
            .layer(from_fn(only_local));
        let router = match front {
            Some(front) => agent.fallback(move |request: Request<Body>| front.respond(request)),
            None => agent,
        };
        let _file = self.file;
        let served = axum::serve(
            self.listener,
            router.into_make_service_with_connect_info::<SocketAddr>(),
        )
        .await;
        served.map_err(DevError::Stdio)
    }
}

/// Refuses callers on other machines: the tools show logs and restart the server.
async fn only_local(
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    request: Request<Body>,
    next: Next,
) -> Response {
    if peer.ip().to_canonical().is_loopback() {
        return next.run(request).await;
    }
    (
        StatusCode::FORBIDDEN,
        "/dev/mcp is only for programs on this machine",
    )
        .into_response()
}
