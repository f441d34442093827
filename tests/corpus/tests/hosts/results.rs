//! Results: structured content that does not match the listed schema, and integers of 64 bits as text.

use std::borrow::Cow;
use std::collections::BTreeMap;

use fastmcp::client::Client;
use fastmcp::prelude::*;
use fastmcp::schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use fastmcp::{FastMcp, ToolResult, WideIntegers};
use serde_json::{Value, json};

/// A type whose hand-written schema is wrong.
#[derive(fastmcp::serde::Serialize)]
#[serde(crate = "fastmcp::serde")]
struct Mistaken {
    items: Vec<String>,
}

impl JsonSchema for Mistaken {
    fn schema_name() -> Cow<'static, str> {
        "Mistaken".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "object",
            "properties": { "items": { "type": "array", "items": { "type": "integer" } } },
        })
    }
}

/// Returns what its schema does not describe.
#[tool]
async fn mistaken() -> Mistaken {
    Mistaken {
        items: vec!["a".into()],
    }
}

#[fastmcp::data]
struct Report {
    total: u8,
}

/// Returns text only.
#[tool(output_schema = Report)]
async fn unstructured() -> String {
    "three".into()
}

/// Returns a declared report.
#[tool(output_schema = Report)]
async fn reported(total: i32) -> ToolResult {
    ToolResult::text("a report").with_structured_content(json!({ "total": total }))
}

/// Fails.
#[tool(output_schema = Report)]
async fn fails() -> Result<ToolResult> {
    Err(ToolError::new("on purpose").into())
}

#[fastmcp::data]
struct Written {
    #[serde(rename(serialize = "sent", deserialize = "got"))]
    value: u8,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    list: Vec<u8>,
    note: Option<u8>,
}

/// Returns what the type writes.
#[tool]
async fn written(value: Written) -> Written {
    value
}

#[fastmcp::data]
struct Left {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    id: Option<u8>,
}

#[fastmcp::data]
struct Right {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    id: Option<u8>,
}

#[fastmcp::data]
struct Both {
    #[serde(flatten)]
    left: Left,
    #[serde(flatten)]
    right: Right,
}

/// Writes one field twice.
#[tool]
async fn both() -> Both {
    Both {
        left: Left { id: Some(1) },
        right: Right { id: Some(2) },
    }
}

async fn connect(server: FastMcp) -> (fastmcp::Server, Client) {
    let server = server.start().await.unwrap();
    let client = Client::connect(&server).await.unwrap();
    (server, client)
}

/// Calls a tool and returns its structured content, or the text of its error.
async fn call(client: &Client, name: &str, arguments: Value) -> std::result::Result<Value, String> {
    let result = client.call_tool(name, arguments).await.unwrap();
    let text = json!(result.content[0])["text"].as_str().map(str::to_owned);
    if result.is_error {
        return Err(text.unwrap_or_default());
    }
    Ok(result.structured_content.unwrap_or(Value::Null))
}

#[tokio::test]
async fn a_result_that_does_not_match_its_schema_is_an_error_with_place_and_fix() {
    let (_server, client) = connect(FastMcp::new("results")).await;
    for (name, arguments, expected) in [
        (
            "mistaken",
            json!({}),
            "`items[0]` in its structured content does not match its output schema, so clients \
             refuse the result: expected integer, got \"a\"; make `JsonSchema` and `Serialize`",
        ),
        (
            "unstructured",
            json!({}),
            "its result has no structured content",
        ),
        (
            "reported",
            json!({ "total": 256 }),
            "`total` in its structured content does not match its output schema, so clients refuse \
             the result: the schema has `maximum: 255`, got 256; correct the value",
        ),
        ("both", json!({}), "`id` exists twice"),
    ] {
        let error = call(&client, name, arguments).await.unwrap_err();
        assert!(error.contains(expected), "{name}: {error}");
        assert!(error.contains(&format!("tool `{name}`")), "{error}");
    }
    assert_eq!(
        call(&client, "reported", json!({ "total": 3 })).await,
        Ok(json!({ "total": 3 }))
    );
    let failed = call(&client, "fails", json!({})).await;
    assert_eq!(failed.unwrap_err(), "on purpose");
    let (_server, client) = connect(FastMcp::new("results").check_results(false)).await;
    assert!(call(&client, "mistaken", json!({})).await.is_ok());
}

