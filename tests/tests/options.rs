//! The options of `#[tool]`, `#[resource]`, `#[prompt]` and `#[arg]`, as a client sees them.
#![allow(
    clippy::unnecessary_wraps,
    clippy::option_option,
    reason = "handlers of every form are what is tested"
)]

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use fastmcp::client::Client;
use fastmcp::mcp::{ContentBlock, Icon, Role, Tool};
use fastmcp::prelude::*;
use fastmcp::{Server, ToolResult, content};
use serde_json::{Map, Value, json};

const fn from_elsewhere() -> bool {
    true
}

fn vendor_meta() -> Map<String, Value> {
    Map::from_iter([("vendor/level".to_owned(), json!(3))])
}

#[tool(
    title = "Look at it",
    icons("https://example.com/eye.png", Icon::new("data:,").with_mime_type("image/png")),
    tags("seeing", "cheap"),
    annotations(read_only, destructive = false, idempotent = from_elsewhere(), open_world = false),
    meta = { "vendor/level": 2, "nested": { "list": [1, null] } }
)]
async fn look() -> &'static str {
    "seen"
}

#[tool(meta = vendor_meta(), enabled = true)]
async fn meta_from_an_expression() {}

#[tool(enabled = false)]
async fn switched_off(#[arg(min = 3, max = 2)] _never_checked: u8) {}

#[resource("off://switch", enabled = false)]
async fn resource_switched_off() -> String {
    String::new()
}

#[prompt(enabled = 1 > 2)]
async fn prompt_switched_off() -> String {
    String::new()
}

/// Notifies the test when it is dropped.
struct Witness(tokio::sync::mpsc::UnboundedSender<&'static str>);

struct Dropped(tokio::sync::mpsc::UnboundedSender<&'static str>);

impl Drop for Dropped {
    fn drop(&mut self) {
        let _ = self.0.send("dropped");
    }
}

#[tool(timeout = "30s")]
async fn too_slow(witness: Option<State<Witness>>) {
    let _dropped = witness.map(|witness| Dropped(witness.0.clone()));
    std::future::pending::<()>().await;
}

#[tool(timeout = Duration::from_millis(1500))]
async fn slow_but_in_time() -> u8 {
    tokio::time::sleep(Duration::from_millis(1499)).await;
    7
}

#[resource("slow://one", timeout = "2m")]
async fn slow_resource() -> String {
    std::future::pending().await
}

#[tool(blocking)]
fn blocks(by: &str, twice: bool) -> String {
    assert!(by != "panic", "it panicked");
    by.repeat(usize::from(twice) + 1)
}

/// Returns the thread of a plain function, for comparison.
#[tool(blocking)]
fn thread_of_the_pool() -> String {
    format!("{:?}", std::thread::current().id())
}

#[tool]
fn thread_of_the_runtime() -> String {
    format!("{:?}", std::thread::current().id())
}

#[tool(schemas = "exact", input_schema = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "type": "object",
    "$defs": { "address": { "$anchor": "here", "type": "object" } },
    "properties": { "home": { "$ref": "#/$defs/address" }, "name": {} },
    "if": { "required": ["home"] },
    "then": { "required": ["name"] },
    "additionalProperties": false
})]
async fn verbatim(name: Option<String>, home: Option<Value>) -> String {
    format!("{name:?} {home:?}")
}

#[tool(lenient)]
async fn lenient(
    #[arg(range = 1..=10)] count: u8,
    exact: Option<bool>,
    factors: Vec<f64>,
    text: Option<String>,
) -> String {
    format!("{count} {exact:?} {factors:?} {text:?}")
}

#[tool(strict)]
async fn strict(count: u8) -> u8 {
    count
}

#[tool]
async fn limited(
    /// How many
    #[arg(range = 1..=10, default = 5, examples(3, 4))]
    count: u32,
    #[arg(min = -1.5, max = 1.5)] ratio: Option<f64>,
    #[arg(length = 2..=4, pattern = "^[a-z]+$")] code: Option<String>,
    #[arg(length = 1.., description = "Not empty")] items: Option<Vec<u8>>,
    #[arg(length = ..=1)] by_name: Option<HashMap<String, u8>>,
    #[arg(rename = "type", deprecated)] kind: Option<String>,
) -> String {
    format!("{count} {ratio:?} {code:?} {items:?} {by_name:?} {kind:?}")
}

