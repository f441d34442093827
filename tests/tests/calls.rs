//! Invalid calls: the client gets every error, and the server continues.

use std::time::Duration;

use fastmcp::client::{Client, ClientError};
use fastmcp::prelude::*;
use fastmcp::{Selection, Server};
use serde_json::{Value, json};

/// One line of an order.
#[fastmcp::data]
struct Line {
    /// The name of the goods
    goods: String,
    price: f64,
}

/// Order goods.
#[tool(title = "Order goods")]
async fn order(
    /// What is ordered
    lines: Vec<Line>,
    #[arg(description = "How fast", default = 3)] days: u32,
    note: Option<String>,
) -> Result<String> {
    let sum: f64 = lines.iter().map(|line| line.price).sum();
    let goods: Vec<&str> = lines.iter().map(|line| &*line.goods).collect();
    Ok(format!(
        "{} for {sum} in {days} days, {note:?}",
        goods.join(" and ")
    ))
}

#[tool]
async fn fail(how: String) -> Result<String> {
    match &*how {
        "error" => Err(std::io::Error::other("the disk is full").into()),
        "tool error" => Err(ToolError::new("no more seats").into()),
        _ => panic!("lost the {how}"),
    }
}

#[tool]
async fn own_error(code: u8) -> Result<(), std::num::TryFromIntError> {
    i8::try_from(code).map(drop)
}

#[tool]
fn not_async(a: i64, b: i64) -> i64 {
    a - b
}

#[tool]
async fn nothing() {}

#[tool(name = "in-other/words.v2", allow("tool-name"))]
async fn renamed(r#type: String) -> String {
    r#type
}

