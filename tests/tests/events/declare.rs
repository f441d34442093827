//! The declaration of events, and their list.

use fastmcp::prelude::*;
use fastmcp_tests::http::{Http, answer};
use fastmcp_tests::wire::Wire;
use serde_json::{Value, json};

use crate::stage::{Stage, ask, options, result};

#[tool]
fn plain() -> bool {
    true
}

fn assert_declared(described: &Value) {
    let capabilities = &described["result"]["capabilities"];
    assert_eq!(capabilities["events"], json!({}), "{described}");
    let extension = &capabilities["extensions"]["io.modelcontextprotocol/events"];
    assert_eq!(*extension, json!({}), "{described}");
}

#[tokio::test]
async fn every_description_of_the_server_declares_events_in_both_places() {
    let stage = Stage::new().await;
    assert_declared(&ask(&stage.ada, "server/discover", json!({})).await);
    let revision = fastmcp_tests::http::LEGACY;
    assert_declared(&answer(stage.ada.initialize(revision)).await.message());
    let mut wire = Wire::of_rounds(&stage.server, json!({}));
    assert_declared(&wire.request("server/discover", json!({})).await);
}

#[tokio::test]
async fn a_server_without_events_knows_neither_the_capability_nor_the_methods() {
    let server = FastMcp::new("plain").start().await;
    // The tool of this file needs events.
    let error = server.expect_err("a tool emits events").to_string();
    assert!(error.contains("finish_build"), "{error}");
    assert!(
        error.contains("FastMcp::events(EventOptions::new())"),
        "{error}"
    );
    let selected = fastmcp::Selection::name("plain");
    let server = FastMcp::new("plain")
        .select(selected)
        .start()
        .await
        .unwrap();
    let mut wire = Wire::of_rounds(&server, json!({}));
    let described = wire.request("server/discover", json!({})).await;
    assert_eq!(described["result"]["capabilities"].get("events"), None);
    let unknown = wire.request("events/list", json!({})).await;
    assert_eq!(unknown["error"]["code"], -32601, "{unknown}");
}

#[tokio::test]
async fn a_server_with_events_and_no_docket_does_not_start() {
    let server = FastMcp::new("lost").docket(None).events(options());
    let error = server.start().await.expect_err("no docket").to_string();
    assert!(error.contains("background work is disabled"), "{error}");
}

#[tokio::test]
async fn the_list_has_schemas_and_only_the_events_of_the_callers_scopes() {
    let stage = Stage::new().await;
    let list = result(&stage.ada, "events/list", json!({})).await;
    assert_eq!(list["resultType"], "complete");
    let names = |list: &Value| -> Vec<String> {
        let events = list["events"].as_array().unwrap().iter();
        events
            .map(|it| it["name"].as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(names(&list), ["build.finished", "clock.ticked"]);
    let event = &list["events"][0];
    assert_eq!(event["description"], "A build has finished.");
    assert_eq!(event["delivery"], json!(["webhook", "poll", "push"]));
    let input = &event["inputSchema"];
    assert_eq!(input["required"], json!(["repository"]), "{input}");
    assert_eq!(input["properties"]["repository"]["type"], "string");
    assert_eq!(input["properties"].as_object().unwrap().len(), 2, "{input}");
    let payload = &event["payloadSchema"];
    assert_eq!(payload["properties"]["ok"]["type"], "boolean", "{payload}");
    // A local client needs no scopes.
    let mut wire = Wire::of_rounds(&stage.server, json!({}));
    let all = wire.request("events/list", json!({})).await;
    assert_eq!(
        names(&all["result"]),
        ["build.finished", "clock.ticked", "note.written"]
    );
    let hidden = json!({ "name": "note.written", "arguments": {}, "cursor": null });
    let refused = ask(&stage.ada, "events/poll", hidden).await;
    assert_eq!(refused["error"]["code"], -32011, "{refused}");
}

#[tokio::test]
async fn the_methods_answer_in_a_session_too() {
    let stage = Stage::new().await;
    let session: Http = stage.ada.session().await;
    let list =
        answer(session.post(fastmcp_tests::http::message(7, "events/list", json!({})))).await;
    assert_eq!(
        list.message()["result"]["events"][0]["name"],
        "build.finished"
    );
}
