//! Calls as hosts of models really send them, and answers as hosts take them.

use std::collections::BTreeMap;
use std::time::Duration;

use fastmcp::prelude::*;
use fastmcp::{FastMcp, Server};
use fastmcp_tests::http::{Http, MODERN};
use fastmcp_tests::wire::Wire;
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};

#[fastmcp::data]
#[derive(Debug)]
struct Filter {
    field: String,
    limit: Option<u8>,
}

#[tool]
async fn search(filter: Filter, tags: Vec<String>, page: Option<u32>) -> String {
    format!("{filter:?} {tags:?} {page:?}")
}

#[tool(strict)]
async fn exact(count: u8) -> String {
    count.to_string()
}

#[tool(lenient)]
async fn loose(#[arg(default = 10)] count: u8) -> String {
    count.to_string()
}

#[tool(ignore_unknown)]
async fn tolerant(count: u8, docket: Option<Docket>) -> String {
    format!("{count} {}", docket.is_some())
}

#[tool]
async fn waits(wait_for_previous: bool) -> String {
    wait_for_previous.to_string()
}

/// Returns its argument.
#[tool]
async fn echo(value: Value) -> String {
    value.to_string()
}

/// Returns its argument, from a task of the protocol or directly.
#[tool(task)]
async fn echo_later(value: Value) -> String {
    value.to_string()
}

#[task]
async fn kept(value: BTreeMap<String, Value>) -> Result<Value> {
    Ok(value["a"].clone())
}

#[tool]
async fn through_a_task(value: Value, docket: Docket) -> Result<String> {
    let execution = docket.add(kept)(BTreeMap::from([("a".to_owned(), value)])).await?;
    Ok(execution.result().await?.to_string())
}

#[tool]
async fn does_nothing() {}

#[tool]
async fn slow(seconds: u64) -> u64 {
    tokio::time::sleep(Duration::from_secs(seconds)).await;
    seconds
}

#[tool(heartbeat = false)]
async fn silent(seconds: u64) -> u64 {
    tokio::time::sleep(Duration::from_secs(seconds)).await;
    seconds
}

#[tool(heartbeat = "40s")]
async fn rare(seconds: u64) -> u64 {
    tokio::time::sleep(Duration::from_secs(seconds)).await;
    seconds
}

/// Reports progress itself, after 20 seconds and after 30 more.
#[tool]
async fn reports(ctx: Context) {
    tokio::time::sleep(Duration::from_secs(20)).await;
    ctx.report_progress(0.0, Some(4.0), Some("started")).await;
    tokio::time::sleep(Duration::from_secs(30)).await;
    ctx.report_progress(3.0, Some(4.0), None).await;
}

fn builder() -> FastMcp {
    FastMcp::new("hosts").docket(Docket::memory("hosts"))
}

async fn call_with(builder: FastMcp, tool: &str, arguments: Value) -> (String, bool) {
    let server = builder.start().await.expect("the server starts");
    call(&server, tool, arguments).await
}

/// Calls a tool, and returns the text of the result and whether it is an error.
async fn call(server: &Server, tool: &str, arguments: Value) -> (String, bool) {
    let mut wire = Wire::of_sessions(server, json!({})).await;
    let params = json!({ "name": tool, "arguments": arguments });
    let response = wire.request("tools/call", params).await;
    let result = &response["result"];
    assert!(result.is_object(), "{response}");
    let text = result["content"][0]["text"].as_str().unwrap_or_default();
    (text.to_owned(), result["isError"] == true)
}

fn ok(text: &str) -> (String, bool) {
    (text.to_owned(), false)
}