/// Notifies the test when the call has started, and when it is dropped early.
struct Witness(tokio::sync::mpsc::UnboundedSender<&'static str>);

struct Dropped(tokio::sync::mpsc::UnboundedSender<&'static str>);

impl Drop for Dropped {
    fn drop(&mut self) {
        let _ = self.0.send("dropped");
    }
}

#[tool]
async fn wait_for_ever(witness: State<Witness>) {
    let _dropped = Dropped(witness.0.clone());
    let _ = witness.0.send("started");
    std::future::pending::<()>().await;
}

#[resource("order://{number}/{?copies}", mime_type = "text/csv")]
async fn order_file(number: u32, #[arg(default = 1)] copies: u8) -> Result<String> {
    if number == 0 {
        return Err(ToolError::new("there is no order 0").into());
    }
    Ok(format!("{number},{copies}"))
}

fn builder() -> (FastMcp, tokio::sync::mpsc::UnboundedReceiver<&'static str>) {
    let (tell, told) = tokio::sync::mpsc::unbounded_channel();
    (
        FastMcp::new("calls").version("7.1.0").state(Witness(tell)),
        told,
    )
}

async fn start() -> (Server, Client) {
    let server = builder().0.start().await.unwrap();
    let client = Client::connect(&server).await.unwrap();
    (server, client)
}

/// Returns the text of a result and whether it is an error.
async fn call(client: &Client, tool: &str, arguments: Value) -> (String, bool) {
    let result = client.call_tool(tool, arguments).await.expect(tool);
    let text = result.content.first().and_then(|content| content.as_text());
    (
        text.map(|text| text.text.clone()).unwrap_or_default(),
        result.is_error,
    )
}

#[tokio::test]
async fn a_tool_is_listed_with_its_docs_and_schema() {
    let (_server, client) = start().await;
    let tools = client.list_tools().await.unwrap();
    let names: Vec<&str> = tools.iter().map(|tool| &*tool.name).collect();
    let mut sorted = names.clone();
    sorted.sort_unstable();
    assert_eq!(names, sorted);

    let order = tools.iter().find(|tool| tool.name == "order").unwrap();
    assert_eq!(order.title.as_deref(), Some("Order goods"));
    assert_eq!(order.description.as_deref(), Some("Order goods."));
    assert_eq!(
        Value::Object((*order.input_schema).clone()),
        json!({
            "type": "object",
            "properties": {
                "lines": {
                    "type": "array",
                    "description": "What is ordered",
                    "items": {
                        "description": "One line of an order.",
                        "type": "object",
                        "properties": {
                            "goods": { "description": "The name of the goods", "type": "string" },
                            "price": { "type": "number" },
                        },
                        "required": ["goods", "price"],
                    },
                },
                "days": {
                    "type": "integer", "minimum": 0, "maximum": 4_294_967_295_u32,
                    "description": "How fast. Default: 3.", "default": 3,
                },
                "note": { "type": "string" },
            },
            "required": ["lines"],
        })
    );
    let info = client.server_info().unwrap();
    assert_eq!((&*info.name, &*info.version), ("calls", "7.1.0"));
}

#[tokio::test]
async fn valid_calls_succeed() {
    let (_server, client) = start().await;
    let lines = json!([{ "goods": "tea", "price": 2.5 }, { "goods": "milk", "price": 1 }]);
    let (text, _) = call(&client, "order", json!({ "lines": lines, "note": null })).await;
    assert_eq!(text, "tea and milk for 3.5 in 3 days, None");
    assert_eq!(
        call(&client, "not_async", json!({ "a": 1, "b": 3 }))
            .await
            .0,
        "-2"
    );
    assert_eq!(
        call(&client, "nothing", Value::Null).await,
        ("ok".into(), false)
    );
    let renamed = call(&client, "in-other/words.v2", json!({ "type": "raw" })).await;
    assert_eq!(renamed, ("raw".into(), false));
}

#[tokio::test]
async fn all_invalid_arguments_are_reported_together() {
    let (_server, client) = start().await;
    let arguments = json!({
        "lines": [{ "goods": "tea", "price": 2 }, { "goods": "milk", "price": "two" }, {}],
        "days": -1,
        "nots": "x",
    });
    let (text, is_error) = call(&client, "order", arguments).await;
    assert!(is_error);
    assert_eq!(
        text,
        "lines[1].price: expected number, got string\n\
         lines[2].goods: required field is missing\n\
         lines[2].price: required field is missing\n\
         days: expected an integer from 0 to 4294967295, got -1\n\
         nots: unknown argument; did you mean `note`?"
    );
    let (text, is_error) = call(&client, "order", Value::Null).await;
    assert_eq!(
        (&*text, is_error),
        ("lines: required argument is missing", true)
    );
}

#[tokio::test]
async fn a_failing_tool_reports_its_error_and_the_server_continues() {
    let (_server, client) = start().await;
    for (how, expected) in [
        ("error", "the disk is full"),
        ("tool error", "no more seats"),
        ("keys", "tool `fail`: panicked: lost the keys"),
    ] {
        assert_eq!(
            call(&client, "fail", json!({ "how": how })).await,
            (expected.into(), true)
        );
    }
    let (text, is_error) = call(&client, "own_error", json!({ "code": 200 })).await;
    assert!(is_error && text.contains("out of range"), "{text}");
    assert!(!call(&client, "own_error", json!({ "code": 2 })).await.1);
}

#[tokio::test]
async fn masked_details_stay_on_the_server() {
    let server = builder().0.mask_error_details(true).start().await.unwrap();
    let client = Client::connect(&server).await.unwrap();
    for (how, expected) in [
        ("error", "tool `fail` failed"),
        ("tool error", "no more seats"),
        ("keys", "tool `fail` failed"),
    ] {
        assert_eq!(
            call(&client, "fail", json!({ "how": how })).await,
            (expected.into(), true)
        );
    }
    let (text, _) = call(&client, "fail", json!({})).await;
    assert_eq!(text, "how: required argument is missing");
}

#[tokio::test]
async fn unknown_components_are_refused_with_error_codes() {
    let (_server, client) = start().await;
    let refused = |result: Result<(), ClientError>| match result {
        Err(ClientError::Refused {
            code,
            message,
            data,
        }) => (code, message, data),
        other => panic!("{other:?}"),
    };
    let answer = client.call_tool("ordr", Value::Null).await.map(drop);
    assert_eq!(
        refused(answer),
        (
            -32602,
            "unknown tool `ordr`; did you mean `order`?".into(),
            None
        )
    );
    let answer = client.get_prompt("poem", Value::Null).await.map(drop);
    assert_eq!(
        refused(answer),
        (-32602, "unknown prompt `poem`".into(), None)
    );
    let (code, message, data) = refused(client.read_resource("order://7").await.map(drop));
    assert!([-32602, -32002].contains(&code), "{code}");
    assert_eq!(
        (&*message, data),
        (
            "unknown resource `order://7`",
            Some(json!({ "uri": "order://7" }))
        )
    );
}

#[tokio::test]
async fn a_template_reads_its_variables_from_the_uri() {
    let (_server, client) = start().await;
    let contents = client.read_resource("order://12/?copies=3").await.unwrap();
    assert_eq!(
        json!(contents),
        json!([{ "uri": "order://12/?copies=3", "mimeType": "text/csv", "text": "12,3" }])
    );
    let contents = client.read_resource("order://12/").await.unwrap();
    assert_eq!(json!(contents[0])["text"], "12,1");

    for (uri, expected) in [
        (
            "order://many/",
            "number: expected an integer from 0 to 4294967295, got \"many\"",
        ),
        (
            "order://1/?copies=300",
            "copies: expected an integer from 0 to 255, got 300",
        ),
        (
            "order://1/?copy=3",
            "copy: unknown argument; did you mean `copies`?",
        ),
        ("order://0/", "there is no order 0"),
    ] {
        let error = client.read_resource(uri).await.unwrap_err().to_string();
        assert!(error.contains(expected), "{uri}: {error}");
    }
}

#[tokio::test]
async fn calls_are_cancelled_when_their_client_disconnects() {
    let (builder, mut told) = builder();
    let server = builder.start().await.unwrap();
    let client = Client::connect(&server).await.unwrap();
    let calling = tokio::spawn(async move { client.call_tool("wait_for_ever", Value::Null).await });
    assert_eq!(told.recv().await, Some("started"));
    calling.abort();
    let dropped = tokio::time::timeout(Duration::from_secs(30), told.recv()).await;
    assert_eq!(dropped, Ok(Some("dropped")));

    let client = Client::connect(&server).await.unwrap();
    assert_eq!(
        call(&client, "not_async", json!({ "a": 1, "b": 3 }))
            .await
            .0,
        "-2"
    );
}

/// Doubles a number.
#[tool]
fn double(number: u64) -> u64 {
    number * 2
}

/// The fast path runs two batches of calls at once, so most of these calls wait in the buffer when the input ends.
#[tokio::test]
async fn every_call_before_the_end_of_the_input_gets_its_response() {
    for calls in [1, 40, 80, 200, 1000] {
        let server = FastMcp::new("doubling").select(Selection::name("double"));
        let server = server.start().await.unwrap();
        let initialize = json!({
            "jsonrpc": "2.0", "id": 0, "method": "initialize",
            "params": { "protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": { "name": "t", "version": "1" } },
        });
        let initialized = json!({ "jsonrpc": "2.0", "method": "notifications/initialized" });
        let call = |id: u64| {
            let params = json!({ "name": "double", "arguments": { "number": id } });
            json!({ "jsonrpc": "2.0", "id": id, "method": "tools/call", "params": params })
        };
        let messages = [initialize, initialized]
            .into_iter()
            .chain((1..=calls).map(call));
        let lines: Vec<String> = messages.map(|message| message.to_string()).collect();
        // The last line lacks its newline.
        let input = std::io::Cursor::new(lines.join("\n").into_bytes());
        let (mut responses, output) = tokio::io::duplex(1024);
        let read = async {
            let mut text = String::new();
            tokio::io::AsyncReadExt::read_to_string(&mut responses, &mut text)
                .await
                .unwrap();
            text
        };
        let (served, text) = tokio::join!(server.serve(input, output), read);
        served.unwrap();
        let mut ids: Vec<u64> = Vec::new();
        for line in text.lines() {
            let response: Value = serde_json::from_str(line).unwrap();
            let id = response["id"].as_u64().unwrap();
            if id > 0 {
                let sum = &response["result"]["structuredContent"]["result"];
                assert_eq!(sum, &json!(id * 2), "{response}");
                ids.push(id);
            }
        }
        ids.sort_unstable();
        assert_eq!(ids, (1..=calls).collect::<Vec<_>>());
    }
}
