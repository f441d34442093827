//! The status of tasks and their cancellation (T7, T11 to T16, T24, T29 to T32, T37).

use std::time::Duration;

use fastmcp::prelude::*;
use serde_json::{Value, json};

use crate::stage::{NOT_FOUND, Wire, acknowledged, serve, serve_on};

/// Returns the result of a direct call by a client without the tasks extension.
async fn direct(wire: &mut Wire, tool: &str, arguments: Value) -> Value {
    let params = json!({ "name": tool, "arguments": arguments });
    let mut answer = wire.ask_as(json!({}), "tools/call", params).await;
    answer["result"].take()
}

/// T12, T13 and T7: a task has the same result as a direct call, even if the tool fails.
#[tokio::test(start_paused = true)]
async fn a_task_result_equals_the_result_of_a_direct_call() {
    let server = serve().await;
    let mut wire = Wire::open(&server);
    for (tool, arguments) in [
        ("add", json!({ "a": 1, "b": 2 })),
        ("add", json!({ "a": i64::MAX, "b": 1 })),
        ("slow", json!({ "seconds": 2 })),
        ("panics", json!({ "name": "luck" })),
        ("who", json!({})),
    ] {
        let expected = direct(&mut wire, tool, arguments.clone()).await;
        let id = wire.start(tool, arguments).await;
        let task = wire.until(&id, "completed").await;
        assert_eq!(task["result"], expected, "{tool}");
        assert_eq!(task["resultType"], "complete");
        assert!(task.get("error").is_none() && task.get("inputRequests").is_none());
        assert!(
            task["result"].get("_meta").is_none(),
            "nothing of the task is in it"
        );
    }
}

/// T7: a tool error is `completed`.
#[tokio::test(start_paused = true)]
async fn a_tool_error_completes_its_task() {
    let server = serve().await;
    let mut wire = Wire::open(&server);
    let id = wire.start("report", json!({ "year": 0 })).await;
    let task = wire.until(&id, "completed").await;
    assert_eq!(task["result"]["isError"], true);
    assert_eq!(
        task["result"]["content"][0]["text"],
        "there was no such year"
    );
    let id = wire.start("report", json!({ "year": 2026 })).await;
    let task = wire.until(&id, "completed").await;
    assert_eq!(task["result"]["content"][0]["text"], "the report of 2026");
}

/// T11: a working task has exactly these fields.
#[tokio::test(start_paused = true)]
async fn a_working_task_has_exactly_the_specified_fields() {
    let server = serve().await;
    let mut wire = Wire::open(&server);
    let id = wire.start("endless", json!({})).await;
    let task = wire.get(&id).await;
    let mut fields: Vec<&str> = task
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect();
    fields.sort_unstable();
    let expected = [
        "createdAt",
        "lastUpdatedAt",
        "pollIntervalMs",
        "resultType",
        "status",
        "taskId",
        "ttlMs",
    ];
    assert_eq!(fields, expected, "{task}");
}

/// T32: the latest progress message, from `Context` or `Progress`, and its time.
#[tokio::test(start_paused = true)]
async fn the_status_message_is_the_latest_progress_message() {
    let gate = crate::stage::Gate::default();
    let docket = Docket::memory("tasks");
    let server = crate::stage::builder()
        .state(gate.clone())
        .docket(docket)
        .start()
        .await
        .unwrap();
    let mut wire = Wire::open(&server);
    let id = wire.start("steps", json!({})).await;
    let mut last = String::new();
    for message in ["first", "second"] {
        tokio::time::sleep(Duration::from_secs(1)).await;
        let task = wire.get(&id).await;
        assert_eq!(task["statusMessage"], message, "{task}");
        let updated = task["lastUpdatedAt"].as_str().unwrap().to_owned();
        assert!(updated > last, "{updated} after {last}");
        last = updated;
        gate.0.notify_one();
    }
    let task = wire.until(&id, "completed").await;
    assert!(task.get("statusMessage").is_none(), "{task}");
    assert_eq!(
        task["result"]["content"][0]["text"], "3",
        "both count the same steps"
    );
}

/// T24: an empty acknowledgement; the body is dropped.
#[tokio::test(start_paused = true)]
async fn a_task_is_cancelled() {
    let server = serve().await;
    let mut wire = Wire::open(&server);
    let id = wire.start("endless", json!({})).await;
    tokio::time::sleep(Duration::from_millis(50)).await;
    acknowledged(&wire.cancel(&id).await);
    let task = wire.until(&id, "cancelled").await;
    assert!(
        task.get("result").is_none() && task.get("error").is_none(),
        "{task}"
    );
}

