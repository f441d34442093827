//! `call --prompt`: prints the messages of a prompt.

use serde_json::{Map, Value, json};
use tokio_util::sync::CancellationToken;

use crate::cli::arguments::ArgumentSchema;
use crate::cli::commands::{Call, Output};
use crate::cli::failure::{CommandResult, Failure};
use crate::cli::list::unknown;
use crate::cli::result::texts;
use crate::cli::safe_text;
use crate::cli::terminal::print;
use crate::client::Client;
use crate::mcp::{Prompt, PromptMessage};

/// Gets a prompt and prints its messages.
pub(super) async fn get(
    client: &Client,
    call: &Call,
    pairs: &[String],
    mut arguments: Map<String, Value>,
    interrupted: &CancellationToken,
) -> CommandResult {
    let prompts = client.list_prompts().await?;
    let Some(prompt) = prompts.iter().find(|prompt| prompt.name == call.name) else {
        let names = prompts.iter().map(|prompt| prompt.name.as_str());
        return Err(unknown("prompt", &call.name, names));
    };
    ArgumentSchema::new(&schema(prompt))
        .add(pairs, &mut arguments)
        .map_err(|problems| Failure::usage(problems.join("\n")))?;
    // Arguments of prompts are text, in which other values are written as JSON.
    for value in arguments.values_mut() {
        if !value.is_string() {
            *value = value.to_string().into();
        }
    }
    let messages = tokio::select! {
        messages = client.get_prompt(&call.name, arguments) => messages?,
        () = interrupted.cancelled() => return Err(Failure::interrupted()),
    };
    print(&match call.output {
        Output::Json => safe_text::json(&json!({ "messages": messages })) + "\n",
        Output::Text => as_text(&messages),
    })
}

/// Returns a schema of the arguments, all of which are text.
fn schema(prompt: &Prompt) -> Value {
    let arguments = prompt.arguments.iter().flatten();
    let properties = arguments.map(|it| (it.name.clone(), json!({ "type": "string" })));
    let properties: Map<String, Value> = properties.collect();
    json!({ "type": "object", "properties": properties })
}

/// Returns the text of the messages. If there are several, each begins with its role.
fn as_text(messages: &[PromptMessage]) -> String {
    let texts = messages.iter().map(|message| {
        let text = texts(std::slice::from_ref(&message.content));
        let role = json!(message.role);
        match (messages.len(), role.as_str()) {
            (2.., Some(role)) => format!("{role}:\n{text}"),
            _ => text,
        }
    });
    texts.collect::<Vec<_>>().join("\n")
}
