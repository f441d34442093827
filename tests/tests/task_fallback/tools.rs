//! The three tools: their arguments, who may call them, and cancellation.

use std::sync::atomic::Ordering;
use std::time::Duration;

use fastmcp::TaskFallback;
use fastmcp_tests::wire::Wire;
use serde_json::json;

use crate::stage::{AFTER, Running, builder, call, clients, declaring, serve, task_id, text};

#[tokio::test(start_paused = true)]
async fn the_tools_do_not_exist_for_clients_with_tasks() {
    let server = serve().await;
    let mut wire = declaring(&server);
    for name in ["task_status", "task_result", "task_cancel"] {
        let params = json!({ "name": name, "arguments": { "taskId": "1" } });
        let answer = wire.request("tools/call", params).await;
        assert_eq!(answer["error"]["code"], -32602, "{answer}");
        let params = json!({ "name": name.replace("task", "tusk"), "arguments": {} });
        let unknown = wire.request("tools/call", params).await;
        let text = |it: &serde_json::Value| it["error"]["message"].as_str().unwrap().to_owned();
        assert!(text(&answer).starts_with("unknown tool"), "{answer}");
        assert!(text(&unknown).starts_with("unknown tool"), "{unknown}");
    }
    let [mut wire, _] = clients(&server).await;
    for method in ["tasks/get", "tasks/cancel"] {
        let answer = wire.request(method, json!({ "taskId": "1" })).await;
        assert!(answer.get("error").is_some(), "{answer}");
    }
}

#[tokio::test(start_paused = true)]
async fn wrong_arguments_are_readable_errors() {
    let server = serve().await;
    for mut wire in clients(&server).await {
        for name in ["task_status", "task_result", "task_cancel"] {
            for (arguments, expected) in [
                (json!({}), "argument `taskId`: missing"),
                (
                    json!({ "taskId": 7 }),
                    "argument `taskId`: expected a string, got 7",
                ),
                (
                    json!({ "taskId": "7", "id": "7" }),
                    "argument `id`: unknown",
                ),
                (json!({ "taskId": "7" }), "task not found"),
                (json!({ "taskId": "0".repeat(64) }), "task not found"),
                (json!({ "taskId": "../..\u{0}" }), "task not found"),
            ] {
                let answer = call(&mut wire, name, arguments).await;
                assert_eq!(answer["isError"], true, "{answer}");
                assert!(text(&answer).starts_with(expected), "{answer}");
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn task_cancel_ends_a_task_once() {
    let running = Running::default();
    let server = builder()
        .state(running.clone())
        .task_fallback(TaskFallback::after(AFTER).names("job_status", "job_result", "job_cancel"))
        .start()
        .await
        .unwrap();
    let [mut wire, _] = clients(&server).await;
    let answer = call(&mut wire, "endless", json!({})).await;
    assert!(text(&answer).contains("`job_result`"), "{answer}");
    let id = task_id(&answer);
    running.until(1).await;
    let cancelled = call(&mut wire, "job_cancel", id.clone()).await;
    assert!(text(&cancelled).contains("cancel"), "{cancelled}");
    running.until(0).await;
    let result = call(&mut wire, "job_result", id.clone()).await;
    assert_eq!(result["isError"], true);
    assert_eq!(text(&result), "the task was cancelled, so it has no result");
    let again = call(&mut wire, "job_cancel", id.clone()).await;
    assert_eq!(again["structuredContent"]["status"], "cancelled", "{again}");

    let answer = call(&mut wire, "report", json!({ "year": 1, "seconds": 12 })).await;
    let id = task_id(&answer);
    let result = call(&mut wire, "job_result", id.clone()).await;
    let cancelled = call(&mut wire, "job_cancel", id.clone()).await;
    assert_eq!(cancelled["structuredContent"]["status"], "completed");
    assert_eq!(call(&mut wire, "job_result", id).await, result);
}

#[tokio::test(start_paused = true)]
async fn a_cancelled_call_cancels_its_task_only_before_it_has_an_id() {
    let running = Running::default();
    let server = builder()
        .state(running.clone())
        .task_fallback(TaskFallback::after(AFTER))
        .start()
        .await
        .unwrap();
    for mut wire in clients(&server).await {
        let params = json!({ "name": "endless", "arguments": {} });
        let id = wire.ask("tools/call", params.clone()).await;
        running.until(1).await;
        let cancel = json!({
            "jsonrpc": "2.0",
            "method": "notifications/cancelled",
            "params": { "requestId": id },
        });
        wire.say(cancel.clone()).await;
        running.until(0).await;

        let answer = wire.request("tools/call", params).await;
        let task = task_id(&answer["result"]);
        // The ID of the call, which has its answer.
        let mut late = cancel;
        late["params"]["requestId"] = answer["id"].clone();
        wire.say(late).await;
        tokio::time::sleep(Duration::from_mins(1)).await;
        assert_eq!(running.0.load(Ordering::SeqCst), 1, "it runs on");
        // Nor does the end of the connection.
        drop(wire);
        tokio::time::sleep(Duration::from_mins(1)).await;
        let [mut other, _] = clients(&server).await;
        let status = call(&mut other, "task_status", task.clone()).await;
        assert_eq!(status["structuredContent"]["status"], "working", "{status}");
        call(&mut other, "task_cancel", task).await;
        running.until(0).await;
    }
}

/// A client with tasks made it, so it may ask.
#[tokio::test(start_paused = true)]
async fn a_question_of_a_task_is_shown_without_a_way_to_answer() {
    let server = serve().await;
    let tasks = json!({ "io.modelcontextprotocol/tasks": {} });
    let capabilities = json!({ "extensions": tasks, "elicitation": {} });
    let mut able = Wire::of_rounds(&server, capabilities);
    let handle = able.call("greet").await;
    let id = json!({ "taskId": handle["result"]["taskId"] });
    let [mut wire, _] = clients(&server).await;
    // It waits until the task has ended or the time is over.
    let result = call(&mut wire, "task_result", id.clone()).await;
    assert_eq!(result["structuredContent"]["status"], "input_required");
    assert!(text(&result).starts_with("input_required"), "{result}");
    assert!(text(&result).contains("`task_cancel`"), "{result}");
    let cancelled = call(&mut wire, "task_cancel", id).await;
    assert_eq!(
        cancelled["structuredContent"]["status"], "cancelled",
        "{cancelled}"
    );
}

#[tokio::test(start_paused = true)]
async fn a_task_is_gone_after_its_lifetime() {
    let fallback = TaskFallback::after(AFTER).ttl(Duration::from_secs(30));
    let server = builder().task_fallback(fallback).start().await.unwrap();
    let [mut wire, _] = clients(&server).await;
    let id = task_id(&call(&mut wire, "endless", json!({})).await);
    tokio::time::sleep(Duration::from_secs(40)).await;
    let status = call(&mut wire, "task_status", id).await;
    assert!(text(&status).starts_with("task not found"), "{status}");
}
