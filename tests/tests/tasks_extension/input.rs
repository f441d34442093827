//! Tasks that request input (T14, T15, T18 to T22), and the same bodies in direct calls.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use fastmcp::Server;
use fastmcp::dependencies::{State, Steps};
use fastmcp::docket::ExecutionState;
use fastmcp::prelude::*;
use serde_json::{Value, json};

use crate::stage::{TASKS, Wire, acknowledged, builder, serve, serve_on};

/// The number of times that bodies started.
#[derive(Clone, Default)]
pub(crate) struct Begun(Arc<AtomicU32>);

#[fastmcp::data]
struct Confirm {
    /// Whether to go on
    confirm: bool,
}

/// Asks before it deletes.
#[tool(task)]
async fn delete(file: String, ctx: Context, begun: Option<State<Begun>>) -> Result<String> {
    if let Some(begun) = begun {
        begun.0.fetch_add(1, Ordering::SeqCst);
    }
    ctx.report_progress(1.0, None, Some("asking")).await;
    let answer: Confirm = ctx.elicit(format!("Delete {file}?")).key("sure").await?;
    let what = if answer.confirm { "is gone" } else { "stays" };
    Ok(format!("{file} {what}"))
}

/// Asks for two things at once, and for a third when it has them.
#[tool(task)]
async fn trip(ctx: Context) -> Result<String> {
    let from = ctx.elicit::<String>("From where?").key("from");
    let to = ctx.elicit::<String>("To where?").key("to");
    let (from, to) = tokio::join!(from.into_future(), to.into_future());
    let seats: u8 = ctx.elicit("How many seats?").key("seats").await?;
    Ok(format!("{seats} from {} to {}", from?, to?))
}

/// Asks the same thing until it gets a small number.
#[tool(task)]
async fn small(ctx: Context) -> Result<String> {
    let mut asked = 0;
    loop {
        asked += 1;
        let number: u32 = ctx.elicit("A small number?").key("number").await?;
        if number < 10 {
            return Ok(format!("{number}, asked {asked} times"));
        }
    }
}

/// Uses keys that look like the generated keys of a repeated question.
#[tool(task)]
async fn alike(ctx: Context) -> Result<String> {
    let mut answers = Vec::new();
    for key in ["a", "a#2", "a", "a-2", "a#2"] {
        let question = format!("Number {}?", answers.len());
        answers.push(ctx.elicit::<u32>(question).key(key).await?);
    }
    Ok(format!("{answers:?}"))
}

/// Requests sampling and roots.
#[tool(task)]
async fn model(ctx: Context) -> Result<String> {
    let roots = ctx.list_roots().await?;
    let said = ctx.sample("Which is the capital of France?").await?;
    Ok(format!("{} in {}", said.text(), roots[0].uri))
}

/// Charges, asks, waits for ten minutes and ships.
#[tool(task)]
async fn purchase(ctx: Context, steps: Steps, begun: Option<State<Begun>>) -> Result<String> {
    let count = || {
        begun
            .as_ref()
            .map_or(0, |begun| begun.0.fetch_add(1, Ordering::SeqCst))
    };
    let charge = steps.step("charge").run(async { Ok(count()) }).await?;
    let answer: Confirm = ctx.elicit("Ship it?").key("ship").await?;
    if answer.confirm {
        steps.sleep("packing", Duration::from_mins(10)).await?;
    }
    let ship = steps.step("ship").run(async { Ok(count()) }).await?;
    Ok(format!("charged in step {charge}, shipped in step {ship}"))
}

fn accept(content: Value) -> Value {
    json!({ "action": "accept", "content": content })
}

fn value(value: impl Into<Value>) -> Value {
    accept(json!({ "value": value.into() }))
}

fn keys(task: &Value) -> Vec<String> {
    let open = task["inputRequests"].as_object().expect("open questions");
    open.keys().cloned().collect()
}

fn text(task: &Value) -> &str {
    task["result"]["content"][0]["text"].as_str().unwrap()
}

async fn pending(server: &Server) -> (usize, usize) {
    let snapshot = server.docket().unwrap().snapshot().await.unwrap();
    (snapshot.scheduled, snapshot.running)
}