#[tokio::test]
async fn text_is_read_as_json_unless_a_server_or_tool_is_strict() {
    let sent = json!({
        "filter": "{\"field\": \"7\", \"limit\": \"3\"}",
        "tags": "[\"1\"]",
        "page": "",
    });
    let read = ok("Filter { field: \"7\", limit: Some(3) } [\"1\"] None");
    assert_eq!(call_with(builder(), "search", sent.clone()).await, read);
    let strict = builder().strict_arguments(true);
    let (text, is_error) = call_with(strict, "search", sent).await;
    assert!(is_error && text.lines().count() == 3, "{text}");

    let server = builder().strict_arguments(true).start().await.unwrap();
    assert_eq!(
        call(&server, "loose", json!({ "count": "3" })).await,
        ok("3")
    );
    assert!(call(&server, "exact", json!({ "count": "3" })).await.1);
    let server = builder().start().await.unwrap();
    assert!(call(&server, "exact", json!({ "count": "3" })).await.1);
    for none in [json!(null), json!(""), json!("null")] {
        assert_eq!(
            call(&server, "loose", json!({ "count": none })).await,
            ok("10")
        );
    }
}

#[tokio::test]
async fn all_errors_are_reported_in_one_answer() {
    let sent = json!({
        "filter": "{\"field\": 7, \"limt\": 3}",
        "tags": "a",
        "page": "3.7",
        "pages": 1,
    });
    let (text, is_error) = call_with(builder(), "search", sent).await;
    assert!(is_error);
    assert_eq!(
        text,
        "filter.field: expected string, got number\n\
         tags: expected array, got string; send [\"a\"] for one element\n\
         page: expected an integer from 0 to 4294967295, got 3.7\n\
         pages: unknown argument; did you mean `page`?"
    );
}

#[tokio::test]
async fn arguments_that_hosts_add_are_ignored() {
    let server = builder().start().await.unwrap();
    let added = json!({ "count": 3, "wait_for_previous": true, "toolCallId": "call_1" });
    assert_eq!(call(&server, "exact", added).await, ok("3"));
    // A parameter of that name gets the value.
    let own = json!({ "wait_for_previous": true, "toolCallId": "call_1" });
    assert_eq!(call(&server, "waits", own).await, ok("true"));
    let (text, is_error) = call(&server, "exact", json!({ "count": 3, "cuont": 4 })).await;
    assert!(is_error && text.contains("did you mean `count`?"), "{text}");
}

#[tokio::test]
async fn a_server_or_a_tool_can_ignore_all_unknown_arguments() {
    let server = builder().start().await.unwrap();
    let sent = json!({ "count": 3, "anything": {} });
    assert_eq!(call(&server, "tolerant", sent.clone()).await, ok("3 true"));
    assert!(call(&server, "exact", sent.clone()).await.1);
    let (text, is_error) = call(&server, "tolerant", json!({ "count": 3, "docket": 1 })).await;
    assert!(
        is_error && text.contains("provided by the server"),
        "{text}"
    );
    let ignoring = builder().ignore_unknown_arguments(true);
    assert_eq!(call_with(ignoring, "exact", sent).await, ok("3"));
}

/// Values with the key that `serde_json` gives a meaning to if its feature `raw_value` is on.
fn private_keys() -> Vec<Value> {
    let key = "$serde_json::private::RawValue";
    vec![
        json!({ key: "[1]" }),
        json!({ key: 3 }),
        json!({ key: { key: null } }),
        json!([{ "a": [{ key: "not JSON", "b": 1 }] }]),
        json!({ "$serde_json::private::Number": "7" }),
    ]
}

#[tokio::test]
async fn no_key_of_an_argument_has_a_meaning() {
    let server = builder().start().await.unwrap();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/mcp", listener.local_addr().unwrap());
    let app = axum::Router::new().nest_service("/mcp", server.http_service());
    tokio::spawn(async move { axum::serve(listener, app).await });
    let http = Http::new(&url).with("mcp-protocol-version", MODERN);
    for value in private_keys() {
        let sent = json!({ "value": value });
        let expected = ok(&value.to_string());
        for tool in ["echo", "echo_later", "through_a_task"] {
            assert_eq!(call(&server, tool, sent.clone()).await, expected, "{tool}");
        }
        let answer = http.call("echo", sent).await;
        assert_eq!(answer.tool_text(), expected.0, "{answer:?}");
    }
}

