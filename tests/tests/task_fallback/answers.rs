//! The answers to calls: in time, and after the bound.

use std::time::Duration;

use fastmcp::client::Client;
use fastmcp::{Selection, TaskFallback};
use serde_json::json;

use crate::stage::{AFTER, builder, call, clients, serve, task_id, text};

#[tokio::test(start_paused = true)]
async fn a_call_in_time_is_answered_as_without_a_fallback() {
    let without = builder().start().await.unwrap();
    let with = serve().await;
    let (plain, fallback) = (clients(&without).await, clients(&with).await);
    for (mut plain, mut fallback) in plain.into_iter().zip(fallback) {
        for arguments in [
            json!({ "year": 2025, "seconds": 9 }),
            json!({ "year": 0, "seconds": 1 }),
            json!({ "year": "old", "seconds": 1 }),
            json!({}),
        ] {
            let expected = call(&mut plain, "report", arguments.clone()).await;
            let answer = call(&mut fallback, "report", arguments.clone()).await;
            assert_eq!(answer, expected, "{arguments}");
        }
        // A tool that needs tasks is callable too, and its JSON-RPC error stays one.
        let params = json!({ "name": "refuses", "arguments": { "seconds": 1 } });
        let answer = fallback.request("tools/call", params).await;
        assert_eq!(answer["error"]["code"], -32001, "{answer}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_long_call_is_answered_with_an_id() {
    let server = serve().await;
    for mut wire in clients(&server).await {
        let begin = tokio::time::Instant::now();
        let answer = call(&mut wire, "report", json!({ "year": 2025, "seconds": 35 })).await;
        assert_eq!(begin.elapsed().as_secs(), AFTER.as_secs());
        assert!(
            answer.get("isError").is_none_or(|it| it == false),
            "{answer}"
        );
        let task = &answer["structuredContent"];
        let id = task["taskId"].as_str().unwrap();
        let mut keys: Vec<&str> = task.as_object().unwrap().keys().map(|it| &**it).collect();
        keys.sort_unstable();
        let expected = [
            "createdAt",
            "lastUpdatedAt",
            "pollIntervalMs",
            "status",
            "taskId",
            "ttlMs",
        ];
        assert_eq!(keys, expected);
        // The interval is for models, so it is longer than that of the tool.
        assert_eq!(
            (&task["ttlMs"], &task["pollIntervalMs"]),
            (&json!(600_000), &json!(5000))
        );
        let said = text(&answer);
        for word in [
            id,
            "`task_status`",
            "`task_result`",
            "In 5s",
            "Do not call `report` again",
        ] {
            assert!(said.contains(word), "{word}: {said}");
        }

        let id = task_id(&answer);
        let status = call(&mut wire, "task_status", id.clone()).await;
        assert!(
            text(&status).starts_with("working: half of it. "),
            "{status}"
        );
        assert_eq!(status["structuredContent"]["statusMessage"], "half of it");
        // It waits for the bound, then answers as the call did.
        let later = call(&mut wire, "task_result", id.clone()).await;
        assert_eq!(begin.elapsed().as_secs(), 2 * AFTER.as_secs());
        task_id(&later);
        call(&mut wire, "task_result", id.clone()).await;
        let result = call(&mut wire, "task_result", id.clone()).await;
        assert_eq!(
            begin.elapsed().as_secs(),
            35,
            "it does not wait longer than needed"
        );
        assert_eq!(
            result["structuredContent"],
            json!({ "year": 2025, "pages": 7 })
        );
        let direct = call(&mut wire, "report", json!({ "year": 2025, "seconds": 1 })).await;
        assert_eq!(result, direct);
        let status = call(&mut wire, "task_status", id).await;
        assert_eq!(
            status["structuredContent"]["status"], "completed",
            "{status}"
        );
        assert!(text(&status).contains("`task_result`"), "{status}");
    }
}

#[tokio::test(start_paused = true)]
async fn failures_of_long_calls_are_readable() {
    let server = serve().await;
    for mut wire in clients(&server).await {
        let answer = call(&mut wire, "report", json!({ "year": 0, "seconds": 15 })).await;
        let result = call(&mut wire, "task_result", task_id(&answer)).await;
        assert_eq!(
            (&result["isError"], text(&result)),
            (&json!(true), "there was no such year")
        );
        let answer = call(&mut wire, "refuses", json!({ "seconds": 15 })).await;
        let id = task_id(&answer);
        let result = call(&mut wire, "task_result", id.clone()).await;
        assert_eq!(result["isError"], true);
        assert_eq!(text(&result), "the task failed: not today (-32001)");
        let status = call(&mut wire, "task_status", id).await;
        assert_eq!(text(&status), "failed: not today (-32001)");
    }
}

/// The client without the extension, as programs use it. It compares results with the listed schemas.
#[tokio::test(start_paused = true)]
async fn the_client_reads_both_answers() {
    let server = serve().await;
    let client = Client::builder().check_output(true).connect(&server);
    let client = client.await.unwrap();
    let arguments = |seconds: u64| json!({ "year": 2025, "seconds": seconds });
    let short = client.call_tool("report", arguments(1)).await.unwrap();
    let long = client.call_tool("report", arguments(60)).await.unwrap();
    let task = long.structured_content.unwrap();
    let id = json!({ "taskId": task["taskId"] });
    loop {
        let result = client.call_tool("task_result", id.clone()).await.unwrap();
        if result == short {
            break;
        }
        assert_eq!(result.structured_content.unwrap()["status"], "working");
    }
}

#[tokio::test(start_paused = true)]
async fn a_question_of_a_call_with_a_fallback_is_an_error_that_says_so() {
    let server = serve().await;
    for mut wire in clients(&server).await {
        let answer = call(&mut wire, "greet", json!({})).await;
        assert_eq!(answer["isError"], true, "{answer}");
        assert!(
            text(&answer).contains("the client does not support tasks"),
            "{answer}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn an_excepted_tool_asks_its_client() {
    let fallback = TaskFallback::after(AFTER).except(Selection::name("greet"));
    let server = builder().task_fallback(fallback).start().await.unwrap();
    let [mut session, mut rounds] = clients(&server).await;
    let answer = rounds.call("greet").await;
    assert_eq!(answer["result"]["resultType"], "input_required", "{answer}");
    let params = json!({ "name": "greet", "arguments": {} });
    session.ask("tools/call", params).await;
    let content = json!({ "action": "accept", "content": { "value": "Ada" } });
    session.serve("elicitation/create", content).await;
    let answer = session.hear().await;
    assert_eq!(
        answer["result"]["content"][0]["text"], "Hello, Ada",
        "{answer}"
    );
}

#[tokio::test(start_paused = true)]
async fn progress_reaches_the_client_while_it_waits() {
    let server = serve().await;
    for mut wire in clients(&server).await {
        let params = json!({
            "name": "report",
            "arguments": { "year": 1, "seconds": 3 },
            "_meta": { "progressToken": "p" },
        });
        wire.request("tools/call", params).await;
        let progress = wire.notifications.iter();
        let mut progress = progress.filter(|it| it["method"] == "notifications/progress");
        let first = progress.next().expect("a notification");
        assert_eq!(first["params"]["message"], "half of it", "{first}");
        assert_eq!(first["params"]["total"], 2.0, "{first}");
    }
}

/// With zero, each call is answered with an ID.
#[tokio::test(start_paused = true)]
async fn a_repeated_call_is_another_task() {
    let fallback = TaskFallback::after(Duration::ZERO).ttl(Duration::from_mins(2));
    let server = builder().task_fallback(fallback).start().await.unwrap();
    let [mut wire, _] = clients(&server).await;
    let arguments = json!({ "year": 1, "seconds": 60 });
    let first = task_id(&call(&mut wire, "report", arguments.clone()).await);
    let second = call(&mut wire, "report", arguments).await;
    assert_eq!(second["structuredContent"]["ttlMs"], 120_000);
    assert_ne!(first, task_id(&second));
}
