//! Subscriptions to the resources of a server in another process, behind a proxy.

use fastmcp::client::Upstream;
use fastmcp::mcp::ProtocolVersion;
use fastmcp::prelude::*;
use fastmcp::{Selection, Server};
use fastmcp_tests::wire::{OF_ROUNDS, OF_SESSIONS, Wire};
use serde_json::{Value, json};

use crate::remote_stage::{OverHttp, free_address, process};

const NOTE: &str = "note://up/7";

/// Opens a client that is subscribed to a note of the remote server.
async fn subscribed(server: &Server, revision: &str) -> Wire {
    if revision == OF_SESSIONS {
        let mut wire = Wire::of_sessions(server, json!({})).await;
        let params = json!({ "uri": NOTE });
        let reply = wire.request("resources/subscribe", params).await;
        assert!(reply.get("result").is_some(), "{reply}");
        return wire;
    }
    let mut wire = Wire::of_rounds(server, json!({}));
    let filter = json!({ "resourceSubscriptions": [NOTE] });
    wire.ask("subscriptions/listen", json!({ "notifications": filter }))
        .await;
    let acknowledged = wire.hear().await;
    assert_eq!(
        acknowledged["method"],
        "notifications/subscriptions/acknowledged"
    );
    wire
}

/// Waits for an update of the note. The changes are repeated, because the subscription at the remote server begins a
/// little later than the one here.
async fn updated(wire: &mut Wire, change: bool) -> Value {
    let is_update = |it: &Value| it["method"] == "notifications/resources/updated";
    wire.notifications.retain(|it| !is_update(it));
    for _ in 0..600 {
        let reply = if change {
            let call = json!({ "name": "up_change", "arguments": { "id": 7 } });
            wire.request("tools/call", call).await
        } else {
            wire.request("tools/list", json!({})).await
        };
        assert!(reply.get("result").is_some(), "{reply}");
        if let Some(update) = wire.notifications.iter().find(|it| is_update(it)) {
            return update["params"].clone();
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    panic!("no update");
}

fn version(revision: &str) -> ProtocolVersion {
    serde_json::from_value(json!(revision)).unwrap()
}

async fn start(upstream: Upstream) -> Server {
    let server = FastMcp::new("proxy").select(Selection::name("local"));
    server.proxy("up", upstream).start().await.unwrap()
}

#[tokio::test]
async fn updates_of_remote_resources_pass_through_in_all_revisions() {
    for upstream in [OF_SESSIONS, OF_ROUNDS] {
        for downstream in [OF_SESSIONS, OF_ROUNDS] {
            let server = start(process().protocol(version(upstream))).await;
            let mut wire = subscribed(&server, downstream).await;
            let update = updated(&mut wire, true).await;
            assert_eq!(update["uri"], NOTE, "{upstream} {downstream}");
            let mut other = subscribed(&server, downstream).await;
            updated(&mut other, true).await;
            // The end of one subscription leaves the other one.
            drop(wire);
            updated(&mut other, true).await;
            updated(&mut other, true).await;
            server.shutdown().await.unwrap();
        }
    }
}

#[tokio::test]
async fn a_remote_server_that_is_back_is_subscribed_to_again() {
    for revision in [OF_SESSIONS, OF_ROUNDS] {
        let address = free_address();
        let first = OverHttp::start(&address);
        let upstream = Upstream::http(format!("http://{address}/mcp"));
        let server = start(upstream.protocol(version(revision))).await;
        let mut wire = Wire::of_rounds(&server, json!({}));
        while wire.call("up_pid").await["result"]["isError"] != false {}
        let mut wire = subscribed(&server, OF_ROUNDS).await;
        updated(&mut wire, true).await;
        first.kill();
        let _second = OverHttp::start(&address);
        // Nobody knows what has changed in between, so the client reads again.
        let missed = updated(&mut wire, false).await;
        assert_eq!(missed["uri"], NOTE, "{revision}");
        updated(&mut wire, true).await;
        server.shutdown().await.unwrap();
    }
}