#[tokio::test]
async fn a_tool_without_a_result_answers_ok() {
    assert_eq!(
        call_with(builder(), "does_nothing", json!({})).await,
        ok("ok")
    );
}

/// Calls a tool with a progress token, and returns the numbers and messages of its progress.
///
/// It reads without a limit of time, because the paused clock would reach that first.
async fn progress_of(builder: FastMcp, tool: &str, arguments: Value) -> Vec<(f64, Value)> {
    let server = builder.start().await.unwrap();
    let (read, mut write) = tokio::io::split(server.connect());
    let mut lines = BufReader::new(read).lines();
    let initialize = json!({
        "protocolVersion": "2025-11-25",
        "capabilities": {},
        "clientInfo": { "name": "hosts", "version": "1" },
    });
    let call = json!({
        "name": tool,
        "arguments": arguments,
        "_meta": { "progressToken": "p" },
    });
    for message in [
        json!({ "jsonrpc": "2.0", "id": 0, "method": "initialize", "params": initialize }),
        json!({ "jsonrpc": "2.0", "method": "notifications/initialized" }),
        json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": call }),
    ] {
        let line = format!("{message}\n");
        write.write_all(line.as_bytes()).await.unwrap();
    }
    let mut progress = Vec::new();
    loop {
        let line = lines.next_line().await.unwrap().unwrap();
        let message: Value = serde_json::from_str(&line).unwrap();
        if message["method"] == "notifications/progress" {
            let number = message["params"]["progress"].as_f64().unwrap();
            progress.push((number, message["params"]["message"].clone()));
        }
        if message["id"] == 1 {
            assert!(message["result"].is_object(), "{message}");
            return progress;
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_silent_handler_gets_a_heartbeat_every_fifteen_seconds() {
    let numbers = progress_of(builder(), "slow", json!({ "seconds": 50 })).await;
    assert_eq!(numbers.len(), 3, "{numbers:?}");
    assert!(numbers.is_sorted_by(|a, b| a.0 < b.0), "{numbers:?}");
    assert!(numbers[2].0 < 1e-9, "a heartbeat adds no progress");
    let short = progress_of(builder(), "slow", json!({ "seconds": 14 })).await;
    assert_eq!(short.len(), 0);
}

#[tokio::test(start_paused = true)]
async fn heartbeats_are_switched_by_tool_and_server() {
    let seconds = json!({ "seconds": 50 });
    let count = async |builder, tool| progress_of(builder, tool, seconds.clone()).await.len();
    assert_eq!(count(builder(), "silent").await, 0);
    assert_eq!(count(builder(), "rare").await, 1);
    assert_eq!(count(builder().heartbeat(None), "slow").await, 0);
    assert_eq!(count(builder().heartbeat(None), "rare").await, 1);
    assert_eq!(count(builder().heartbeat(Duration::ZERO), "slow").await, 0);
    let every = Duration::from_secs(10);
    assert_eq!(count(builder().heartbeat(every), "slow").await, 4);
}

#[tokio::test(start_paused = true)]
async fn heartbeats_keep_the_numbers_of_a_handler_increasing() {
    let progress = progress_of(builder(), "reports", json!({})).await;
    assert!(progress.is_sorted_by(|a, b| a.0 < b.0), "{progress:?}");
    // After 15, 20 (the handler's own), 35 and 50 (the handler's own) seconds. At 50 seconds, both
    // are due.
    let own: Vec<usize> = (0..progress.len())
        .filter(|index| progress[*index].1 == "started" || progress[*index].0 >= 3.0)
        .collect();
    assert_eq!(own.len(), 2, "{progress:?}");
    assert_eq!(own[0], 1, "{progress:?}");
}

#[tool(max_answer = "1kB")]
async fn long_text(letters: usize) -> String {
    "ö".repeat(letters)
}

#[tool(max_answer = "500B")]
async fn long_list(numbers: u32) -> Vec<u32> {
    (0..numbers).collect()
}

#[tool]
async fn nested_data() -> BTreeMap<String, (Option<u8>, Vec<f64>)> {
    BTreeMap::from([("ä\n".to_owned(), (None, vec![0.1, 2.0]))])
}

async fn result_of(wire: &mut Wire, tool: &str, arguments: Value) -> Value {
    let params = json!({ "name": tool, "arguments": arguments });
    wire.request("tools/call", params).await["result"].clone()
}

async fn read(wire: &mut Wire, uri: &Value) -> Value {
    wire.request("resources/read", json!({ "uri": uri })).await
}

#[tokio::test]
async fn a_large_answer_is_cut_and_kept_for_its_session() {
    let server = builder().start().await.unwrap();
    let mut wire = Wire::of_sessions(&server, json!({})).await;
    let short = result_of(&mut wire, "long_text", json!({ "letters": 500 })).await;
    assert_eq!(short["content"][0]["text"].as_str().unwrap().len(), 1000);
    let long = result_of(&mut wire, "long_text", json!({ "letters": 1000 })).await;
    let text = long["content"][0]["text"].as_str().unwrap();
    assert!(text.len() <= 1000, "{text}");
    assert!(text.contains("of 2000 bytes are shown"), "{text}");
    let link = &long["content"][1];
    assert_eq!(link["type"], "resource_link");
    let whole = read(&mut wire, &link["uri"]).await;
    assert_eq!(whole["result"]["contents"][0]["text"], "ö".repeat(1000));
    // Another session gets the same error as for an unknown resource.
    let mut other = Wire::of_sessions(&server, json!({})).await;
    let refused = read(&mut other, &link["uri"]).await;
    assert_eq!(refused["error"]["code"], -32002, "{refused}");
}

#[tokio::test(start_paused = true)]
async fn a_large_answer_is_kept_for_ten_minutes() {
    let server = builder().max_answer(100).start().await.unwrap();
    let mut wire = Wire::of_sessions(&server, json!({})).await;
    let long = result_of(&mut wire, "echo", json!({ "value": "x".repeat(1000) })).await;
    let uri = &long["content"][1]["uri"];
    tokio::time::sleep(Duration::from_secs(599)).await;
    assert!(read(&mut wire, uri).await["result"].is_object());
    tokio::time::sleep(Duration::from_secs(2)).await;
    assert!(read(&mut wire, uri).await["error"].is_object());
}

#[tokio::test]
async fn large_structured_content_is_never_cut_in_the_middle() {
    let server = builder().start().await.unwrap();
    let mut wire = Wire::of_sessions(&server, json!({})).await;
    let long = result_of(&mut wire, "long_list", json!({ "numbers": 1000 })).await;
    assert_eq!(long["structuredContent"], Value::Null);
    assert_eq!(long["isError"], true, "the tool lists an output schema");
    let text = long["content"][0]["text"].as_str().unwrap();
    assert!(
        text.contains("- result: an array of 1000 elements"),
        "{text}"
    );
    let whole = read(&mut wire, &long["content"][1]["uri"]).await;
    let whole = whole["result"]["contents"][0]["text"].as_str().unwrap();
    let whole: Value = serde_json::from_str(whole).unwrap();
    assert_eq!(whole["result"].as_array().unwrap().len(), 1000);
}

#[tokio::test]
async fn text_is_a_faithful_rendering_of_structured_content() {
    let server = builder().start().await.unwrap();
    let mut wire = Wire::of_sessions(&server, json!({})).await;
    for (tool, arguments) in [
        ("nested_data", json!({})),
        ("long_list", json!({ "numbers": 3 })),
        ("slow", json!({ "seconds": 0 })),
    ] {
        let result = result_of(&mut wire, tool, arguments).await;
        let text = result["content"][0]["text"].as_str().unwrap();
        let text: Value = serde_json::from_str(text).unwrap();
        let structured = &result["structuredContent"];
        let is_wrapped = structured
            .as_object()
            .is_some_and(|it| it.contains_key("result"));
        let value = if is_wrapped {
            &structured["result"]
        } else {
            structured
        };
        assert_eq!(&text, value, "{tool}");
    }
}
