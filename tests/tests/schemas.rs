//! The schemas of tools as the hosts of models see them, and the lints about them.
#![allow(
    clippy::too_many_arguments,
    clippy::used_underscore_binding,
    reason = "parameters of every form are what is tested"
)]

use std::collections::BTreeMap;

use fastmcp::client::Client;
use fastmcp::prelude::*;
use fastmcp::{Lint, Schemas, Selection, Server};
use serde_json::{Value, json};

#[fastmcp::data]
#[serde(rename_all = "lowercase")]
enum Size {
    Small,
    /// As usual
    Medium,
    Large,
    /// Too much
    Huge,
}

#[fastmcp::data]
#[serde(tag = "kind", rename_all = "lowercase")]
enum Shape {
    Circle { radius: f64 },
    Square { side: f64 },
}

#[fastmcp::data]
enum Figure {
    Circle { radius: f64 },
    Square { side: f64 },
}

#[fastmcp::data]
#[serde(untagged)]
enum Form {
    Named { name: String, copies: u8 },
    Numbered { number: u32, copies: u8 },
}

#[fastmcp::data]
struct Flat {
    id: u32,
    #[serde(flatten)]
    shape: Shape,
}

#[fastmcp::data]
struct Node {
    name: String,
    children: Vec<Node>,
}

#[fastmcp::data]
struct Inner {
    sizes: Vec<Size>,
    payload: Value,
    note: Option<String>,
}

/// Takes options.
#[tool]
async fn options(
    text: Option<String>,
    list: Option<Vec<u8>>,
    size: Option<Size>,
    #[arg(default = Size::Large)] limit: Size,
    inner: Option<Inner>,
) -> String {
    let _ = (text, list, size, limit, inner);
    String::new()
}

/// Takes what few hosts take as it is.
#[tool]
async fn shapes(
    pair: (String, i64),
    point: (f64, f64),
    any: Value,
    /** What to store */
    described: Value,
    by_name: BTreeMap<String, Value>,
    by_number: BTreeMap<u64, bool>,
    flat: Flat,
    size: Size,
) -> String {
    let _ = (pair, point, any, described, by_name, by_number, flat, size);
    String::new()
}

/// Takes a tree.
#[tool]
async fn tree(tree: Node) -> String {
    tree.name
}

/// Takes a choice.
#[tool]
async fn choice(shape: Shape, figure: Figure, form: Form) -> String {
    let _ = (shape, figure, form);
    String::new()
}

/// Has a schema of its own.
#[tool(input_schema = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "type": "object",
    "$defs": { "address": { "title": "Address", "type": ["string", "null"] } },
    "properties": { "home": { "$ref": "#/$defs/address" } },
    "additionalProperties": false
})]
async fn declared(home: Option<String>) -> String {
    home.unwrap_or_default()
}

/// Counts.
#[tool]
async fn count() -> u64 {
    7
}

/// Counts.
#[tool(allow("wide-integer"))]
async fn allowed_count() -> Vec<u64> {
    vec![7]
}

#[tool]
async fn undocumented(_id: String) -> String {
    String::new()
}

/// Has a long name.
#[tool]
async fn a_tool_whose_name_is_longer_than_forty_letters() -> String {
    String::new()
}

/// Has the name of a file.
#[tool(name = "files.read", allow("tool-name"))]
async fn read_file() -> String {
    String::new()
}

/// Writes letters.
#[prompt]
async fn letter(
    /// Who it is for
    to: String,
    count: u32,
    tags: Vec<String>,
    size: Size,
    sizes: Option<Vec<Size>>,
    inner: Inner,
    urgent: Option<bool>,
    #[arg(default = 3, max = 9)] copies: u8,
) -> String {
    let _ = (to, count, tags, size, sizes, inner, urgent, copies);
    String::new()
}

async fn start(schemas: Schemas) -> (Server, Client) {
    let server = FastMcp::new("schemas").schemas(schemas);
    let server = server.start().await.unwrap();
    let client = Client::connect(&server).await.unwrap();
    (server, client)
}

async fn listed(name: &str, schemas: Schemas) -> Value {
    let (_server, client) = start(schemas).await;
    let tools = client.list_tools().await.unwrap();
    json!(tools.iter().find(|tool| tool.name == name).expect(name))
}

