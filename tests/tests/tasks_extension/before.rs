//! Input that is requested before the task exists (T9), and arguments with `ask`.

use fastmcp::prelude::*;
use serde_json::{Value, json};

use crate::stage::{TASKS, Wire, able, serve};

/// Greets the user by name.
#[tool(task = "required")]
async fn welcome(#[arg(ask = "What is your name?", length = 2..)] name: String) -> String {
    format!("Welcome, {name}")
}

/// Books seats, and requests missing arguments.
#[tool(task)]
async fn book(
    train: String,
    /// How many seats
    #[arg(ask = "How many seats?", range = 1..=9)]
    seats: u8,
    #[arg(ask = "By the window?")] window: Option<bool>,
    ctx: Context,
) -> Result<String> {
    let sure: bool = ctx.elicit("Sure?").key("seats").await?;
    Ok(format!("{train}, {seats}, {window:?}, {sure}"))
}

fn accept(content: Value) -> Value {
    json!({ "action": "accept", "content": content })
}

/// Returns the parameters of the next round trip of a call that requested input.
fn answered(params: &Value, required: &Value, answers: Value) -> Value {
    let mut params = params.clone();
    params["requestState"] = required["requestState"].clone();
    params["inputResponses"] = answers;
    params
}

/// T9: all input is requested before the handle is returned; afterwards there are no more round
/// trips.
#[tokio::test(start_paused = true)]
async fn missing_input_is_requested_before_the_handle() {
    let server = serve().await;
    let mut wire = Wire::open(&server);
    let params = json!({ "name": "welcome", "arguments": {} });
    let required = wire.result("tools/call", params.clone()).await;
    assert_eq!(required["resultType"], "input_required");
    assert!(required.get("taskId").is_none(), "{required}");
    let question = &required["inputRequests"]["name"];
    assert_eq!(question["method"], "elicitation/create");
    assert_eq!(question["params"]["message"], "What is your name?");
    let form = &question["params"]["requestedSchema"];
    assert_eq!(form["required"], json!(["name"]));
    assert_eq!(
        form["properties"]["name"],
        json!({ "type": "string", "minLength": 2 })
    );
    let pending = async || server.docket().unwrap().snapshot().await.unwrap().pending();
    assert_eq!(pending().await, 0, "nothing is scheduled yet");

    let answers = json!({ "name": accept(json!({ "name": "Alice" })) });
    let handle = wire
        .result("tools/call", answered(&params, &required, answers))
        .await;
    assert_eq!(handle["resultType"], "task", "{handle}");
    assert!(handle.get("requestState").is_none() && handle.get("inputRequests").is_none());
    let task = wire
        .until(handle["taskId"].as_str().unwrap(), "completed")
        .await;
    assert_eq!(task["result"]["content"][0]["text"], "Welcome, Alice");
}

/// An argument that the call contains is not requested.
#[tokio::test(start_paused = true)]
async fn given_arguments_are_not_requested() {
    let server = serve().await;
    let mut wire = Wire::open(&server);
    let id = wire.start("welcome", json!({ "name": "Bob" })).await;
    let task = wire.until(&id, "completed").await;
    assert_eq!(task["result"]["content"][0]["text"], "Welcome, Bob");
}

/// An argument with `ask` is optional in the schema, because it can be requested later. Its
/// constraints apply as usual.
#[tokio::test(start_paused = true)]
async fn a_requested_argument_is_optional_in_the_schema_and_validated() {
    let server = serve().await;
    let mut wire = Wire::open(&server);
    let tools = wire.result("tools/list", json!({})).await;
    let book = tools["tools"]
        .as_array()
        .unwrap()
        .iter()
        .find(|tool| tool["name"] == "book");
    let schema = &book.unwrap()["inputSchema"];
    assert_eq!(schema["required"], json!(["train"]));
    assert_eq!(schema["properties"]["seats"]["maximum"], 9);

    let params = json!({ "name": "welcome", "arguments": {} });
    let required = wire.result("tools/call", params.clone()).await;
    let answers = json!({ "name": accept(json!({ "name": "A" })) });
    let result = wire
        .result("tools/call", answered(&params, &required, answers))
        .await;
    assert_eq!(result["isError"], true, "{result}");
    let text = result["content"][0]["text"].as_str().unwrap();
    assert_eq!(text, "name: expected at least 2 characters, got 1");
}

