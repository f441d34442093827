//! The lints of the tools of a server and of its parts.

use crate::app_meta;
use crate::call::portable::lint::SchemaLint;
use crate::call::portable::rewrite;
use crate::component::lint::Lint;
use crate::mcp::Tool;

/// The longest name for which server and tool together stay within Cursor's limit of 60.
const MAX_NAME: usize = 40;
/// The longest name that all hosts accept.
const MAX_HOST_NAME: usize = 64;
/// The longest description of a tool, in characters, that all hosts show in full.
const MAX_DESCRIPTION: usize = 1_024;
/// The most tokens of tool definitions before hosts defer or drop tools.
const MAX_TOKENS: usize = 20_000;
/// The number of bytes of JSON in one token, on average.
const BYTES_PER_TOKEN: usize = 4;

/// Returns the lints of a name and of a description, which matters only for models.
pub(crate) fn of_texts(
    name: &str,
    description: Option<&str>,
    is_for_models: bool,
) -> Vec<SchemaLint> {
    let mut found = Vec::new();
    if name.len() > MAX_NAME {
        found.push(of_whole(
            "long-tool-name",
            format!(
                "the name has {} characters; Cursor drops a tool if its name and the server's have more \
                 than 60 together: set a shorter `name`",
                name.len()
            ),
        ));
    }
    match description {
        _ if !is_for_models => {}
        None => found.push(of_whole(
            "missing-description",
            "without a description, models guess the tool's use from its name: write a doc comment"
                .to_owned(),
        )),
        Some(text) if text.chars().count() > MAX_DESCRIPTION => found.push(of_whole(
            "long-description",
            format!(
                "the description has {} characters; OpenAI and VS Code cut it after \
                 {MAX_DESCRIPTION}: shorten it, or describe the parameters instead",
                text.chars().count()
            ),
        )),
        Some(_) => {}
    }
    found
}

/// Returns the lints of a tool that no attribute declares: its schema is listed as it is. `name` is the one that clients
/// see.
pub(crate) fn of_listing(tool: &Tool, name: &str) -> Vec<Lint> {
    let mut found = of_texts(
        name,
        tool.description.as_deref(),
        !app_meta::is_hidden_from_models(tool),
    );
    let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
    if name.len() > MAX_HOST_NAME || !name.bytes().all(is_allowed) {
        found.push(of_whole(
            "tool-name",
            format!(
                "hosts refuse names other than 1 to {MAX_HOST_NAME} letters, digits, `_` and `-`: rename the tool, \
                 or shorten the prefix"
            ),
        ));
    }
    // The rewritten copy is not listed: the server that has the tool decides about its schema.
    found.extend(rewrite::input(&mut tool.input_schema.as_ref().clone()));
    let found = found.into_iter();
    found
        .map(|lint| Lint {
            code: lint.code,
            kind: "tool",
            component: name.to_owned(),
            location: None,
            path: lint.path,
            message: lint.message,
        })
        .collect()
}

fn of_whole(code: &'static str, message: String) -> SchemaLint {
    SchemaLint {
        code,
        path: String::new(),
        message,
    }
}

/// Estimates the tokens of all tools together, which a host sends with every request to its model. `bytes` are the
/// lengths of the tools as JSON.
pub(crate) fn many_tokens(server: &str, bytes: impl Iterator<Item = usize>) -> Option<Lint> {
    let tokens = bytes.sum::<usize>() / BYTES_PER_TOKEN;
    (tokens > MAX_TOKENS).then(|| Lint {
        code: "many-tokens",
        kind: "server",
        component: server.to_owned(),
        location: None,
        path: String::new(),
        message: format!(
            "the definitions of all tools take about {tokens} tokens of every request, more than \
             {MAX_TOKENS}, so hosts drop or defer tools: split the server, or shorten schemas and \
             descriptions"
        ),
    })
}