#[tool]
async fn with_headers(
    #[arg(header = "Region")] region: String,
    #[arg(header = "Tenant-Id")] tenant: Option<u32>,
) -> String {
    format!("{region} {tenant:?}")
}

#[tool]
async fn conditional(
    always: u8,
    #[cfg(all(test, not(doctest)))]
    #[arg(default = 2)]
    here: u8,
    #[cfg(any())] never: std::sync::MutexGuard<'_, u8>,
) -> u8 {
    #[cfg(any())]
    drop(never);
    always + here
}

/// A tree of names.
#[fastmcp::data]
struct Tree {
    name: String,
    children: Vec<Tree>,
}

#[fastmcp::data]
#[serde(rename_all = "snake_case")]
enum Speed {
    Fast,
    Slow,
}

#[fastmcp::data]
#[serde(tag = "kind", rename_all = "snake_case")]
enum Shape {
    Circle { radius: f32 },
    Square { side: u8 },
}

#[fastmcp::data]
struct Report {
    rows: u64,
}

#[tool]
async fn prune(tree: Tree, depth: u8) -> Tree {
    let depth = depth.saturating_sub(1);
    let mut tree = tree;
    if depth == 0 {
        tree.children.clear();
    }
    tree
}

#[tool]
#[allow(clippy::option_option, reason = "what a client may do is to be seen")]
async fn everything(
    speed: Speed,
    shape: Shape,
    by_name: BTreeMap<String, Vec<u8>>,
    pair: (String, i16),
    nested: Option<Option<u8>>,
) -> Shape {
    let _ = (speed, by_name, pair, nested);
    shape
}

#[tool]
async fn maybe(found: bool) -> Option<Report> {
    found.then_some(Report { rows: 3 })
}

#[tool]
async fn any_json(list: bool) -> Value {
    if list { json!([1]) } else { json!({ "a": 1 }) }
}

#[tool]
async fn wrong_keys() -> HashMap<(u8, u8), String> {
    HashMap::from([((1, 2), "no key of JSON".to_owned())])
}

#[tool(output_schema = Report)]
async fn declared(good: bool) -> ToolResult {
    let result = ToolResult::text("three rows");
    if good {
        result.with_structured_content(json!({ "rows": 3 }))
    } else {
        ToolResult::error("no rows")
    }
}

#[tool(output_schema = { "type": "object", "required": ["a"] })]
async fn declared_for_any(list: bool) -> Value {
    if list { json!([1]) } else { json!({ "a": 1 }) }
}

#[tool]
async fn blocks_of_content() -> [ContentBlock; 4] {
    [
        content::image([1, 2, 3], "image/png"),
        content::audio([1], "audio/wav"),
        content::text_resource("data://a", "text/csv", "1,2"),
        content::resource_link("data://b", "b"),
    ]
}

#[resource(
    "shelf://{id}",
    title = "A shelf",
    icons("https://example.com/shelf.png"),
    tags("wood"),
    annotations(audience("user", "assistant"), priority = 0.5, last_modified = "2026-01-31T00:00:00Z"),
    meta = { "vendor/level": 1 }
)]
async fn shelf(#[arg(max = 9)] id: u8) -> Report {
    Report { rows: id.into() }
}

#[resource("shelf://all/list")]
async fn shelves() -> Vec<Report> {
    vec![Report { rows: 1 }]
}

#[resource("shelf://all/picture", mime_type = "image/png")]
async fn picture() -> &'static [u8] {
    &[1, 2, 3]
}

#[resource("shelf://all/broken")]
async fn broken() -> HashMap<(u8, u8), String> {
    HashMap::from([((1, 2), "no key of JSON".to_owned())])
}

#[prompt(title = "Greet", icons("https://example.com/hand.png"), tags("kind"), meta = { "a": 1 })]
async fn greet(
    #[arg(rename = "for", length = 2..=9)] name: String,
    #[arg(min = 1)] times: Option<u8>,
) -> Result<Vec<(Role, String)>> {
    if name == "nobody" {
        return Err(ToolError::new("nobody is there").into());
    }
    Ok(vec![
        (Role::User, format!("I am {name}")),
        (Role::Assistant, format!("Hello {times:?}")),
    ])
}

#[prompt]
async fn show() -> (Role, ContentBlock) {
    (Role::Assistant, content::image([1, 2, 3], "image/png"))
}

async fn start() -> (Server, Client) {
    let server = FastMcp::new("options").start().await.unwrap();
    let client = Client::connect(&server).await.unwrap();
    (server, client)
}

