//! Starts the server of the corpus, and reads its signatures, samples, lints and tools.

use std::process::Command;

use fastmcp::client::Client;
use serde_json::{Value, json};

const PROGRAM: &str = env!("CARGO_BIN_EXE_corpus");

/// One tool of the corpus.
pub struct Signature {
    /// The name of the tool.
    pub name: String,
    /// The Rust type of its parameter.
    pub rust: String,
    /// The schema of its arguments, as a client receives it.
    pub schema: Value,
    /// The schema of its result, if it lists one.
    pub output: Option<Value>,
    /// The codes of the lints about it.
    pub lints: Vec<String>,
    /// Values of the type.
    pub samples: Vec<Value>,
}

/// Starts the server as a process.
pub async fn client() -> Client {
    let mut command = tokio::process::Command::new(PROGRAM);
    command.env("FASTMCP_LOG_LEVEL", "off");
    Client::spawn(command).await.expect("the server starts")
}

/// Returns what the program says about its tools and prompts.
pub fn described() -> Value {
    let mut command = Command::new(PROGRAM);
    command.arg("describe").env("FASTMCP_LOG_LEVEL", "off");
    let output = command.output().expect("the program runs");
    serde_json::from_slice(&output.stdout).expect("the program prints JSON")
}

/// Returns all signatures.
pub async fn signatures() -> Vec<Signature> {
    let described = described();
    let tools = client()
        .await
        .list_tools()
        .await
        .expect("the server lists its tools");
    let rows = described["rows"].as_array().expect("a list of signatures");
    let lints = described["lints"].as_array().expect("a list of lints");
    let signature = |row: &Value| {
        let of_row = lints.iter().filter(|lint| lint["tool"] == row["name"]);
        let tool = tools.iter().find(|tool| row["name"] == *tool.name);
        let tool = tool.expect("each signature is listed");
        Signature {
            name: text(&row["name"]),
            rust: text(&row["signature"]),
            schema: json!(tool.input_schema),
            output: tool.output_schema.as_ref().map(|it| json!(it)),
            lints: of_row.map(|lint| text(&lint["code"])).collect(),
            samples: row["samples"].as_array().cloned().unwrap_or_default(),
        }
    };
    rows.iter().map(signature).collect()
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}
