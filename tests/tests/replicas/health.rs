//! Each check of the probes fails for its reason, and only then.

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode};
use fastmcp::docket::{Docket, Submission};
use fastmcp::{FastMcp, HttpOptions};
use serde_json::{Value, json};
use std::time::Duration;
use tower_service::Service;

use crate::server::RedisServer;
use crate::until;

/// Sends a probe as an orchestrator does: with the address of the machine, and without a token.
async fn probe(router: &Router, path: &str) -> (StatusCode, Value) {
    let request = Request::get(path).header("host", "10.0.0.7:8000");
    let request = request.body(Body::empty()).unwrap();
    let response = router.clone().call(request).await.unwrap();
    let status = response.status();
    let body = to_bytes(response.into_body(), 10_000).await.unwrap();
    (status, serde_json::from_slice(&body).unwrap_or_default())
}

/// Returns the failing checks with their problems, and asserts that the status agrees.
async fn failing(router: &Router, path: &str) -> Vec<(String, String)> {
    let (status, report) = probe(router, path).await;
    let checks = report["checks"].as_array().cloned().unwrap_or_default();
    let failed = checks.iter().filter(|check| check["ok"] == json!(false));
    let text = |value: &Value| value.as_str().expect("a text").to_owned();
    let failed: Vec<_> = failed
        .map(|check| (text(&check["name"]), text(&check["problem"])))
        .collect();
    let is_ok = failed.is_empty();
    assert_eq!(report["status"], if is_ok { "ok" } else { "failed" });
    assert_eq!(status.as_u16(), if is_ok { 200 } else { 503 }, "{report}");
    failed
}

fn pair(name: &str, problem: &str) -> Vec<(String, String)> {
    vec![(name.to_owned(), problem.to_owned())]
}

#[tokio::test]
async fn a_server_is_ready_until_it_drains() {
    let server = FastMcp::new("probed").docket(None).start().await.unwrap();
    let router = server.http_router();
    assert_eq!(failing(&router, "/health/live").await, []);
    let (status, report) = probe(&router, "/health/ready").await;
    let checks = json!([{ "name": "accepting", "ok": true }]);
    assert_eq!(status, StatusCode::OK);
    assert_eq!(report, json!({ "status": "ok", "checks": checks }));
    // Everything else still checks the host.
    assert_eq!(probe(&router, "/mcp").await.0, StatusCode::FORBIDDEN);
    let post = Request::post("/health/ready").body(Body::empty()).unwrap();
    let refused = router.clone().call(post).await.unwrap();
    assert_eq!(refused.status(), StatusCode::METHOD_NOT_ALLOWED);

    server.shutdown().await.unwrap();
    let expected = pair("accepting", "the server is shutting down");
    assert_eq!(failing(&router, "/health/ready").await, expected);
    assert_eq!(failing(&router, "/health/live").await, []);
}

#[tokio::test]
async fn probes_move_with_their_path_and_can_be_disabled() {
    for (path, served, missing) in [
        (Some("/up/".to_owned()), Some("/up/live"), "/health/live"),
        (None, None, "/health/live"),
    ] {
        let options = HttpOptions::new().health_path(path);
        let server = FastMcp::new("moved").docket(None).http(options);
        let server = server.start().await.unwrap();
        let router = server.http_router();
        if let Some(served) = served {
            assert_eq!(failing(&router, served).await, []);
        }
        assert_eq!(probe(&router, missing).await.0, StatusCode::NOT_FOUND);
        server.shutdown().await.unwrap();
    }
}

#[tokio::test]
async fn a_server_with_late_tasks_is_not_ready() {
    let docket = Docket::memory("late");
    let server = FastMcp::new("late")
        .docket(docket.clone())
        .without_worker()
        .http(HttpOptions::new().max_lag(Duration::from_millis(1)));
    let server = server.start().await.unwrap();
    let router = server.http_router();
    assert_eq!(failing(&router, "/health/ready").await, []);
    docket
        .submit(Submission::new("forgotten", "1"))
        .await
        .unwrap();
    let is_late = async || !failing(&router, "/health/ready").await.is_empty();
    until("the tasks are late", is_late).await;
    let [(name, problem)] = &*failing(&router, "/health/ready").await else {
        panic!("one check fails");
    };
    assert_eq!(name, "lag");
    assert!(
        problem.ends_with("the limit of `max_lag` is 1ms"),
        "{problem}"
    );
    assert_eq!(failing(&router, "/health/live").await, []);
    server.shutdown().await.unwrap();
}

#[tokio::test]
async fn a_server_whose_worker_was_stopped_is_not_ready() {
    let server = FastMcp::new("stopped").docket(Docket::memory("stopped"));
    let server = server.start().await.unwrap();
    let router = server.http_router();
    let is_ready = async || failing(&router, "/health/ready").await.is_empty();
    until("the worker runs", is_ready).await;
    server.worker().unwrap().shutdown();
    let expected = pair("worker", "the worker was stopped");
    assert_eq!(failing(&router, "/health/ready").await, expected);
    // The program has stopped it, so a restart is not needed.
    assert_eq!(failing(&router, "/health/live").await, []);
    server.shutdown().await.unwrap();
}

#[test]
fn a_server_whose_worker_has_died_is_neither_live_nor_ready() {
    let runtime = || tokio::runtime::Runtime::new().unwrap();
    let of_worker = runtime();
    let server = FastMcp::new("dead").docket(Docket::memory("dead"));
    let server = of_worker.block_on(server.start()).unwrap();
    let router = server.http_router();
    of_worker.block_on(async {
        let is_live = async || failing(&router, "/health/live").await.is_empty();
        until("the worker runs", is_live).await;
    });
    of_worker.shutdown_timeout(Duration::from_secs(10));
    runtime().block_on(async {
        let expected = pair("worker", "the worker does not run");
        assert_eq!(failing(&router, "/health/live").await, expected);
        assert_eq!(failing(&router, "/health/ready").await, expected);
    });
}

#[tokio::test]
async fn a_server_without_its_redis_is_live_and_not_ready() {
    let Some(mut redis) = RedisServer::start() else {
        return;
    };
    let docket = Docket::redis("probed", &redis.url()).unwrap();
    let options = HttpOptions::new().health_timeout(Duration::from_millis(200));
    let server = FastMcp::new("probed").docket(docket).http(options);
    let server = server.start().await.unwrap();
    let router = server.http_router();
    let is_ready = async || failing(&router, "/health/ready").await.is_empty();
    until("Redis responds", is_ready).await;
    redis.kill();
    let is_failing = async || !failing(&router, "/health/ready").await.is_empty();
    until("Redis is missed", is_failing).await;
    let problem = "the docket's store did not respond within 200ms";
    assert_eq!(
        failing(&router, "/health/ready").await,
        pair("docket", problem)
    );
    assert_eq!(failing(&router, "/health/live").await, []);
    redis.restart();
    let is_ready = async || failing(&router, "/health/ready").await.is_empty();
    until("Redis responds again", is_ready).await;
    server.shutdown().await.unwrap();
}