/// Invalid arguments create no task. The answer is that of a direct call.
#[tokio::test(start_paused = true)]
async fn invalid_arguments_are_answered_before_a_task_is_created() {
    let server = serve().await;
    let mut wire = Wire::open(&server);
    for arguments in [
        json!({ "train": "IC 7", "seats": 2, "window": true, "unknown": "x".repeat(900_000) }),
        json!({ "train": 7, "seats": 10, "window": true }),
        json!({ "train": "IC 7", "seats": 2, "window": true, "ctx": {} }),
        json!({ "train": "IC 7", "seats": 2, "window": "perhaps" }),
    ] {
        let params = json!({ "name": "book", "arguments": arguments });
        let result = wire.result("tools/call", params.clone()).await;
        assert_eq!(result["isError"], true, "no task was created");
        let direct = wire
            .ask_as(json!({ "elicitation": {} }), "tools/call", params)
            .await;
        assert_eq!(result["content"], direct["result"]["content"]);
    }
    let snapshot = server.docket().unwrap().snapshot().await.unwrap();
    assert_eq!(snapshot.pending(), 0);
    assert!(snapshot.executions.is_empty());
}

/// All missing arguments are requested together; the body may ask further questions, also with equal texts.
#[tokio::test(start_paused = true)]
async fn missing_arguments_are_requested_together() {
    let server = serve().await;
    let mut wire = Wire::open(&server);
    let able = json!({ "elicitation": {} });
    let params = json!({ "name": "book", "arguments": { "train": "IC 7" } });
    let required = wire
        .ask_as(able.clone(), "tools/call", params.clone())
        .await["result"]
        .take();
    let keys: Vec<&String> = required["inputRequests"]
        .as_object()
        .unwrap()
        .keys()
        .collect();
    assert_eq!(keys, ["seats", "window"]);
    let answers = json!({
        "seats": accept(json!({ "seats": 2 })), "window": accept(json!({})),
    });
    let params = answered(&params, &required, answers);
    let required = wire
        .ask_as(able.clone(), "tools/call", params.clone())
        .await["result"]
        .take();
    let keys: Vec<&String> = required["inputRequests"]
        .as_object()
        .unwrap()
        .keys()
        .collect();
    assert_eq!(keys, ["seats#2"]);
    let answers = json!({ "seats#2": accept(json!({ "value": true })) });
    let params = answered(&params, &required, answers);
    let answer = wire.ask_as(able, "tools/call", params).await;
    let text = &answer["result"]["content"][0]["text"];
    assert_eq!(text, "IC 7, 2, None, true", "{answer}");
}

/// A refusal ends the call.
#[tokio::test(start_paused = true)]
async fn a_refusal_ends_the_call() {
    let server = serve().await;
    let mut wire = Wire::open(&server);
    let params = json!({ "name": "welcome", "arguments": {} });
    let required = wire.result("tools/call", params.clone()).await;
    let answers = json!({ "name": { "action": "decline" } });
    let result = wire
        .result("tools/call", answered(&params, &required, answers))
        .await;
    assert_eq!(result["resultType"], "complete", "there is no task");
    assert_eq!(result["isError"], true);
    assert_eq!(
        result["content"][0]["text"],
        "argument `name`: the user declined"
    );
}

/// A client that cannot be asked gets the usual error about a missing argument.
#[tokio::test(start_paused = true)]
async fn a_client_that_cannot_be_asked_gets_a_missing_argument_error() {
    let server = serve().await;
    let mut wire = Wire::open(&server);
    let params = json!({ "name": "welcome", "arguments": {} });
    let answer = wire
        .ask_as(json!({ "extensions": { TASKS: {} } }), "tools/call", params)
        .await;
    let result = &answer["result"];
    assert_eq!(result["isError"], true, "there is no task: {answer}");
    let text = result["content"][0]["text"].as_str().unwrap();
    assert_eq!(text, "name: required argument is missing");
}

/// A session of an earlier revision is asked on its connection.
#[tokio::test(start_paused = true)]
async fn a_session_client_is_asked_on_its_connection() {
    let server = serve().await;
    let mut wire = Wire::open(&server);
    let initialize = json!({ "protocolVersion": "2025-11-25", "capabilities": able(),
        "clientInfo": { "name": "old", "version": "0" } });
    wire.say(&json!({ "jsonrpc": "2.0", "id": 1, "method": "initialize", "params": initialize }))
        .await;
    wire.hear().await;
    wire.say(&json!({ "jsonrpc": "2.0", "method": "notifications/initialized" }))
        .await;
    wire.say(&json!({ "jsonrpc": "2.0", "id": 2, "method": "tools/call",
        "params": { "name": "book", "arguments": { "train": "IC 7" } } }))
        .await;
    let contents = [
        json!({ "seats": 3 }),
        json!({ "window": true }),
        json!({ "value": true }),
    ];
    for content in contents {
        let question = wire.hear().await;
        assert_eq!(question["method"], "elicitation/create", "{question}");
        wire.say(&json!({ "jsonrpc": "2.0", "id": question["id"], "result": accept(content) }))
            .await;
    }
    let answer = wire.hear().await;
    assert_eq!(
        answer["result"]["content"][0]["text"],
        "IC 7, 3, Some(true), true"
    );
}
