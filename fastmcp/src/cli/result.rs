//! Prints the result of a call.

use serde_json::{Value, json};

use crate::cli::commands::Output;
use crate::cli::failure::{CommandResult, Failure};
use crate::cli::safe_text;
use crate::cli::terminal::print;
use crate::mcp::ContentBlock;

/// The result of a tool.
pub(crate) struct CallResult {
    pub(crate) content: Vec<ContentBlock>,
    pub(crate) structured: Option<Value>,
    pub(crate) is_error: bool,
    pub(crate) meta: Option<Value>,
}

/// Prints a result. A result that is an error becomes the error of the command.
pub(crate) fn show(result: &CallResult, output: Output) -> CommandResult {
    if output == Output::Json {
        let mut whole = json!({ "content": result.content, "isError": result.is_error });
        if let Some(structured) = &result.structured {
            whole["structuredContent"] = structured.clone();
        }
        if let Some(meta) = &result.meta {
            whole["_meta"] = meta.clone();
        }
        print(&(safe_text::json(&whole) + "\n"))?;
        return if result.is_error {
            Err(Failure::shown())
        } else {
            Ok(())
        };
    }
    if result.is_error {
        let text = texts(&result.content);
        let text = if text.is_empty() {
            "the tool failed without a message".to_owned()
        } else {
            text
        };
        return Err(Failure::negative(text.trim_end()));
    }
    print(&match &result.structured {
        Some(structured) => structured_text(structured),
        None => texts(&result.content),
    })
}

/// Returns structured content as text. A result that is not an object is in a field of its own, which is left out.
fn structured_text(structured: &Value) -> String {
    let object = structured.as_object();
    let only = object
        .filter(|it| it.len() == 1)
        .and_then(|it| it.get("result"));
    match only.unwrap_or(structured) {
        Value::String(text) => ended(safe_text::lines(text)),
        value => safe_text::json(value) + "\n",
    }
}

/// Returns the content as text. Content that is not text is described.
pub(crate) fn texts(content: &[ContentBlock]) -> String {
    let blocks = content.iter().map(|block| {
        let block = json!(block);
        let text = |key: &str| safe_text::line(block[key].as_str().unwrap_or_default());
        match block["type"].as_str().unwrap_or_default() {
            "text" => ended(safe_text::lines(block["text"].as_str().unwrap_or_default())),
            kind @ ("image" | "audio") => {
                let size = decoded_size(&block["data"]);
                format!(
                    "[{kind}: {}, about {size} bytes; `--output json` has the data]\n",
                    text("mimeType")
                )
            }
            "resource_link" => format!("[resource {}: {}]\n", text("name"), text("uri")),
            "resource" => resource_text(&block["resource"]),
            kind => format!("[{}]\n", safe_text::line(kind)),
        }
    });
    blocks.collect()
}

/// Returns the contents of a resource as text. Contents that are not text are described.
pub(crate) fn resource_text(resource: &Value) -> String {
    match resource["text"].as_str() {
        Some(text) => ended(safe_text::lines(text)),
        None => format!(
            "[resource {}: about {} bytes; `--output json` has the data]\n",
            safe_text::line(resource["uri"].as_str().unwrap_or_default()),
            decoded_size(&resource["blob"])
        ),
    }
}

/// Returns the size of data in base64.
fn decoded_size(data: &Value) -> usize {
    data.as_str().map_or(0, |it| it.len() / 4 * 3)
}

fn ended(mut text: String) -> String {
    if !text.is_empty() && !text.ends_with('\n') {
        text.push('\n');
    }
    text
}