async fn tool(client: &Client, name: &str) -> Tool {
    let mut tools = client.list_tools().await.unwrap().into_iter();
    tools.find(|tool| tool.name == name).expect(name)
}

async fn input_schema(client: &Client, name: &str) -> Value {
    Value::Object((*tool(client, name).await.input_schema).clone())
}

async fn output_schema(client: &Client, name: &str) -> Value {
    json!(tool(client, name).await.output_schema)
}

async fn call(client: &Client, tool: &str, arguments: Value) -> (String, bool) {
    let result = client.call_tool(tool, arguments).await.expect(tool);
    let text = result.content.first().and_then(|content| content.as_text());
    let text = text.map(|text| text.text.clone());
    (text.unwrap_or_default(), result.is_error)
}

async fn structured(client: &Client, tool: &str, arguments: Value) -> Value {
    let result = client.call_tool(tool, arguments).await.expect(tool);
    assert!(!result.is_error, "{tool}: {:?}", result.content);
    json!(result.structured_content)
}

#[tokio::test]
async fn every_option_of_a_tool_is_in_its_listing() {
    let (_server, client) = start().await;
    let listed = json!(tool(&client, "look").await);
    assert_eq!(
        listed,
        json!({
            "name": "look",
            "title": "Look at it",
            "inputSchema": { "type": "object", "properties": {} },
            "annotations": {
                "readOnlyHint": true,
                "destructiveHint": false,
                "idempotentHint": true,
                "openWorldHint": false,
            },
            "icons": [
                { "src": "https://example.com/eye.png" },
                { "src": "data:,", "mimeType": "image/png" },
            ],
            "_meta": {
                "vendor/level": 2,
                "nested": { "list": [1, null] },
                "fastmcp": { "tags": ["seeing", "cheap"] },
            },
        })
    );
    let listed = json!(tool(&client, "meta_from_an_expression").await);
    assert_eq!(listed["_meta"], json!({ "vendor/level": 3 }));
    assert_eq!(listed.get("annotations"), None);
}

#[tokio::test]
async fn every_option_of_resources_and_prompts_is_in_their_listing() {
    let (_server, client) = start().await;
    let templates = client.list_resource_templates().await.unwrap();
    assert_eq!(
        json!(templates),
        json!([{
            "uriTemplate": "shelf://{id}",
            "name": "shelf",
            "title": "A shelf",
            "annotations": {
                "audience": ["user", "assistant"],
                "priority": 0.5,
                "lastModified": "2026-01-31T00:00:00Z",
            },
            "icons": [{ "src": "https://example.com/shelf.png" }],
            "_meta": { "vendor/level": 1, "fastmcp": { "tags": ["wood"] } },
        }])
    );
    let prompts = client.list_prompts().await.unwrap();
    let greet = prompts
        .iter()
        .find(|prompt| prompt.name == "greet")
        .unwrap();
    assert_eq!(
        json!(greet),
        json!({
            "name": "greet",
            "title": "Greet",
            "arguments": [
                { "name": "for", "description": "2 to 9 characters.", "required": true },
                {
                    "name": "times", "description": "A whole number. At least 1.",
                    "required": false,
                },
            ],
            "icons": [{ "src": "https://example.com/hand.png" }],
            "_meta": { "a": 1, "fastmcp": { "tags": ["kind"] } },
        })
    );
}

#[tokio::test]
async fn disabled_components_are_not_served() {
    let (_server, client) = start().await;
    let tools = client.list_tools().await.unwrap();
    assert!(tools.iter().all(|tool| tool.name != "switched_off"));
    assert!(client.call_tool("switched_off", json!({})).await.is_err());
    assert!(client.read_resource("off://switch").await.is_err());
    assert!(
        client
            .get_prompt("prompt_switched_off", json!({}))
            .await
            .is_err()
    );
}

#[tokio::test(start_paused = true)]
async fn a_timeout_ends_the_call_and_drops_the_body() {
    let (tell, mut told) = tokio::sync::mpsc::unbounded_channel();
    let server = FastMcp::new("options")
        .state(Witness(tell))
        .start()
        .await
        .unwrap();
    let client = Client::connect(&server).await.unwrap();
    let before = tokio::time::Instant::now();
    assert_eq!(
        call(&client, "too_slow", json!({})).await,
        ("tool `too_slow` exceeded its timeout of 30s".into(), true)
    );
    assert_eq!(before.elapsed().as_secs(), 30);
    assert_eq!(told.recv().await, Some("dropped"));
    assert_eq!(
        call(&client, "slow_but_in_time", json!({})).await,
        ("7".into(), false)
    );
    let error = client
        .read_resource("slow://one")
        .await
        .unwrap_err()
        .to_string();
    assert!(error.contains("timeout of 120s"), "{error}");
}

