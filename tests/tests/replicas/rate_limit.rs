//! A rate limit that replicas share.

use std::time::Duration;

use fastmcp::client::Client;
use fastmcp::middleware::RateLimit;
use fastmcp::prelude::*;
use fastmcp::{Selection, Server, Store};
use serde_json::json;

use crate::server::RedisServer;

#[tool]
async fn limited() {}

#[tool]
async fn other() {}

/// Starts a replica, with a limit of five calls an hour.
async fn start(url: &str) -> (Server, Client) {
    let server = FastMcp::new("limited")
        .select(Selection::module("rate_limit"))
        .store(Store::redis(url).unwrap())
        .middleware(RateLimit::new(5, Duration::from_hours(1)))
        .start()
        .await
        .unwrap();
    let client = Client::connect(&server).await.unwrap();
    (server, client)
}

/// Calls a tool, and returns whether the limit allowed it.
async fn is_allowed(client: &Client, tool: &str) -> bool {
    let result = client.call_tool(tool, json!(null)).await.unwrap();
    let text = json!(result.content).to_string();
    assert!(
        !result.is_error || text.contains("allows 5 requests in 3600s"),
        "{text}"
    );
    !result.is_error
}

#[tokio::test]
async fn replicas_share_a_rate_limit() {
    let Some(mut redis) = RedisServer::start() else {
        return;
    };
    let (one, first) = start(&redis.url()).await;
    let (two, second) = start(&redis.url()).await;
    let mut allowed = Vec::new();
    for _ in 0..5 {
        allowed.push(is_allowed(&first, "limited").await);
        allowed.push(is_allowed(&second, "limited").await);
    }
    assert_eq!(allowed, [[true; 5], [false; 5]].concat());
    assert!(
        is_allowed(&second, "other").await,
        "each tool has its own limit"
    );

    // An hour later, as a change of the stored time. Only Redis knows it, so the second replica, which has counted less
    // itself, may call.
    let key = "fastmcp:limited:rate:5/3600000:tool limited:anonymous";
    let reply = redis.send(&format!("TTL \"{key}\""));
    let ttl: i64 = reply.trim().trim_start_matches(':').parse().unwrap();
    assert!((3_000..=3_601).contains(&ttl), "{ttl}");
    redis.send(&format!("DEL \"{key}\""));
    assert!(is_allowed(&second, "limited").await);

    // Without Redis, each replica counts alone. The calls that it has made before count.
    redis.kill();
    let mut alone = 0;
    while is_allowed(&second, "limited").await {
        alone += 1;
        assert!(alone <= 5, "an unreachable store does not lift the limit");
    }
    assert_eq!(alone, 2, "five, without the three from before");
    assert!(is_allowed(&first, "limited").await);
    assert!(is_allowed(&first, "limited").await);
    assert!(!is_allowed(&first, "limited").await);
    assert!(is_allowed(&first, "other").await, "nobody is locked out");
    for server in [one, two] {
        server.shutdown().await.unwrap();
    }
}