/// T14: the task lists its input requests and uses no slot while it waits.
#[tokio::test(start_paused = true)]
async fn a_task_that_asks_waits_without_a_worker() {
    let server = serve().await;
    let mut wire = Wire::open(&server);
    let mut ids = Vec::new();
    // More tasks than the worker has slots.
    for file in 0..30 {
        ids.push(
            wire.start("delete", json!({ "file": format!("{file}.txt") }))
                .await,
        );
    }
    for (file, id) in ids.iter().enumerate() {
        let task = wire.until(id, "input_required").await;
        assert_eq!(task["resultType"], "complete");
        assert!(task.get("result").is_none() && task.get("requestState").is_none());
        let request = &task["inputRequests"]["sure"];
        assert_eq!(request["method"], "elicitation/create");
        assert_eq!(request["params"]["message"], format!("Delete {file}.txt?"));
        let form = &request["params"]["requestedSchema"]["properties"];
        assert_eq!(form["confirm"]["type"], "boolean");
    }
    assert_eq!(pending(&server).await, (30, 0));
    let id = wire.start("add", json!({ "a": 1, "b": 2 })).await;
    wire.until(&id, "completed").await;
    for id in ids {
        let answer = accept(json!({ "confirm": true, "name": "fields that nobody asked for" }));
        acknowledged(&wire.update(&id, json!({ "sure": answer })).await);
        assert!(text(&wire.until(&id, "completed").await).ends_with(" is gone"));
    }
}

/// T19 to T22, and T15: answers may arrive separately; answered questions are no longer listed.
#[tokio::test(start_paused = true)]
async fn partial_answers_accumulate() {
    let server = serve().await;
    let mut wire = Wire::open(&server);
    let id = wire.start("trip", json!({})).await;
    let task = wire.until(&id, "input_required").await;
    assert_eq!(keys(&task), ["from", "to"], "all of them");

    acknowledged(&wire.update(&id, json!({ "to": value("Rome") })).await);
    let task = wire.get(&id).await;
    assert_eq!(task["status"], "input_required");
    assert_eq!(keys(&task), ["from"], "at once");

    // An answered key, an unknown key, a future key, and no answer.
    let others = json!({
        "to": value("Paris"), "other": value("x"), "seats": value(9), "from": 7,
    });
    acknowledged(&wire.update(&id, others).await);
    assert_eq!(wire.get(&id).await, task, "nothing has changed");

    acknowledged(&wire.update(&id, json!({ "from": value("Bern") })).await);
    let task = wire.until(&id, "input_required").await;
    assert_eq!(
        keys(&task),
        ["seats"],
        "what came before it was asked is forgotten"
    );
    // T20: superseded.
    acknowledged(&wire.update(&id, json!({ "from": value("Oslo") })).await);
    assert_eq!(wire.get(&id).await, task);
    acknowledged(&wire.update(&id, json!({ "seats": value(2) })).await);
    let task = wire.until(&id, "completed").await;
    assert_eq!(text(&task), "2 from Bern to Rome");
    assert!(task.get("inputRequests").is_none());
}

/// T18: a repeated question has a new key, and every answer belongs to its own question.
#[tokio::test(start_paused = true)]
async fn question_keys_are_never_reused() {
    let server = serve().await;
    let mut wire = Wire::open(&server);
    let id = wire.start("small", json!({})).await;
    let mut seen: Vec<String> = Vec::new();
    for number in [100, 50, 20, 7] {
        let task = wire.until(&id, "input_required").await;
        let [key] = &keys(&task)[..] else {
            panic!("one question: {task}");
        };
        assert!(!seen.contains(key), "{key} again");
        wire.update(&id, json!({ key: value(number) })).await;
        seen.push(key.clone());
    }
    let task = wire.until(&id, "completed").await;
    assert_eq!(text(&task), "7, asked 4 times");
}

/// T18: the tool's own keys are not confused with generated keys.
#[tokio::test(start_paused = true)]
async fn tool_keys_and_generated_keys_never_collide() {
    let server = serve().await;
    let mut wire = Wire::open(&server);
    let id = wire.start("alike", json!({})).await;
    let mut seen: Vec<String> = Vec::new();
    for number in 0..5 {
        let task = wire.until(&id, "input_required").await;
        let [key] = &keys(&task)[..] else {
            panic!("one question: {task}");
        };
        let message = &task["inputRequests"][key]["params"]["message"];
        assert_eq!(*message, format!("Number {number}?"));
        assert!(!seen.contains(key), "{key} again");
        wire.update(&id, json!({ key: value(number) })).await;
        seen.push(key.clone());
    }
    let task = wire.until(&id, "completed").await;
    assert_eq!(text(&task), "[0, 1, 2, 3, 4]");
}

/// An answer of the wrong type is passed to the body; here, the tool fails.
#[tokio::test(start_paused = true)]
async fn an_answer_of_the_wrong_type_is_an_error() {
    let server = serve().await;
    let mut wire = Wire::open(&server);
    for (answer, expected) in [
        (accept(json!({ "confirm": "perhaps" })), "invalid answer"),
        (json!({ "action": "decline" }), "declined"),
        (json!({ "action": "cancel" }), "cancelled"),
    ] {
        let id = wire.start("delete", json!({ "file": "a" })).await;
        wire.until(&id, "input_required").await;
        wire.update(&id, json!({ "sure": answer })).await;
        let task = wire.until(&id, "completed").await;
        assert_eq!(task["result"]["isError"], true);
        assert!(text(&task).contains(expected), "{task}");
    }
}