#[tokio::test]
async fn a_blocking_function_runs_outside_the_runtime() {
    let (_server, client) = start().await;
    let runtime = call(&client, "thread_of_the_runtime", json!({})).await;
    assert_eq!(runtime.0, format!("{:?}", std::thread::current().id()));
    assert_ne!(
        call(&client, "thread_of_the_pool", json!({})).await,
        runtime
    );
    assert_eq!(
        call(&client, "blocks", json!({ "by": "me", "twice": true })).await,
        ("meme".into(), false)
    );
    assert_eq!(
        call(&client, "blocks", json!({ "by": "panic", "twice": false })).await,
        ("tool `blocks`: panicked: it panicked".into(), true)
    );
}

#[tokio::test]
async fn a_custom_schema_is_listed_unchanged() {
    let (_server, client) = start().await;
    let schema = input_schema(&client, "verbatim").await;
    assert_eq!(schema["$defs"]["address"]["$anchor"], "here");
    assert_eq!(schema["then"], json!({ "required": ["name"] }));
    assert_eq!(
        schema["$schema"],
        "https://json-schema.org/draft/2020-12/schema"
    );
    let (text, _) = call(&client, "verbatim", json!({ "name": "a" })).await;
    assert_eq!(text, "Some(\"a\") None");
}

#[tokio::test]
async fn lenient_accepts_strings_for_numbers_and_bools_and_keeps_the_schema() {
    let (_server, client) = start().await;
    let schema = input_schema(&client, "lenient").await;
    assert_eq!(schema["properties"]["count"]["type"], "integer");
    let sent = json!({ "count": "7", "exact": "true", "factors": ["1.5", 2], "text": "3" });
    assert_eq!(
        call(&client, "lenient", sent).await,
        ("7 Some(true) [1.5, 2.0] Some(\"3\")".into(), false)
    );
    let sent = json!({ "count": "11", "exact": 1, "factors": ["x"], "text": 3 });
    assert_eq!(
        call(&client, "lenient", sent).await,
        (
            "count: expected a number from 1 to 10, got 11\n\
             exact: expected boolean, got number\n\
             factors[0]: expected number, got string\n\
             text: expected string, got number"
                .into(),
            true
        )
    );
    let (text, is_error) = call(&client, "strict", json!({ "count": "7" })).await;
    assert!(is_error, "a `strict` tool is not lenient: {text}");
}

#[tokio::test]
async fn constraints_are_listed_and_enforced() {
    let (_server, client) = start().await;
    assert_eq!(
        input_schema(&client, "limited").await["properties"],
        json!({
            "count": {
                "type": "integer", "minimum": 1, "maximum": 10, "default": 5, "examples": [3, 4],
                "description": "How many. From 1 to 10. Default: 5.",
            },
            "ratio": {
                "type": "number", "minimum": -1.5, "maximum": 1.5,
                "description": "From -1.5 to 1.5.",
            },
            "code": {
                "type": "string", "minLength": 2, "maxLength": 4, "pattern": "^[a-z]+$",
                "description": "2 to 4 characters. Matches the regular expression `^[a-z]+$`.",
            },
            "items": {
                "type": "array", "minItems": 1, "description": "Not empty. At least 1 item.",
                "items": { "type": "integer", "minimum": 0, "maximum": 255 },
            },
            "by_name": {
                "type": "object", "maxProperties": 1,
                "description": "A map: each value is an integer. At most 1 entry.",
                "additionalProperties": { "type": "integer", "minimum": 0, "maximum": 255 },
            },
            "type": { "type": "string", "deprecated": true },
        })
    );
    let good = json!({
        "count": 10, "ratio": -1.5, "code": "abcd", "items": [1], "by_name": { "a": 1 }, "type": "t",
    });
    assert_eq!(
        call(&client, "limited", good).await,
        (
            "10 Some(-1.5) Some(\"abcd\") Some([1]) Some({\"a\": 1}) Some(\"t\")".into(),
            false
        )
    );
    assert_eq!(
        call(&client, "limited", json!({ "code": null })).await.0,
        "5 None None None None None"
    );
    let bad = json!({
        "count": 0, "ratio": 2, "code": "x", "items": [], "by_name": { "a": 1, "b": 2 }, "kind": "k",
    });
    assert_eq!(
        call(&client, "limited", bad).await,
        (
            "count: expected a number from 1 to 10, got 0\n\
             ratio: expected a number from -1.5 to 1.5, got 2\n\
             code: expected 2 to 4 characters, got 1\n\
             items: expected at least 1 element, got 0\n\
             by_name: expected at most 1 entry, got 2\n\
             kind: unknown argument"
                .into(),
            true
        )
    );
    let (text, _) = call(&client, "limited", json!({ "code": "ABC" })).await;
    assert_eq!(
        text,
        "code: expected a string that matches `^[a-z]+$`, got \"ABC\""
    );
}

