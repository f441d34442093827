//! The notifications on one connection of JSON lines.

use std::time::Duration;

use fastmcp::prelude::*;
use fastmcp_tests::wire::Wire;
use serde_json::{Value, json};

use crate::stage::{Gate, SUBSCRIPTION, builder, serve, start, wire};

/// Opens a subscription, and returns its ID and the filter that the server honours.
async fn listen(wire: &mut Wire, filter: Value) -> (Value, Value) {
    let id = wire
        .ask("subscriptions/listen", json!({ "notifications": filter }))
        .await;
    let first = wire.hear().await;
    assert_eq!(
        first["method"], "notifications/subscriptions/acknowledged",
        "{first}"
    );
    assert_eq!(first["params"]["_meta"][SUBSCRIPTION], id, "{first}");
    (id.into(), first["params"]["notifications"].clone())
}

/// Returns the next notification, without its subscription.
async fn task(wire: &mut Wire, subscription: &Value) -> Value {
    let mut message = wire.hear().await;
    assert_eq!(message["method"], "notifications/tasks", "{message}");
    assert!(message.get("id").is_none(), "{message}");
    let mut params = message["params"].take();
    let meta = params.as_object_mut().unwrap().remove("_meta").unwrap();
    assert_eq!(meta[SUBSCRIPTION], *subscription);
    params
}

async fn get(wire: &mut Wire, id: &str) -> Value {
    let mut answer = wire.request("tasks/get", json!({ "taskId": id })).await;
    let mut task = answer["result"].take();
    let fields = task.as_object_mut().unwrap();
    fields.remove("resultType");
    fields.remove("_meta");
    task
}

#[tokio::test(start_paused = true)]
async fn each_change_is_sent_as_tasks_get_returns_it() {
    let (server, gate) = serve().await;
    let (mut wire, mut other) = (wire(&server), wire(&server));
    let id = start(&mut other, "work", json!({ "name": "it" })).await;
    let (subscription, accepted) = listen(&mut wire, json!({ "taskIds": [id] })).await;
    assert_eq!(accepted, json!({ "taskIds": [id] }));
    gate.0.notify_one();
    let half = task(&mut wire, &subscription).await;
    assert_eq!(half, get(&mut other, &id).await);
    assert_eq!(
        (&half["status"], &half["statusMessage"]),
        (&json!("working"), &json!("half of it"))
    );
    gate.0.notify_one();
    let done = task(&mut wire, &subscription).await;
    assert_eq!(done, get(&mut other, &id).await);
    assert_eq!(done["result"]["content"][0]["text"], "it is done", "{done}");
    // Nothing follows the end of a task, and the stream stays open.
    let silence = tokio::time::timeout(Duration::from_secs(30), wire.hear()).await;
    assert!(silence.is_err(), "{silence:?}");
}

/// The run of the task is in another server, which shares nothing but the docket.
#[tokio::test(start_paused = true)]
async fn another_server_of_the_docket_notifies_too() {
    let docket = Docket::memory("shared");
    let gate = Gate::default();
    let one = builder(&gate).docket(docket.clone()).start().await.unwrap();
    let other = builder(&gate).docket(docket).without_worker();
    let other = other.start().await.unwrap();
    let (mut asking, mut listening) = (wire(&one), wire(&other));
    let id = start(&mut asking, "work", json!({ "name": "it" })).await;
    let (subscription, _) = listen(&mut listening, json!({ "taskIds": [id] })).await;
    gate.0.notify_one();
    let half = task(&mut listening, &subscription).await;
    assert_eq!(half["statusMessage"], "half of it");
}

#[tokio::test(start_paused = true)]
async fn questions_failures_and_cancellations_are_sent() {
    let (server, gate) = serve().await;
    let (mut wire, mut other) = (wire(&server), wire(&server));
    let failing = start(&mut other, "refuses", json!({})).await;
    let cancelled = start(&mut other, "work", json!({ "name": "it" })).await;
    let tasks = json!({ "taskIds": [failing, cancelled] });
    let (subscription, _) = listen(&mut wire, tasks).await;
    other
        .request("tasks/cancel", json!({ "taskId": cancelled }))
        .await;
    let end = task(&mut wire, &subscription).await;
    assert_eq!(
        (&end["taskId"], &end["status"]),
        (&json!(cancelled), &json!("cancelled"))
    );
    gate.0.notify_waiters();
    let end = task(&mut wire, &subscription).await;
    assert_eq!(
        (&end["taskId"], &end["status"]),
        (&json!(failing), &json!("failed"))
    );
    assert_eq!(end["error"]["code"], -32001, "{end}");

    let asking = start(&mut other, "ask", json!({})).await;
    let (subscription, _) = listen(&mut wire, json!({ "taskIds": [asking] })).await;
    let mut task_now = get(&mut other, &asking).await;
    if task_now["status"] != "input_required" {
        task_now = task(&mut wire, &subscription).await;
    }
    assert_eq!(task_now["status"], "input_required");
    let answer = json!({ "name": { "action": "accept", "content": { "value": "Ada" } } });
    let params = json!({ "taskId": asking, "inputResponses": answer });
    other.request("tasks/update", params).await;
    loop {
        let now = task(&mut wire, &subscription).await;
        if now["status"] == "completed" {
            assert_eq!(now["result"]["content"][0]["text"], "Hello, Ada");
            break;
        }
        assert_eq!(now["status"], "working", "{now}");
    }
}

