//! The memory of idle sessions. In a binary of its own, because it counts all allocations of the process.

use std::alloc::System;
use std::time::Duration;

use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode};
use fastmcp::prelude::*;
use fastmcp::{HttpOptions, HttpService};
use fastmcp_tests::http::message;
use serde_json::json;
use stats_alloc::{INSTRUMENTED_SYSTEM, StatsAlloc};
use tower_service::Service;

#[global_allocator]
static MEMORY: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

/// Starts a session without a socket.
async fn open(service: &mut HttpService) {
    let params = json!({
        "protocolVersion": "2025-11-25",
        "capabilities": { "elicitation": {}, "sampling": {} },
        "clientInfo": { "name": "test", "version": "1" },
    });
    let request = |body: String| {
        Request::post("/")
            .header("host", "localhost")
            .header("content-type", "application/json")
            .header("accept", "application/json, text/event-stream")
            .body(Body::from(body))
            .unwrap()
    };
    let initialize = request(message(0, "initialize", params));
    let Ok(response) = service.call(initialize).await;
    let id = response.headers()["mcp-session-id"].clone();
    to_bytes(response.into_body(), usize::MAX).await.unwrap();
    let initialized = json!({ "jsonrpc": "2.0", "method": "notifications/initialized" });
    let mut initialized = request(initialized.to_string());
    initialized.headers_mut().insert("mcp-session-id", id);
    let Ok(response) = service.call(initialized).await;
    assert_eq!(response.status(), StatusCode::ACCEPTED);
}

#[tokio::test]
async fn an_idle_session_takes_less_than_ten_kilobytes() {
    const SESSIONS: usize = 2000;
    let server = FastMcp::new("memory").http(HttpOptions::new());
    let server = server.start().await.unwrap();
    let mut service = server.http_service();
    let live = || {
        let stats = MEMORY.stats();
        stats.bytes_allocated - stats.bytes_deallocated
    };
    for _ in 0..200 {
        open(&mut service).await;
    }
    let before = live();
    for _ in 0..SESSIONS {
        open(&mut service).await;
    }
    // The tasks of services that sleep end soon.
    let mut each = usize::MAX;
    for _ in 0..200 {
        each = each.min(live().saturating_sub(before) / SESSIONS);
        if each < 10_000 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    println!("{each} bytes for each idle session");
    assert!(each < 10_000, "{each} bytes for each idle session");
}
