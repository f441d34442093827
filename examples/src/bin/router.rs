//! How do I serve MCP in my own axum router, beside other routes and with my own authentication?
//!
//! ```text
//! TOKEN=secret router 127.0.0.1:8000
//! curl http://127.0.0.1:8000/version
//! ```

use axum::extract::{Request, State as Shared};
use axum::http::{StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::{Router, routing};
use fastmcp::prelude::*;

/// Returns the name of the caller.
#[tool(annotations(read_only))]
fn whoami(caller: Principal) -> String {
    caller.subject().to_owned()
}

/// Rejects requests without the token, and tells handlers who the caller is.
async fn authenticate(Shared(token): Shared<String>, mut request: Request, next: Next) -> Response {
    let header = request.headers().get(header::AUTHORIZATION);
    let sent = header.and_then(|value| value.to_str().ok()?.strip_prefix("Bearer "));
    if sent != Some(token.as_str()) {
        return (
            StatusCode::UNAUTHORIZED,
            [(header::WWW_AUTHENTICATE, "Bearer")],
        )
            .into_response();
    }
    request.extensions_mut().insert(Principal::new("ada"));
    next.run(request).await
}

#[tokio::main]
async fn main() -> Result<()> {
    let _log = fastmcp::log_to_stderr();
    let (Some(address), Ok(token)) = (std::env::args().nth(1), std::env::var("TOKEN")) else {
        eprintln!("usage: TOKEN=… router ADDRESS");
        std::process::exit(2);
    };
    let server = FastMcp::new("router").start().await?;
    let app = Router::new()
        .nest_service("/mcp", server.http_service())
        .layer(middleware::from_fn_with_state(token, authenticate))
        // Below the layer, so that it needs no token.
        .route("/version", routing::get(async || env!("CARGO_PKG_VERSION")));

    let listener = tokio::net::TcpListener::bind(&address).await?;
    eprintln!("listening on http://{}/mcp", listener.local_addr()?);
    // On SIGTERM, the calls in flight finish.
    axum::serve(listener, app)
        .with_graceful_shutdown(server.stopped())
        .await?;
    Ok(server.shutdown().await?)
}