#[tokio::test]
async fn the_schema_of_a_result_is_that_of_what_the_type_writes() {
    let (_server, client) = connect(FastMcp::new("results")).await;
    let tools = client.list_tools().await.unwrap();
    let tool = tools.iter().find(|tool| tool.name == "written").unwrap();
    let output = json!(tool.output_schema);
    assert_eq!(output["required"], json!(["sent", "note"]));
    assert_eq!(
        tool.input_schema["properties"]["value"]["required"],
        json!(["got", "list"])
    );
    let arguments = json!({ "value": { "got": 1, "list": [] } });
    assert_eq!(
        call(&client, "written", arguments).await,
        Ok(json!({ "sent": 1, "note": null }))
    );
}

#[fastmcp::data]
struct Account {
    id: u64,
    balance: Option<i64>,
    pairs: Vec<(u64, u8)>,
    by_name: BTreeMap<String, usize>,
    kind: Kind,
    small: u32,
    #[schemars(range(max = 1000))]
    limited: u64,
}

#[fastmcp::data]
#[serde(tag = "kind")]
enum Kind {
    Numbered { number: u64 },
    Named { number: String },
}

/// Returns an account.
#[tool]
async fn account(account: Account) -> Account {
    account
}

/// Adds.
#[tool(wide_integers = "text", strict)]
async fn add(a: u64, #[arg(default = 1, max = 18_446_744_073_709_551_614)] b: u64) -> u64 {
    a + b
}

/// Adds.
#[tool(wide_integers = "number")]
async fn add_numbers(a: u64) -> u64 {
    a
}

#[tokio::test]
async fn integers_of_64_bits_can_be_text() {
    let server = FastMcp::new("results").wide_integers(WideIntegers::Text);
    let (server, client) = connect(server).await;
    let tools = client.list_tools().await.unwrap();
    let tool = json!(tools.iter().find(|tool| tool.name == "account"));
    let digits = json!({ "type": "string", "pattern": "^[0-9]+$" });
    assert_eq!(tool["outputSchema"]["properties"]["id"], digits);
    assert_eq!(
        tool["outputSchema"]["properties"]["balance"]["type"],
        json!(["string", "null"])
    );
    assert_eq!(
        tool["outputSchema"]["properties"]["small"]["type"],
        "integer"
    );
    assert_eq!(
        tool["outputSchema"]["properties"]["limited"]["type"],
        "integer"
    );
    let input = &tool["inputSchema"]["properties"]["account"]["properties"];
    assert_eq!(input["id"]["pattern"], "^[0-9]+$");
    let wide = json!({
        "id": u64::MAX, "balance": i64::MIN, "pairs": [[u64::MAX, 1]], "by_name": { "a": 7 },
        "kind": { "kind": "Numbered", "number": 3 }, "small": 5, "limited": 9,
    });
    let text = json!({
        "id": u64::MAX.to_string(), "balance": i64::MIN.to_string(),
        "pairs": [[u64::MAX.to_string(), 1]], "by_name": { "a": "7" },
        "kind": { "kind": "Numbered", "number": "3" }, "small": 5, "limited": 9,
    });
    for sent in [&wide, &text] {
        let result = client
            .call_tool("account", json!({ "account": sent }))
            .await
            .unwrap();
        assert_eq!(
            result.structured_content,
            Some(text.clone()),
            "{:?}",
            result.content
        );
        let shown = json!(result.content[0])["text"]
            .as_str()
            .unwrap()
            .to_owned();
        assert_eq!(serde_json::from_str::<Value>(&shown).unwrap(), text);
    }
    assert!(
        server
            .lints()
            .iter()
            .all(|it| it.code != "wide-integer" || it.component == "add_numbers")
    );
    let (_server, client) = connect(FastMcp::new("results")).await;
    let max = u64::MAX.to_string();
    for arguments in [json!({ "a": 1, "b": 2 }), json!({ "a": "1", "b": "2" })] {
        let sum = call(&client, "add", arguments).await;
        assert_eq!(sum, Ok(json!({ "result": "3" })));
    }
    let sum = call(&client, "add", json!({ "a": "18446744073709551614" })).await;
    assert_eq!(sum, Ok(json!({ "result": max })));
    for (name, arguments) in [
        ("add", json!({ "a": "1.5" })),
        ("add", json!({ "a": "-1" })),
        ("add", json!({ "a": "1", "b": max })),
        ("add", json!({ "a": "x" })),
    ] {
        let refused = call(&client, name, arguments.clone()).await;
        assert!(refused.is_err(), "{arguments}: {refused:?}");
    }
    let number = call(&client, "add_numbers", json!({ "a": 1 })).await;
    assert_eq!(number, Ok(json!({ "result": 1 })));
}