#[tokio::test(start_paused = true)]
async fn other_changes_are_sent_on_the_same_stream() {
    let (server, gate) = serve().await;
    let (mut wire, mut other) = (wire(&server), wire(&server));
    let id = start(&mut other, "work", json!({ "name": "it" })).await;
    let filter = json!({ "taskIds": [id], "toolsListChanged": true });
    let (subscription, accepted) = listen(&mut wire, filter.clone()).await;
    assert_eq!(accepted, filter);
    other
        .request("tools/call", json!({ "name": "hide", "arguments": {} }))
        .await;
    let changed = wire.hear().await;
    assert_eq!(
        changed["method"], "notifications/tools/list_changed",
        "{changed}"
    );
    assert_eq!(changed["params"]["_meta"][SUBSCRIPTION], subscription);
    gate.0.notify_one();
    task(&mut wire, &subscription).await;
}

/// A burst is a few notifications, the last of which has the last state.
#[tokio::test(start_paused = true)]
async fn a_burst_of_progress_is_bounded() {
    let (server, gate) = serve().await;
    let (mut wire, mut other) = (wire(&server), wire(&server));
    let id = start(&mut other, "busy", json!({})).await;
    let (subscription, _) = listen(&mut wire, json!({ "taskIds": [id] })).await;
    gate.0.notify_one();
    let mut count = 0;
    loop {
        count += 1;
        if task(&mut wire, &subscription).await["status"] == "completed" {
            break;
        }
    }
    assert!(count < 100, "{count} notifications");
}

#[tokio::test(start_paused = true)]
async fn a_cancelled_subscription_sends_nothing_more() {
    let (server, gate) = serve().await;
    let (mut wire, mut other) = (wire(&server), wire(&server));
    let id = start(&mut other, "work", json!({ "name": "it" })).await;
    let (subscription, _) = listen(&mut wire, json!({ "taskIds": [id] })).await;
    let params = json!({ "requestId": subscription });
    wire.say(json!({ "jsonrpc": "2.0", "method": "notifications/cancelled", "params": params }))
        .await;
    // The response shows that the cancellation was read.
    get(&mut wire, &id).await;
    gate.0.notify_one();
    let silence = tokio::time::timeout(Duration::from_secs(30), wire.hear()).await;
    assert!(silence.is_err(), "{silence:?}");
}

#[tokio::test(start_paused = true)]
async fn unfit_requests_are_refused() {
    let (server, _gate) = serve().await;
    let mut wire = wire(&server);
    let mut undeclared = Wire::of_rounds(&server, json!({}));
    let request = |filter: Value| json!({ "notifications": filter });
    let answer = undeclared
        .request("subscriptions/listen", request(json!({ "taskIds": ["1"] })))
        .await;
    assert_eq!(answer["error"]["code"], -32021, "{answer}");
    for filter in [
        json!({ "taskIds": "1" }),
        json!({ "taskIds": [1] }),
        json!({ "taskIds": [], "toolsListChanged": 7 }),
        json!({ "taskIds": vec!["x"; 3], "resourceSubscriptions": "a" }),
    ] {
        let answer = wire.request("subscriptions/listen", request(filter)).await;
        assert_eq!(answer["error"]["code"], -32602, "{answer}");
    }
    // Nobody can find out which tasks exist.
    let ids = json!({ "taskIds": ["0".repeat(64), "", "\u{0}", "../x"] });
    let (_, accepted) = listen(&mut wire, ids).await;
    assert_eq!(accepted, json!({ "taskIds": [] }));
    let mut session = Wire::of_sessions(&server, json!({})).await;
    let answer = session
        .request("subscriptions/listen", request(json!({ "taskIds": [] })))
        .await;
    assert_eq!(answer["error"]["code"], -32601, "{answer}");
}
