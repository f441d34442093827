//! Serves a router of axum.

use axum::serve::ListenerExt;
use tokio::net::TcpListener;

/// Serves until the process is killed.
pub(crate) async fn serve(
    app: axum::Router,
    address: &str,
) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    let listener = TcpListener::bind(address).await?.tap_io(|stream| {
        let _ = stream.set_nodelay(true);
    });
    axum::serve(listener, app).await?;
    Ok(())
}