async fn properties(name: &str) -> Value {
    listed(name, Schemas::Portable).await["inputSchema"]["properties"].take()
}

async fn lints(name: &str) -> Vec<Lint> {
    let (server, _client) = start(Schemas::Portable).await;
    let all = server.lints().into_iter();
    all.filter(|lint| lint.component == name).collect()
}

async fn codes(name: &str) -> Vec<(String, &'static str)> {
    let lints = lints(name).await;
    lints.into_iter().map(|it| (it.path, it.code)).collect()
}

const VARIANTS: &str = "- `medium`: As usual\n- `huge`: Too much";

const KINDS: &str = "- `circle`: Requires `radius`.\n- `square`: Requires `side`.";

#[tokio::test]
async fn optional_arguments_are_listed_without_null_and_accept_it() {
    let variants = json!(["small", "medium", "large", "huge"]);
    assert_eq!(
        properties("options").await,
        json!({
            "text": { "type": "string" },
            "list": {
                "type": "array", "items": { "type": "integer", "minimum": 0, "maximum": 255 },
            },
            "size": { "type": "string", "enum": variants, "description": VARIANTS },
            "limit": {
                "type": "string", "enum": variants, "default": "large",
                "description": format!("{VARIANTS}\n\nDefault: \"large\"."),
            },
            "inner": {
                "type": "object",
                "properties": {
                    "sizes": {
                        "type": "array",
                        "items": { "type": "string", "enum": variants, "description": VARIANTS },
                    },
                    "payload": { "description": "Any JSON." },
                    "note": { "type": "string" },
                },
                "required": ["sizes", "payload"],
            },
        })
    );
    let (_server, client) = start(Schemas::Portable).await;
    let nulls = json!({ "text": null, "list": null, "size": null, "inner": null });
    let result = client.call_tool("options", nulls).await.unwrap();
    assert!(!result.is_error, "{:?}", result.content);
}

#[tokio::test]
async fn tuples_maps_and_any_json_have_a_form_that_hosts_accept() {
    let any = json!({ "description": "Any JSON." });
    let kind = json!({ "type": "string", "enum": ["circle", "square"], "description": KINDS });
    assert_eq!(
        properties("shapes").await,
        json!({
            "pair": {
                "type": "array", "minItems": 2, "maxItems": 2,
                "items": { "anyOf": [{ "type": "string" }, { "type": "integer" }] },
                "description": "A list in this order: string, integer.",
            },
            "point": {
                "type": "array", "minItems": 2, "maxItems": 2, "items": { "type": "number" },
                "description": "A list in this order: number, number.",
            },
            "any": any,
            "described": { "description": "What to store. Any JSON." },
            "by_name": { "type": "object" },
            "by_number": {
                "type": "object", "additionalProperties": { "type": "boolean" },
                "description": "Each name matches the regular expression `^\\d+$`. A map: each value \
                                is `true` or `false`.",
            },
            "flat": {
                "type": "object",
                "properties": {
                    "id": { "type": "integer", "minimum": 0, "maximum": u32::MAX },
                    "kind": kind,
                    "radius": { "type": "number" },
                    "side": { "type": "number" },
                },
                "required": ["id", "kind"],
            },
            "size": {
                "type": "string", "enum": ["small", "medium", "large", "huge"],
                "description": VARIANTS,
            },
        })
    );
    assert_eq!(
        codes("shapes").await,
        [
            ("pair".to_owned(), "mixed-list"),
            ("any".to_owned(), "any-json"),
            ("described".to_owned(), "any-json"),
        ]
    );
}

