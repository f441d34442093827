//! A program with an invalid declaration, selected by its argument, that prevents the start.

use std::sync::LazyLock;

use fastmcp::prelude::*;
use fastmcp::serde_json::{Value, json};

static MISTAKE: LazyLock<String> = LazyLock::new(|| std::env::args().nth(1).unwrap_or_default());

fn not_an_object() -> Value {
    json!({ "type": "array" })
}

#[tool(enabled = *MISTAKE == "input", input_schema = not_an_object())]
async fn input() {}

#[tool(enabled = *MISTAKE == "unlisted", input_schema = { "type": "object", "properties": {} })]
async fn unlisted(name: String) -> String {
    name
}

#[tool(enabled = *MISTAKE == "output", output_schema = Vec<u8>)]
async fn output() -> fastmcp::ToolResult {
    fastmcp::ToolResult::default()
}

#[prompt(enabled = *MISTAKE == "meta", meta = json!(7))]
async fn meta() -> String {
    String::new()
}

#[resource("a://{name}", enabled = *MISTAKE == "pattern")]
async fn pattern(#[arg(pattern = "(")] name: String) -> String {
    name
}

#[tool(enabled = *MISTAKE == "range")]
async fn range(#[arg(min = 3, max = 2)] number: u8) -> u8 {
    number
}

#[tool(enabled = *MISTAKE == "default")]
async fn default(#[arg(max = 2, default = 3)] number: u8) -> u8 {
    number
}

#[tool(enabled = *MISTAKE == "asked")]
async fn asked(#[arg(ask = "Which?")] words: Vec<String>) -> usize {
    words.len()
}

#[tool(enabled = *MISTAKE == "ttl", task(ttl = "367d"))]
async fn ttl() {}

/// A user-defined type. Its JSON type is only known from its schema.
#[fastmcp::data]
struct Word(String);

#[tool(enabled = *MISTAKE == "own type")]
async fn own_type(#[arg(max = 2)] word: Word) -> String {
    word.0
}

#[tool(enabled = *MISTAKE == "endless")]
async fn endless(#[arg(max = f64::INFINITY)] number: f64) -> f64 {
    number
}

#[tool(
    enabled = *MISTAKE == "root",
    input_schema = { "type": "object", "properties": {}, "anyOf": [{ "required": [] }] }
)]
async fn root() {}

#[tool(
    enabled = *MISTAKE == "declared name",
    input_schema = { "type": "object", "properties": { "first name": {} } }
)]
async fn declared_name() {}

#[tool(
    enabled = *MISTAKE == "root of a definition",
    input_schema = {
        "type": "object",
        "$ref": "#/$defs/a",
        "$defs": { "a": { "oneOf": [
            { "type": "object", "properties": { "x": { "type": "string" } } },
            { "type": "object", "properties": { "y": { "type": "string" } } }
        ] } }
    }
)]
async fn root_of_a_definition() {}

#[tool(enabled = *MISTAKE == "properties", input_schema = { "type": "object", "properties": ["a"] })]
async fn properties() {}

#[tool(enabled = *MISTAKE == "nullable root", input_schema = { "type": ["object", "null"] })]
async fn nullable_root() {}

#[tool(
    enabled = *MISTAKE == "names inside",
    input_schema = { "type": "object", "properties": { "list": {
        "type": "array",
        "items": { "additionalProperties": { "properties": { "a b": {} } } }
    } } }
)]
async fn names_inside() {}

#[fastmcp::data]
struct Person {
    #[serde(rename = "größe")]
    height: u8,
}

#[tool(enabled = *MISTAKE == "nested name")]
async fn nested_name(people: Vec<Person>) -> usize {
    people.len()
}

#[fastmcp::data]
struct Left {
    id: u8,
    left: u8,
}

#[fastmcp::data]
struct Right {
    id: u8,
    right: u8,
}

#[fastmcp::data]
struct Both {
    #[serde(flatten)]
    left: Left,
    #[serde(flatten)]
    right: Right,
}

#[tool(enabled = *MISTAKE == "repeated argument")]
async fn repeated_argument(all: Vec<Both>) -> usize {
    all.len()
}

#[tool(enabled = *MISTAKE == "repeated result")]
async fn repeated_result() -> Option<Both> {
    None
}

#[fastmcp::data]
struct First {
    id: Option<u8>,
    #[serde(default)]
    first: u8,
}

#[fastmcp::data]
struct Second {
    #[serde(default)]
    id: String,
}

#[fastmcp::data]
struct Optional {
    #[serde(flatten)]
    first: First,
    #[serde(flatten)]
    second: Second,
}

#[fastmcp::data]
struct Around {
    id: Option<u8>,
    #[serde(flatten)]
    second: Second,
}

#[tool(enabled = *MISTAKE == "optional argument")]
async fn optional_argument(all: Optional) -> u8 {
    all.first.first
}

#[tool(enabled = *MISTAKE == "optional result")]
async fn optional_result() -> Vec<Optional> {
    Vec::new()
}

#[tool(enabled = *MISTAKE == "around argument")]
async fn around_argument(one: Option<Around>) -> bool {
    one.is_some()
}

#[tool(enabled = *MISTAKE == "large argument")]
async fn large_argument(number: Option<u128>) -> bool {
    number.is_some()
}

#[tool(enabled = *MISTAKE == "large result")]
async fn large_result() -> i128 {
    7
}

#[tool(enabled = *MISTAKE == "similar names")]
async fn read_file() {}

#[tool(name = "read-File", enabled = *MISTAKE == "similar names")]
async fn read_file_again() {}

#[tokio::main(flavor = "current_thread")]
async fn main() -> fastmcp::Result<()> {
    FastMcp::new("declarations")
        .start()
        .await?
        .shutdown()
        .await?;
    Ok(())
}