#[tokio::test]
async fn constraints_hold_for_arguments_sent_as_text() {
    let (_server, client) = start().await;
    let refused = |error: fastmcp::client::ClientError| error.to_string();
    let error = client
        .read_resource("shelf://10")
        .await
        .map_err(refused)
        .unwrap_err();
    assert!(
        error.contains("id: expected a number of at most 9, got 10"),
        "{error}"
    );
    let arguments = json!({ "for": "x", "times": "0" });
    let error = client
        .get_prompt("greet", arguments)
        .await
        .map_err(refused)
        .unwrap_err();
    assert!(
        error.contains("for: expected 2 to 9 characters, got 1"),
        "{error}"
    );
    assert!(
        error.contains("times: expected a number of at least 1, got 0"),
        "{error}"
    );
}

#[tokio::test]
async fn a_header_argument_is_marked_in_the_schema() {
    let (_server, client) = start().await;
    assert_eq!(
        input_schema(&client, "with_headers").await["properties"],
        json!({
            "region": { "type": "string", "x-mcp-header": "Region" },
            "tenant": {
                "type": "integer", "minimum": 0, "maximum": 4_294_967_295_u32,
                "x-mcp-header": "Tenant-Id",
            },
        })
    );
}

#[tokio::test]
async fn a_parameter_with_a_false_cfg_is_removed() {
    let (_server, client) = start().await;
    let schema = input_schema(&client, "conditional").await;
    let properties = schema["properties"].as_object().unwrap();
    let names: Vec<&String> = properties.keys().collect();
    assert_eq!(names, ["always", "here"]);
    assert_eq!(
        call(&client, "conditional", json!({ "always": 3 })).await.0,
        "5"
    );
}

#[tokio::test]
async fn no_schema_of_arguments_contains_references() {
    let (_server, client) = start().await;
    let schema = input_schema(&client, "prune").await;
    assert!(!schema.to_string().contains('$'), "{schema}");
    let child = &schema["properties"]["tree"]["properties"]["children"]["items"];
    assert_eq!(child["properties"]["name"], json!({ "type": "string" }));
    let mut deepest = child;
    for _ in 0..3 {
        deepest = &deepest["properties"]["children"]["items"];
    }
    assert_eq!(
        *deepest,
        json!({ "type": "object", "description": "Of the same form as `Tree`." })
    );
    let output = output_schema(&client, "prune").await;
    assert_eq!(output["type"], "object");
    assert!(output["$defs"]["Tree"].is_object(), "{output}");
    let tree = json!({ "name": "a", "children": [{ "name": "b", "children": [] }] });
    let pruned = structured(&client, "prune", json!({ "tree": tree, "depth": 1 })).await;
    assert_eq!(pruned, json!({ "name": "a", "children": [] }));
    let tree = json!({ "name": "a", "children": [{ "name": "b", "children": [{}] }] });
    assert_eq!(
        call(&client, "prune", json!({ "tree": tree, "depth": 1 }))
            .await
            .0,
        "tree.children[0].children[0].children: required field is missing\n\
         tree.children[0].children[0].name: required field is missing"
    );

    let schema = input_schema(&client, "everything").await;
    assert!(!schema.to_string().contains("$ref"), "{schema}");
    assert!(!schema.to_string().contains("\"format\""), "{schema}");
    assert_eq!(
        schema["required"],
        json!(["speed", "shape", "by_name", "pair"])
    );
    assert_eq!(
        schema["properties"]["speed"],
        json!({ "type": "string", "enum": ["fast", "slow"] })
    );
}