#[tokio::test]
async fn choices_and_trees_are_listed_and_linted() {
    let listed = properties("choice").await;
    assert_eq!(
        listed["shape"],
        json!({
            "type": "object",
            "properties": {
                "kind": { "type": "string", "enum": ["circle", "square"], "description": KINDS },
                "radius": { "type": "number" },
                "side": { "type": "number" },
            },
            "required": ["kind"],
        })
    );
    assert_eq!(listed["figure"]["anyOf"].as_array().map(Vec::len), Some(2));
    assert_eq!(
        codes("choice").await,
        [
            ("figure".to_owned(), "tagged-enum"),
            ("form".to_owned(), "untagged-enum"),
        ]
    );
    let lints = lints("tree").await;
    assert_eq!(lints.len(), 1, "{lints:?}");
    let text = lints[0].to_string();
    assert!(
        text.starts_with("tool `tree` (tests/tests/schemas.rs:"),
        "{text}"
    );
    assert!(text.ends_with("[recursive-type]"), "{text}");
    assert!(!properties("tree").await.to_string().contains('$'));
}

#[tokio::test]
async fn a_declared_schema_is_rewritten_too() {
    let tool = listed("declared", Schemas::Portable).await;
    assert_eq!(
        tool["inputSchema"],
        json!({ "type": "object", "properties": { "home": { "type": "string" } } })
    );
    let exact = listed("declared", Schemas::Exact).await;
    assert_eq!(exact["inputSchema"]["additionalProperties"], false);
    assert_eq!(exact["inputSchema"]["$defs"]["address"]["title"], "Address");
}

#[tokio::test]
async fn exact_schemas_are_those_of_the_types() {
    let tool = listed("options", Schemas::Exact).await;
    let input = &tool["inputSchema"];
    assert_eq!(input["additionalProperties"], false);
    assert_eq!(
        input["properties"]["text"]["type"],
        json!(["string", "null"])
    );
    assert!(input["properties"]["limit"].get("description").is_none());
    let (server, _client) = start(Schemas::Exact).await;
    let from_schemas = ["tagged-enum", "recursive-type", "leading-underscore"];
    let codes: Vec<_> = server.lints().iter().map(|lint| lint.code).collect();
    assert!(
        codes.iter().all(|code| !from_schemas.contains(code)),
        "{codes:?}"
    );
}

#[tokio::test]
async fn a_wrapped_result_is_marked() {
    let output = listed("count", Schemas::Portable).await["outputSchema"].take();
    assert_eq!(output["x-fastmcp-wrap-result"], true);
    assert_eq!(output["properties"]["result"]["type"], "integer");
    assert_eq!(codes("count").await, [(String::new(), "wide-integer")]);
    assert_eq!(codes("allowed_count").await, []);
}

#[tokio::test]
async fn names_and_descriptions_are_linted() {
    assert_eq!(
        codes("undocumented").await,
        [
            (String::new(), "missing-description"),
            ("_id".to_owned(), "leading-underscore"),
        ]
    );
    assert_eq!(
        codes("a_tool_whose_name_is_longer_than_forty_letters").await,
        [(String::new(), "long-tool-name")]
    );
    assert_eq!(codes("files.read").await, []);
}

#[tokio::test]
async fn prompt_arguments_say_how_to_write_their_values() {
    let (_server, client) = start(Schemas::Portable).await;
    let prompt = json!(client.list_prompts().await.unwrap()[0]);
    let described: Vec<&str> = prompt["arguments"]
        .as_array()
        .unwrap()
        .iter()
        .map(|argument| argument["description"].as_str().unwrap())
        .collect();
    assert_eq!(
        described,
        [
            "Who it is for",
            "A whole number.",
            "A JSON array of strings.",
            &format!("One of `small`, `medium`, `large`, `huge`.\n\n{VARIANTS}"),
            "A JSON array of strings, each one of `small`, `medium`, `large`, `huge`.",
            "A JSON object with the fields `sizes` (array), `payload` (any JSON), \
             `note` (string, optional).",
            "`true` or `false`.",
            "A whole number. From 0 to 9. Default: 3.",
        ]
    );
    let (_server, client) = start(Schemas::Exact).await;
    let prompt = json!(client.list_prompts().await.unwrap()[0]);
    assert_eq!(prompt["arguments"][1].get("description"), None);
}

#[tokio::test]
async fn lints_are_those_of_the_selected_tools() {
    let server = FastMcp::new("schemas").select(Selection::name("count"));
    let server = server.start().await.unwrap();
    let codes: Vec<_> = server.lints().iter().map(|lint| lint.code).collect();
    assert_eq!(codes, ["wide-integer"]);
}
