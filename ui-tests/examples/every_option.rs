//! Every option, under the lints of strict crates.
#![forbid(unsafe_code)]
#![deny(missing_docs, unreachable_pub, unused, clippy::pedantic)]
#![allow(clippy::needless_pass_by_value, clippy::duration_suboptimal_units)]

use std::collections::HashMap;
use std::time::Duration;

use fastmcp::mcp::Icon;
use fastmcp::prelude::*;
use fastmcp::{ToolResult, serde_json};

#[fastmcp::data]
struct Report {
    rows: u64,
}

const LONG: Duration = Duration::from_secs(60);

/// All options of a tool.
#[tool(
    name = "all",
    title = "All",
    description = "All of them",
    icons("https://example.com/a.png", Icon::new("data:,")),
    tags("one", "two"),
    annotations(read_only, destructive = false, idempotent, open_world = false),
    meta = { "a": [1, { "b": null }] },
    input_schema = { "type": "object" },
    output_schema = Report,
    timeout = LONG,
    enabled = cfg!(unix),
    strict = false,
    ignore_unknown,
    heartbeat = LONG,
    max_answer = "1 MiB",
    task(required, poll = "2s", ttl = LONG),
    crate = ::fastmcp,
)]
async fn every_option() -> ToolResult {
    ToolResult::default()
}

#[tool(lenient, heartbeat = true, max_answer = usize::MAX)]
async fn other_forms() {}

#[tool(output_schema = HashMap<String, Vec<u8>>, meta = serde_json::json!({}), timeout = "1m")]
async fn generic_schema() -> ToolResult {
    ToolResult::default()
}

#[tool(task, output_schema = serde_json::json!({ "type": "object" }))]
async fn schema_by_expression() -> ToolResult {
    ToolResult::default()
}

#[tool(blocking, task = "required")]
fn blocking(text: &str, docket: Option<Docket>) -> usize {
    text.len() + usize::from(docket.is_some())
}

/// All options of an argument.
#[tool]
async fn arguments(
    #[arg(min = 1, max = u32::MAX, examples(1, 2), deprecated)] number: u32,
    #[arg(range = ..=0.5)] ratio: Option<f64>,
    #[arg(length = 1.., pattern = "a+", header = "Text", rename = "type")] text: &str,
    #[arg(length = 3, default = vec![1, 2, 3])] three: Vec<u8>,
    #[cfg(any())] gone: Missing,
    #[cfg(all())] here: bool,
) -> String {
    format!("{number} {ratio:?} {text} {three:?} {here}")
}

#[resource(
    "data://{number}",
    mime_type = "application/json",
    icons("https://example.com/a.png"),
    tags("one"),
    annotations(audience("user"), priority = 1, last_modified = "2026-01-31T00:00:00Z"),
    meta = { "a": 1 },
    timeout = "500ms",
    enabled
)]
async fn data(#[arg(max = 9)] number: u8) -> Report {
    Report {
        rows: number.into(),
    }
}

#[prompt(icons("https://example.com/a.png"), tags("one"), meta = { "a": 1 }, timeout = "2h", enabled)]
fn ask(#[arg(length = 1..)] what: &str) -> [String; 1] {
    [what.to_owned()]
}

fn main() {}
