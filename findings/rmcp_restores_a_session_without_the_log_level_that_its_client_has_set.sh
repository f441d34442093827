#!/usr/bin/env bash
# A session that rmcp restores from its session store has forgotten the log level that the client has set.
#
# Guess:    the store exists so that another process continues a session; it keeps what belongs to the session, and
#           `logging/setLevel` does. The restored session has the level, or the handler gets the request again.
# Seen:     the stored state has one field, the parameters of `initialize`. The second process repeats the handshake, and
#           its handler never learns the level, so it logs what the client has switched off. The same holds for
#           `resources/subscribe`.
# Versions: rmcp 3.11.0; seen on 2026-11-28.
# Matters:  a server with replicas has to keep such requests itself, and repeat them after a restore.
set -euo pipefail

directory=$(mktemp -d)
trap 'rm -rf "$directory"' EXIT
cd "$directory"
mkdir src
cat >Cargo.toml <<'TOML'
[package]
name = "finding"
version = "0.0.0"
edition = "2024"
[dependencies]
async-trait = "0.1"
bytes = "1"
http = "1"
http-body-util = "0.1"
rmcp = { version = "=3.11.0", default-features = false, features = ["server", "transport-streamable-http-server"] }
serde_json = "1"
tokio = { version = "1", features = ["macros", "rt", "time"] }
[profile.dev]
debug = false
[workspace]
TOML
cat >src/main.rs <<'RUST'
#![allow(deprecated)]

use std::collections::HashMap;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::{BodyExt, Full};
use rmcp::model::{ServerCapabilities, ServerConfig, SetLevelRequestParams};
use rmcp::service::RequestContext;
use rmcp::transport::streamable_http_server::session::local::LocalSessionManager;
use rmcp::transport::streamable_http_server::session::{SessionState, SessionStore, SessionStoreError};
use rmcp::transport::streamable_http_server::{StreamableHttpServerConfig, StreamableHttpService};
use rmcp::{ErrorData, RoleServer, ServerHandler};

#[derive(Clone, Default)]
struct Server {
    levels: Arc<AtomicU32>,
}

impl ServerHandler for Server {
    fn get_info(&self) -> ServerConfig {
        let mut config = ServerConfig::default();
        config.capabilities = ServerCapabilities::builder().enable_logging().build();
        config
    }

    async fn set_level(&self, _: SetLevelRequestParams, _: RequestContext<RoleServer>) -> Result<(), ErrorData> {
        self.levels.fetch_add(1, Ordering::SeqCst);
        Ok(())
    }
}

#[derive(Default)]
struct Store(Mutex<HashMap<String, SessionState>>);

#[async_trait::async_trait]
impl SessionStore for Store {
    async fn load(&self, id: &str) -> Result<Option<SessionState>, SessionStoreError> {
        Ok(self.0.lock().unwrap().get(id).cloned())
    }
    async fn store(&self, id: &str, state: &SessionState) -> Result<(), SessionStoreError> {
        self.0.lock().unwrap().insert(id.to_owned(), state.clone());
        Ok(())
    }
    async fn delete(&self, id: &str) -> Result<(), SessionStoreError> {
        self.0.lock().unwrap().remove(id);
        Ok(())
    }
}

type Service = StreamableHttpService<Server, LocalSessionManager>;

fn process(server: &Server, store: &Arc<Store>) -> Service {
    let mut config = StreamableHttpServerConfig::default();
    config.session_store = Some(store.clone());
    let server = server.clone();
    StreamableHttpService::new(move || Ok(server.clone()), Default::default(), config)
}

async fn post(service: &Service, session: Option<&str>, body: serde_json::Value) -> Response<String> {
    let mut request = Request::post("http://localhost/mcp")
        .header("host", "localhost")
        .header("content-type", "application/json")
        .header("accept", "application/json, text/event-stream");
    if let Some(session) = session {
        request = request.header("mcp-session-id", session).header("mcp-protocol-version", "2025-06-18");
    }
    let request = request.body(Full::new(Bytes::from(body.to_string()))).unwrap();
    let (parts, body) = service.handle(request).await.into_parts();
    let body = body.collect().await.unwrap().to_bytes();
    Response::from_parts(parts, String::from_utf8_lossy(&body).into_owned())
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let store = Arc::new(Store::default());
    let (first, second) = (Server::default(), Server::default());
    let service = process(&first, &store);
    let response = post(&service, None, serde_json::json!({
        "jsonrpc": "2.0", "id": 1, "method": "initialize",
        "params": { "protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": { "name": "c", "version": "1" } }
    })).await;
    let session = response.headers()["mcp-session-id"].to_str().unwrap().to_owned();
    let initialized = serde_json::json!({ "jsonrpc": "2.0", "method": "notifications/initialized" });
    post(&service, Some(&session), initialized).await;
    let level = serde_json::json!({ "jsonrpc": "2.0", "id": 2, "method": "logging/setLevel", "params": { "level": "error" } });
    post(&service, Some(&session), level).await;

    let ping = serde_json::json!({ "jsonrpc": "2.0", "id": 3, "method": "ping" });
    let response = post(&process(&second, &store), Some(&session), ping).await;
    let levels = [&first, &second].map(|server| server.levels.load(Ordering::SeqCst));
    println!("the ping in the restored session: {}; levels set: first {}, second {}", response.status(), levels[0], levels[1]);
    assert_eq!((response.status().as_u16(), levels), (200, [1, 0]), "the behaviour has changed");
}
RUST
CARGO_TARGET_DIR="$directory/target" cargo run --quiet
