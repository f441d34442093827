//! Reads the lists of a remote server, and leaves out what no client could use.

use std::time::Duration;

use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};
use tokio::time::timeout;

use crate::client::connection::Connection;
use crate::client::error::{ClientError, connection_error};
use crate::client::upstream::lists::Lists;

/// The time limit for all lists together.
const TIMEOUT: Duration = Duration::from_secs(30);

/// The number of items of one list, and of its pages. A server that never ends a list would fill the memory.
const MAX_ITEMS: usize = 10_000;

/// The maximum length of the name of a tool or a prompt (MCP, "Tool Names").
const MAX_NAME: usize = 128;

/// The maximum length of a URI.
const MAX_URI: usize = 8 * 1024;

/// Reads the lists of a remote server. `server` names it in the log.
pub(super) async fn read_lists(
    server: &str,
    connection: &dyn Connection,
) -> Result<Lists, ClientError> {
    let lists = async {
        let tools = read(server, connection, "tools/list", "tools", "name").await?;
        let prompts = read(server, connection, "prompts/list", "prompts", "name").await?;
        let resources = read(server, connection, "resources/list", "resources", "uri").await?;
        let templates = ("resources/templates/list", "resourceTemplates");
        let templates = read(server, connection, templates.0, templates.1, "uriTemplate").await?;
        Ok(Lists::new(tools, prompts, resources, templates))
    };
    let lists = timeout(TIMEOUT, lists).await;
    lists.unwrap_or_else(|_| {
        Err(connection_error(
            "it does not respond to requests for lists",
        ))
    })
}

/// Reads all pages of a list. A server without components of the kind has an empty list.
async fn read<T: DeserializeOwned>(
    server: &str,
    connection: &dyn Connection,
    method: &'static str,
    list: &'static str,
    key: &'static str,
) -> Result<Vec<T>, ClientError> {
    const METHOD_NOT_FOUND: i32 = -32601;
    let mut items = Vec::new();
    let mut params = json!({});
    for _ in 0..MAX_ITEMS {
        let page = match connection.request(method, params).await {
            Err(ClientError::Refused { code, .. }) if code == METHOD_NOT_FOUND => return Ok(items),
            page => page?,
        };
        let mut page: Map<String, Value> =
            serde_json::from_value(page).map_err(|error| invalid(list, &error))?;
        let Value::Array(page_items) = page.remove(list).unwrap_or_else(|| json!([])) else {
            return Err(invalid(list, &"expected an array"));
        };
        for item in page_items {
            match decode(item, key) {
                Ok(item) => items.push(item),
                Err(problem) => {
                    tracing::warn!(server, list, "left an invalid component out: {problem}");
                }
            }
        }
        if items.len() > MAX_ITEMS {
            break;
        }
        match page.remove("nextCursor") {
            Some(Value::String(cursor)) => params = json!({ "cursor": cursor }),
            _ => return Ok(items),
        }
    }
    let problem = format!("it has more than {MAX_ITEMS} items or pages");
    Err(invalid(list, &problem))
}

fn invalid(list: &str, problem: &dyn std::fmt::Display) -> ClientError {
    connection_error(format!("its list of {list} is invalid: {problem}"))
}

/// Decodes a component whose name or URI is in `key`. `Err` is the problem.
fn decode<T: DeserializeOwned>(item: Value, key: &str) -> Result<T, String> {
    let name = item[key].as_str().unwrap_or_default();
    let is_valid = if key == "name" {
        is_name(name)
    } else {
        is_uri(name)
    };
    if !is_valid {
        let start: String = name.chars().take(MAX_NAME).collect();
        // With escapes: the name may contain control characters.
        return Err(format!("`{key}` is {start:?}"));
    }
    let name = name.to_owned();
    serde_json::from_value(item).map_err(|error| format!("{name}: {error}"))
}

/// Returns whether a name has only characters that names of tools may have. Other characters can hide in a list, or change
/// how it is read.
fn is_name(name: &str) -> bool {
    let is_allowed =
        |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.' | b'/');
    (1..=MAX_NAME).contains(&name.len()) && name.bytes().all(is_allowed)
}

fn is_uri(uri: &str) -> bool {
    let has_scheme = uri
        .split_once(':')
        .is_some_and(|(scheme, rest)| !scheme.is_empty() && !rest.is_empty());
    let is_hidden = |it: char| it.is_control() || it.is_whitespace();
    has_scheme && uri.len() <= MAX_URI && !uri.contains(is_hidden)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mcp::{Resource, Tool};

    #[test]
    fn invalid_components_are_left_out_with_the_problem() {
        let tool = |name: &str| json!({ "name": name, "inputSchema": { "type": "object" } });
        for name in ["pay", "files.read", "a/b", &"x".repeat(128)] {
            decode::<Tool>(tool(name), "name").unwrap();
        }
        for name in [
            "",
            "a b",
            "pay\u{202e}",
            "line\nbreak",
            "\u{1b}[2J",
            &"x".repeat(129),
        ] {
            let problem = decode::<Tool>(tool(name), "name").unwrap_err();
            assert!(!problem.contains(['\n', '\u{1b}', '\u{202e}']), "{problem}");
        }
        let problem = decode::<Tool>(json!({ "name": "pay", "inputSchema": 7 }), "name");
        assert!(problem.unwrap_err().starts_with("pay: "));
        let resource = |uri: &str| json!({ "name": "a", "uri": uri });
        decode::<Resource>(resource("data://a"), "uri").unwrap();
        for uri in ["", "data", "data:", "data://a b", "data://a\r\nb"] {
            decode::<Resource>(resource(uri), "uri").unwrap_err();
        }
    }
}
