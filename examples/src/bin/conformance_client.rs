//! A client for the client scenarios of the official conformance suite, which `scripts/conformance.sh` runs.
//!
//! The suite starts a server for each scenario, and then this program with the URL of the server. The environment names
//! the scenario, and the revision of the protocol.

use std::env;

use fastmcp::client::Client;
use fastmcp::context::Elicited;
use fastmcp::mcp::ProtocolVersion;
use fastmcp::prelude::*;
use serde_json::{Map, Value, json};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let missing = || ToolError::new("usage: conformance_client URL");
    let url = env::args().nth(1).ok_or_else(missing)?;
    let scenario = env::var("MCP_CONFORMANCE_SCENARIO").unwrap_or_default();
    let revision = env::var("MCP_CONFORMANCE_PROTOCOL_VERSION").unwrap_or_default();
    let revision = if revision == "2026-07-28" {
        ProtocolVersion::V_2026_07_28
    } else {
        ProtocolVersion::V_2025_11_25
    };
    let client = Client::builder()
        .protocol(revision)
        .roots(["file:///home/ada"])
        .on_sampling(|question| async move { format!("You said: {}", question.text()) })
        .on_elicitation(|question| async move {
            let mut answers = question.defaults();
            for (name, schema) in fields(question.form.as_ref()) {
                let missing = answers.get(&name).is_none();
                if missing && schema["type"] == "boolean" {
                    answers.insert(name, true.into());
                }
            }
            Elicited::Accepted(Value::Object(answers))
        })
        .http(&url)
        .await?;
    run(&client, &scenario).await?;
    client.close().await;
    Ok(())
}

/// Does what a scenario waits for. What it judges is on the wire.
async fn run(client: &Client, scenario: &str) -> Result<()> {
    let tools = client.list_tools().await?;
    match scenario {
        "initialize" | "request-metadata" | "json-schema-ref-no-deref" => {}
        "tools_call" => {
            let sum = client.call_tool("add_numbers", json!({ "a": 5, "b": 3 }));
            println!("{:?}", sum.await?);
        }
        "http-custom-headers" => {
            let context = env::var("MCP_CONFORMANCE_CONTEXT").unwrap_or_default();
            let context: Value = serde_json::from_str(&context)?;
            for call in context["toolCalls"].as_array().into_iter().flatten() {
                let name = call["name"].as_str().unwrap_or_default();
                client.call_tool(name, call["arguments"].clone()).await?;
            }
        }
        "json-schema-2020-12-preservation" => {
            let focal = tools
                .iter()
                .find(|tool| tool.name == "json_schema_2020_12_tool");
            let schema = focal.map(|tool| json!(tool.input_schema));
            client
                .call_tool("json_schema_echo", json!({ "schema": schema }))
                .await?;
        }
        "http-standard-headers" => {
            call_all(client, &tools).await?;
            for resource in client.list_resources().await? {
                client.read_resource(&resource.uri).await?;
            }
            for prompt in client.list_prompts().await? {
                client.get_prompt(&prompt.name, ()).await?;
            }
        }
        _ => call_all(client, &tools).await?,
    }
    Ok(())
}

/// Calls every tool, with an argument of the right type for each required field.
async fn call_all(client: &Client, tools: &[fastmcp::mcp::Tool]) -> Result<()> {
    for tool in tools {
        let schema = json!(tool.input_schema);
        let required = schema["required"].as_array().cloned().unwrap_or_default();
        let arguments: Map<String, Value> = fields(Some(&schema))
            .filter(|(name, _)| required.contains(&json!(name)))
            .map(|(name, schema)| {
                let value = match schema["type"].as_str() {
                    Some("number" | "integer") => json!(1),
                    Some("boolean") => json!(true),
                    Some("array") => json!([]),
                    Some("object") => json!({}),
                    Some("null") => Value::Null,
                    _ => json!("text"),
                };
                (name, value)
            })
            .collect();
        client.call_tool(&tool.name, arguments).await?;
    }
    Ok(())
}

/// Returns the fields of a schema.
fn fields(schema: Option<&Value>) -> impl Iterator<Item = (String, Value)> {
    let fields = schema.and_then(|schema| schema["properties"].as_object());
    fields.cloned().unwrap_or_default().into_iter()
}