/// Sampling and roots use the same mechanism.
#[tokio::test(start_paused = true)]
async fn sampling_and_roots_work_in_tasks() {
    let server = serve().await;
    let mut wire = Wire::open(&server);
    let id = wire.start("model", json!({})).await;
    let task = wire.until(&id, "input_required").await;
    let key = keys(&task).remove(0);
    assert_eq!(task["inputRequests"][&key]["method"], "roots/list");
    let roots = json!({ "roots": [{ "uri": "file:///home/ada" }] });
    wire.update(&id, json!({ key: roots })).await;
    let task = wire.until(&id, "input_required").await;
    let key = keys(&task).remove(0);
    assert_eq!(
        task["inputRequests"][&key]["method"],
        "sampling/createMessage"
    );
    let said = json!({ "role": "assistant", "model": "m", "content": { "type": "text", "text": "Paris" } });
    wire.update(&id, json!({ key: said })).await;
    assert_eq!(
        text(&wire.until(&id, "completed").await),
        "Paris in file:///home/ada"
    );
}

/// An undeclared capability is not requested; the error equals that of a direct call.
#[tokio::test(start_paused = true)]
async fn a_task_does_not_ask_for_an_undeclared_capability() {
    let server = serve().await;
    let mut wire = Wire::open(&server);
    let params = json!({ "name": "delete", "arguments": { "file": "a" } });
    let direct = wire.ask_as(json!({}), "tools/call", params.clone()).await;
    let capabilities = json!({ "extensions": { TASKS: {} } });
    let handle = wire.ask_as(capabilities, "tools/call", params).await;
    let id = handle["result"]["taskId"].as_str().unwrap();
    let task = wire.until(id, "failed").await;
    assert_eq!(task["error"], direct["error"], "{task}");
    assert_eq!(task["error"]["code"], -32021);
    assert_eq!(task["statusMessage"], task["error"]["message"]);
    assert!(task.get("result").is_none());
}

/// A restart between a question and its answer loses nothing; the body runs again exactly once.
#[tokio::test(start_paused = true)]
async fn a_question_survives_a_restart() {
    let begun = Begun::default();
    let docket = Docket::memory("tasks");
    let serve = async || {
        let server = builder().state(begun.clone()).docket(docket.clone());
        server.start().await.unwrap()
    };
    let server = serve().await;
    let mut wire = Wire::open(&server);
    let id = wire.start("delete", json!({ "file": "a" })).await;
    let asked = wire.until(&id, "input_required").await;
    assert_eq!(asked["statusMessage"], "asking");
    server.shutdown().await.unwrap();

    let server = serve().await;
    let mut wire = Wire::open(&server);
    assert_eq!(wire.get(&id).await, asked);
    tokio::time::sleep(Duration::from_mins(10)).await;
    assert_eq!(begun.0.load(Ordering::SeqCst), 1, "nobody asks in vain");
    wire.update(&id, json!({ "sure": accept(json!({ "confirm": false })) }))
        .await;
    let task = wire.until(&id, "completed").await;
    assert_eq!(text(&task), "a stays");
    assert_eq!(begun.0.load(Ordering::SeqCst), 2);
}

/// Steps, questions and sleeps work together: each step runs once, and the task is `working` while it sleeps.
#[tokio::test(start_paused = true)]
async fn steps_run_once_around_questions_and_sleeps() {
    let begun = Begun::default();
    let server = builder().state(begun.clone());
    let server = server
        .docket(Docket::memory("tasks"))
        .start()
        .await
        .unwrap();
    let mut wire = Wire::open(&server);
    let id = wire.start("purchase", json!({})).await;
    let task = wire.until(&id, "input_required").await;
    assert_eq!(keys(&task), ["ship"]);
    assert_eq!(pending(&server).await, (1, 0));
    let answer = accept(json!({ "confirm": true }));
    acknowledged(&wire.update(&id, json!({ "ship": answer })).await);
    tokio::time::sleep(Duration::from_mins(9)).await;
    assert_eq!(pending(&server).await, (1, 0), "it sleeps without a slot");
    assert_eq!(wire.get(&id).await["status"], "working");
    tokio::time::sleep(Duration::from_mins(2)).await;
    let task = wire.until(&id, "completed").await;
    assert_eq!(text(&task), "charged in step 0, shipped in step 1");
    assert_eq!(begun.0.load(Ordering::SeqCst), 2);
}