#[tokio::test]
async fn structured_content_matches_the_output_schema() {
    let (_server, client) = start().await;
    // All variants are objects, so the value is not wrapped.
    let output = output_schema(&client, "everything").await;
    assert_eq!(output["type"], "object");
    assert_eq!(output["oneOf"].as_array().map(Vec::len), Some(2));
    let arguments = json!({
        "speed": "fast", "shape": { "kind": "square", "side": 2 }, "by_name": {}, "pair": ["a", 1],
    });
    let shape = structured(&client, "everything", arguments).await;
    assert_eq!(shape, json!({ "kind": "square", "side": 2 }));

    // An `Option` is not always an object, so it is always wrapped.
    let output = output_schema(&client, "maybe").await;
    assert_eq!(output["required"], json!(["result"]));
    let found = structured(&client, "maybe", json!({ "found": true })).await;
    assert_eq!(found, json!({ "result": { "rows": 3 } }));
    let none = structured(&client, "maybe", json!({ "found": false })).await;
    assert_eq!(none, json!({ "result": null }));

    // The schema of arbitrary JSON does not restrict the type, so a value is wrapped only if it is
    // not an object.
    assert_eq!(output_schema(&client, "any_json").await, Value::Null);
    assert_eq!(
        structured(&client, "any_json", json!({ "list": false })).await,
        json!({ "a": 1 })
    );
    assert_eq!(
        structured(&client, "any_json", json!({ "list": true })).await,
        json!({ "result": [1] })
    );
}

#[tokio::test]
async fn a_declared_output_schema_is_listed_and_enforced() {
    let (_server, client) = start().await;
    let output = output_schema(&client, "declared").await;
    assert_eq!(output["required"], json!(["rows"]));
    assert_eq!(
        structured(&client, "declared", json!({ "good": true })).await,
        json!({ "rows": 3 })
    );
    assert_eq!(
        call(&client, "declared", json!({ "good": false })).await,
        ("no rows".into(), true)
    );
    assert_eq!(
        output_schema(&client, "declared_for_any").await,
        json!({ "type": "object", "required": ["a"] })
    );
    let (text, is_error) = call(&client, "declared_for_any", json!({ "list": true })).await;
    assert!(is_error && text.contains("requires an object"), "{text}");
}

#[tokio::test]
async fn values_that_do_not_serialize_are_errors() {
    let (_server, client) = start().await;
    let (text, is_error) = call(&client, "wrong_keys", json!({})).await;
    assert!(
        is_error && text.contains("cannot be written as JSON"),
        "{text}"
    );
    assert!(client.read_resource("shelf://all/broken").await.is_err());
}

#[tokio::test]
async fn every_kind_of_content_block_is_sent() {
    let (_server, client) = start().await;
    let result = client
        .call_tool("blocks_of_content", json!({}))
        .await
        .unwrap();
    let kinds: Vec<Value> = result
        .content
        .iter()
        .map(|block| json!(block)["type"].clone())
        .collect();
    assert_eq!(kinds, ["image", "audio", "resource", "resource_link"]);
    assert_eq!(json!(result.content[0])["data"], "AQID");
}

#[tokio::test]
async fn the_return_type_decides_between_json_text_and_bytes() {
    let (_server, client) = start().await;
    let read = async |uri: &str| json!(client.read_resource(uri).await.unwrap());
    assert_eq!(
        read("shelf://7").await,
        json!([{ "uri": "shelf://7", "mimeType": "application/json", "text": "{\"rows\":7}" }])
    );
    assert_eq!(read("shelf://all/list").await[0]["text"], "[{\"rows\":1}]");
    assert_eq!(
        read("shelf://all/picture").await,
        json!([{ "uri": "shelf://all/picture", "mimeType": "image/png", "blob": "AQID" }])
    );
}

#[tokio::test]
async fn a_prompt_can_have_messages_of_both_roles() {
    let (_server, client) = start().await;
    let messages = client
        .get_prompt("greet", json!({ "for": "Ann", "times": "2" }))
        .await
        .unwrap();
    assert_eq!(
        json!(messages),
        json!([
            { "role": "user", "content": { "type": "text", "text": "I am Ann" } },
            { "role": "assistant", "content": { "type": "text", "text": "Hello Some(2)" } },
        ])
    );
    let messages = client.get_prompt("show", json!({})).await.unwrap();
    assert_eq!(json!(messages)[0]["content"]["data"], "AQID");
    let error = client
        .get_prompt("greet", json!({ "for": "nobody" }))
        .await
        .unwrap_err();
    assert!(error.to_string().contains("nobody is there"), "{error}");
}
