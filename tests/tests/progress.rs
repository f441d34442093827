//! `Progress` outside of tasks: a client that sent a progress token is notified.

use std::sync::{Arc, Mutex};

use fastmcp::client::{Client, ProgressUpdate};
use fastmcp::dependencies::Scope;
use fastmcp::prelude::*;
use fastmcp_tests::wire::Wire;
use serde_json::{Value, json};

/// Reports a step through the same `Progress` as the handler that uses it.
#[dependency]
async fn opened(progress: Progress, scope: Scope<u64>) -> Result<()> {
    progress.increment(1).await?;
    scope.provide(7).await;
    progress.set_message("closed").await?;
    Ok(())
}

#[tool]
async fn copy(#[depends(opened)] opened: &u64, progress: Progress) -> Result<u64> {
    progress.set_total(3).await?;
    progress.set_message("copying").await?;
    progress.increment(2).await?;
    Ok(*opened)
}

#[resource("data://copied")]
async fn copied(progress: &Progress) -> Result<String> {
    progress.increment(5).await?;
    Ok("copied".into())
}

#[prompt]
async fn ask(progress: Option<Progress>) -> Result<String> {
    let progress = progress.ok_or(ToolError::new("a request has a progress"))?;
    progress.increment(1).await?;
    Ok("ask".into())
}

#[tool]
async fn through_a_task(docket: Docket) -> Result<u64> {
    let execution = docket.add(counted)().await?;
    execution.result().await?;
    Ok(execution.progress().await?.done)
}

#[task]
async fn counted(progress: Progress) -> Result<()> {
    progress.increment(4).await?;
    Ok(())
}

async fn start() -> fastmcp::Server {
    let server = FastMcp::new("progress").docket(Docket::memory("progress"));
    server.start().await.unwrap()
}

/// Calls a tool, and returns its progress and its result.
async fn follow(server: &fastmcp::Server, tool: &str) -> (Vec<ProgressUpdate>, u64) {
    let client = Client::connect(server).await.unwrap();
    let updates = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&updates);
    let call = client.call::<u64>(tool, ());
    let result = call.on_progress(move |update| seen.lock().unwrap().push(update));
    let result = result.await.unwrap();
    (std::mem::take(&mut updates.lock().unwrap()), result)
}

#[tokio::test]
async fn a_client_gets_increasing_progress_from_a_tool() {
    let server = start().await;
    let (told, result) = follow(&server, "copy").await;
    assert_eq!(result, 7);

    let numbers: Vec<f64> = told.iter().map(|it| it.progress).collect();
    assert_eq!(numbers.len(), 5, "{told:?}");
    assert!(numbers.is_sorted_by(|a, b| a < b), "{numbers:?}");
    let rounded: Vec<f64> = numbers.iter().map(|number| number.round()).collect();
    assert_eq!(rounded, [1.0, 1.0, 1.0, 3.0, 3.0]);
    assert_eq!(told[0].total, None);
    assert_eq!(told[1].total, Some(3.0));
    assert_eq!(told[2].message.as_deref(), Some("copying"));
    // The teardown also reports progress, before the response.
    assert_eq!(told[4].message.as_deref(), Some("closed"));
}

/// Returns the progress before a response.
async fn progress_of(wire: &mut Wire, method: &str, mut params: Value) -> Vec<Value> {
    params["_meta"] = json!({ "progressToken": "here" });
    let answer = wire.request(method, params).await;
    assert!(answer.get("result").is_some(), "{answer}");
    let notifications = std::mem::take(&mut wire.notifications);
    let told = notifications.into_iter().map(|mut notification| {
        assert_eq!(notification["method"], "notifications/progress");
        assert_eq!(notification["params"]["progressToken"], "here");
        notification["params"].take()
    });
    told.collect()
}

#[tokio::test]
async fn resources_and_prompts_report_progress() {
    let server = start().await;
    let mut wire = Wire::of_sessions(&server, json!({})).await;
    let params = json!({ "uri": "data://copied" });
    let told = progress_of(&mut wire, "resources/read", params).await;
    assert_eq!(told[0]["progress"], 5.0);
    let told = progress_of(&mut wire, "prompts/get", json!({ "name": "ask" })).await;
    assert_eq!(told[0]["progress"], 1.0);
}

#[tokio::test]
async fn a_client_without_a_progress_token_gets_no_progress() {
    let server = start().await;
    let mut wire = Wire::of_sessions(&server, json!({})).await;
    let answer = wire.call("copy").await;
    assert_eq!(answer["result"]["isError"], false);
    assert_eq!(wire.notifications, [] as [Value; 0]);
}

#[tokio::test]
async fn a_task_reports_progress_to_its_docket() {
    let server = start().await;
    let (told, result) = follow(&server, "through_a_task").await;
    assert_eq!(told, []);
    assert_eq!(result, 4);
}

#[tokio::test]
async fn a_unit_test_can_read_reported_progress() {
    let progress = Progress::detached();
    assert_eq!(copy(&7, progress.clone()).await.unwrap(), 7);
    assert_eq!(progress.report().done, 2);
    assert_eq!(progress.report().total, Some(3));
}
