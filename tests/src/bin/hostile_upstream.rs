//! A server on standard input and output that misbehaves: each tool in its own way.

use std::io::{BufRead, Write};

use serde_json::{Value, json};

const TOOLS: [&str; 10] = [
    "wrong_error",
    "pid",
    "never",
    "die",
    "ask_and_die",
    "not_json",
    "wrong_type",
    "no_result",
    "invalid_task",
    "huge",
];

fn main() {
    // With an argument, the server never responds.
    let is_mute = std::env::args().nth(1).is_some();
    for line in std::io::stdin().lock().lines() {
        let Ok(line) = line else { return };
        let message: Value = serde_json::from_str(&line).unwrap_or_default();
        if message["id"].is_null() || is_mute {
            continue;
        }
        let id = &message["id"];
        if let Some(result) = result(&message) {
            say(&json!({ "jsonrpc": "2.0", "id": id, "result": result }).to_string());
        }
    }
}

/// Writes a line.
fn say(line: &str) {
    let mut out = std::io::stdout().lock();
    let _ = writeln!(out, "{line}").and_then(|()| out.flush());
}

fn result(message: &Value) -> Option<Value> {
    match message["method"].as_str()? {
        "server/discover" => {
            let info = json!({ "name": "hostile", "version": "1" });
            let extensions = json!({ "io.modelcontextprotocol/tasks": {} });
            Some(json!({
                "capabilities": { "tools": {}, "extensions": extensions },
                "_meta": { "io.modelcontextprotocol/serverInfo": info },
            }))
        }
        "tools/list" => Some(tools()),
        "resources/list" => Some(json!({ "resources": [
            { "name": "a", "uri": "data://fine" },
            { "name": "b", "uri": "no uri" },
            { "name": "c", "uri": "data://a\r\nb" },
        ] })),
        "prompts/list" => Some(json!({})),
        "resources/templates/list" => Some(json!({ "resourceTemplates": [] })),
        "tools/call" => call(message),
        _ => None,
    }
}

fn tools() -> Value {
    let schema = json!({ "type": "object" });
    let names = TOOLS.iter().map(ToString::to_string).chain([
        String::new(),
        "two words".to_owned(),
        "pay\u{202e}".to_owned(),
        "line\nbreak".to_owned(),
        "x".repeat(10_000),
    ]);
    let mut tools: Vec<Value> = names
        .map(|name| json!({ "name": name, "description": "A tool.", "inputSchema": schema }))
        .collect();
    tools.push(json!({ "name": "no_schema", "inputSchema": 7 }));
    tools.push(json!("text"));
    json!({ "tools": tools })
}

fn call(message: &Value) -> Option<Value> {
    let text = |text: String| json!({ "content": [{ "type": "text", "text": text }] });
    let id = &message["id"];
    match message["params"]["name"].as_str()? {
        "pid" => Some(text(std::process::id().to_string())),
        "die" => std::process::exit(3),
        "ask_and_die" if message["params"]["inputResponses"].is_object() => std::process::exit(3),
        "ask_and_die" => {
            let form = json!({ "type": "object", "properties": { "value": { "type": "string" } } });
            let params = json!({ "message": "Really?", "requestedSchema": form });
            let question = json!({ "method": "elicitation/create", "params": params });
            Some(json!({
                "resultType": "input_required",
                "inputRequests": { "one": question },
                "requestState": "s",
            }))
        }
        "not_json" => {
            say("}{ \u{1b}[2J");
            say("[1, 2");
            say(&json!({ "method": "notifications/resources/updated", "params": [1] }).to_string());
            say(&json!({ "method": "notifications/message", "params": "text" }).to_string());
            say(&json!({ "jsonrpc": "2.0", "id": "unknown", "result": {} }).to_string());
            say(&json!({ "id": id, "result": 7 }).to_string());
            None
        }
        "wrong_type" => Some(json!({ "content": "text", "isError": "perhaps" })),
        "wrong_error" => {
            say(&json!({ "jsonrpc": "2.0", "id": id, "error": "text" }).to_string());
            None
        }
        "no_result" => {
            say(&json!({ "jsonrpc": "2.0", "id": id }).to_string());
            None
        }
        "invalid_task" => Some(json!({
            "resultType": "task",
            "taskId": "x".repeat(2_000),
            "status": "working",
            "createdAt": "now",
            "lastUpdatedAt": "now",
        })),
        "huge" => Some(text("x".repeat(65 * 1024 * 1024))),
        _ => None,
    }
}