/// One server may receive the answers, and another may continue the body.
#[tokio::test(start_paused = true)]
async fn another_server_can_take_the_answer_and_continue() {
    let docket = Docket::memory("tasks");
    let (one, other) = (serve_on(&docket).await, serve_on(&docket).await);
    let id = Wire::open(&one)
        .start("delete", json!({ "file": "a" }))
        .await;
    let mut wire = Wire::open(&other);
    wire.until(&id, "input_required").await;
    one.shutdown().await.unwrap();
    wire.update(&id, json!({ "sure": accept(json!({ "confirm": true })) }))
        .await;
    assert_eq!(text(&wire.until(&id, "completed").await), "a is gone");
}

/// T24: a task that waits for input is cancelled at once.
#[tokio::test(start_paused = true)]
async fn a_task_that_asks_can_be_cancelled() {
    let server = serve().await;
    let mut wire = Wire::open(&server);
    let id = wire.start("delete", json!({ "file": "a" })).await;
    wire.until(&id, "input_required").await;
    acknowledged(&wire.cancel(&id).await);
    let task = wire.get(&id).await;
    assert_eq!(task["status"], "cancelled");
    assert!(task.get("inputRequests").is_none());
    acknowledged(
        &wire
            .update(&id, json!({ "sure": accept(json!({ "confirm": true })) }))
            .await,
    );
    assert_eq!(wire.get(&id).await, task);
    let key = format!("fastmcp:task/{id}");
    let execution = server.docket().unwrap().get(key).await.unwrap().unwrap();
    assert_eq!(execution.state().await, Ok(ExecutionState::Cancelled));
}

/// Two concurrent answers are both recorded.
#[tokio::test(start_paused = true)]
async fn concurrent_answers_are_all_recorded() {
    let server = serve().await;
    let (mut one, mut other) = (Wire::open(&server), Wire::open(&server));
    for _ in 0..20 {
        let id = one.start("trip", json!({})).await;
        one.until(&id, "input_required").await;
        tokio::join!(
            one.update(&id, json!({ "from": value("Bern") })),
            other.update(&id, json!({ "to": value("Rome") })),
        );
        let task = loop {
            let task = one.get(&id).await;
            if task["status"] == "input_required" && keys(&task) == ["seats"] {
                break task;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        };
        assert_eq!(keys(&task), ["seats"]);
    }
}

/// In a direct call of this revision, the same body uses multi round-trip requests.
#[tokio::test(start_paused = true)]
async fn the_same_body_asks_by_rounds_in_a_plain_call() {
    let server = serve().await;
    let mut wire = Wire::open(&server);
    let able = json!({ "elicitation": {} });
    let params = json!({ "name": "delete", "arguments": { "file": "a" } });
    let mut answer = wire
        .ask_as(able.clone(), "tools/call", params.clone())
        .await;
    let required = answer["result"].take();
    assert_eq!(required["resultType"], "input_required");
    assert_eq!(keys(&required), ["sure"]);
    let mut params = params;
    params["requestState"] = required["requestState"].clone();
    params["inputResponses"] = json!({ "sure": accept(json!({ "confirm": true })) });
    let answer = wire.ask_as(able, "tools/call", params).await;
    assert_eq!(answer["result"]["content"][0]["text"], "a is gone");
}

/// In a session of an earlier revision, the same body asks on the connection and waits for the
/// answer.
#[tokio::test(start_paused = true)]
async fn the_same_body_asks_a_session_directly() {
    let begun = Begun::default();
    let server = builder()
        .state(begun.clone())
        .docket(Docket::memory("tasks"));
    let server = server.start().await.unwrap();
    let mut wire = Wire::open(&server);
    let initialize = json!({ "protocolVersion": "2025-11-25",
        "capabilities": { "elicitation": {} }, "clientInfo": { "name": "old", "version": "0" } });
    wire.say(&json!({ "jsonrpc": "2.0", "id": 1, "method": "initialize", "params": initialize }))
        .await;
    wire.hear().await;
    wire.say(&json!({ "jsonrpc": "2.0", "method": "notifications/initialized" }))
        .await;
    wire.say(&json!({ "jsonrpc": "2.0", "id": 2, "method": "tools/call",
        "params": { "name": "delete", "arguments": { "file": "a" } } }))
        .await;
    let question = wire.hear().await;
    assert_eq!(question["method"], "elicitation/create", "{question}");
    wire.say(&json!({ "jsonrpc": "2.0", "id": question["id"],
        "result": accept(json!({ "confirm": true })) }))
        .await;
    let answer = wire.hear().await;
    assert_eq!(answer["result"]["content"][0]["text"], "a is gone");
    assert_eq!(begun.0.load(Ordering::SeqCst), 1, "it was not run again");
}