/// T24 and T37: a terminal task never changes.
#[tokio::test(start_paused = true)]
async fn a_terminal_task_never_changes() {
    let server = serve().await;
    let mut wire = Wire::open(&server);
    for (tool, arguments, status) in [
        ("add", json!({ "a": 1, "b": 2 }), "completed"),
        ("endless", json!({}), "cancelled"),
    ] {
        let id = wire.start(tool, arguments).await;
        if status == "cancelled" {
            wire.cancel(&id).await;
        }
        let ended = wire.until(&id, status).await;
        tokio::time::sleep(Duration::from_secs(5)).await;
        acknowledged(&wire.cancel(&id).await);
        acknowledged(
            &wire
                .update(&id, json!({ "a": { "action": "accept" } }))
                .await,
        );
        tokio::time::sleep(Duration::from_secs(5)).await;
        assert_eq!(wire.get(&id).await, ended);
    }
}

/// T37: an operator cannot replay a failed task under its handle.
#[tokio::test(start_paused = true)]
async fn a_failed_task_cannot_be_replayed() {
    let docket = Docket::memory("tasks");
    let server = serve_on(&docket).await;
    let mut wire = Wire::open(&server);
    let id = wire.start("endless", json!({})).await;
    // The task is offered last to a replica of an older version, which cannot decode it.
    let record = docket.snapshot().await.unwrap().executions.remove(0);
    let lease = loop {
        let record = docket
            .get(record.key.clone())
            .await
            .unwrap()
            .unwrap()
            .record()
            .await
            .unwrap();
        if record.state == fastmcp::docket::ExecutionState::Running {
            break fastmcp::docket::backend::Lease {
                id: record.id,
                token: 1,
            };
        }
        tokio::task::yield_now().await;
    };
    let outcome = fastmcp::docket::Outcome::Undecodable {
        reason: "secret".into(),
    };
    let settlement = fastmcp::docket::backend::Settlement::new(lease, outcome);
    docket.backend().settle(&[settlement]).await.unwrap();
    let task = wire.get(&id).await;
    assert_eq!(task["status"], "failed");
    // T30 and T32: the message contains no internals.
    assert_eq!(
        task["error"],
        json!({ "code": -32603, "message": "internal error" })
    );
    assert_eq!(task["statusMessage"], "internal error");
    assert!(docket.replay(record.key).await.is_err());
    assert_eq!(wire.get(&id).await, task);
}

/// T29: unknown, malformed and hostile ids get equal errors.
#[tokio::test(start_paused = true)]
async fn every_unknown_task_gets_the_same_error() {
    let docket = Docket::memory("tasks");
    let server = serve_on(&docket).await;
    let mut wire = Wire::open(&server);
    let id = wire.start("endless", json!({})).await;
    let own =
        docket.submit(fastmcp::docket::Submission::new("work", "null").key("fastmcp:task/own"));
    own.await.unwrap();
    let ids = [
        "",
        "x",
        "own",
        "../own",
        "fastmcp:task/own",
        &id[1..],
        &id.to_uppercase(),
        &"0".repeat(64),
        &"0".repeat(100_000),
        "\u{0}",
        "ä",
    ];
    let mut told = Vec::new();
    for id in ids {
        for (method, params) in [
            ("tasks/get", json!({ "taskId": id })),
            (
                "tasks/update",
                json!({ "taskId": id, "inputResponses": {} }),
            ),
            ("tasks/cancel", json!({ "taskId": id })),
        ] {
            told.push(wire.error(method, params).await);
        }
    }
    told.dedup();
    assert_eq!(
        told,
        [json!({ "code": NOT_FOUND, "message": "task not found" })]
    );
    assert_eq!(wire.get(&id).await["status"], "working");
}

/// A result above the size limit of the docket fails its task with the reason.
#[tokio::test(start_paused = true)]
async fn a_result_that_is_too_large_fails_its_task() {
    let docket = Docket::builder("small").max_result(20).memory();
    let server = serve_on(&docket).await;
    let mut wire = Wire::open(&server);
    let id = wire.start("add", json!({ "a": 1, "b": 2 })).await;
    let task = wire.until(&id, "failed").await;
    assert_eq!(task["error"]["code"], -32603);
    assert!(
        task["error"]["message"]
            .as_str()
            .unwrap()
            .contains("the limit is 20"),
        "{task}"
    );
    assert_eq!(task["statusMessage"], task["error"]["message"]);
    assert!(task.get("result").is_none());
}
