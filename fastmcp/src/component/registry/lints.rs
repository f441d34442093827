//! The lints of a server's lists.

use crate::call::portable::lint::SchemaLint;
use crate::call::portable::schemas::SchemaForm;
use crate::component::lint::Lint;
use crate::component::registry::Registry;
use crate::component::tool::{ListedTool, ToolEntry};

/// The longest name for which server and tool together stay within Cursor's limit of 60.
const MAX_NAME: usize = 40;
/// The longest description of a tool, in characters, that all hosts show in full.
const MAX_DESCRIPTION: usize = 1_024;
/// The most tokens of tool definitions before hosts defer or drop tools.
const MAX_TOKENS: usize = 20_000;
/// The number of bytes of JSON in one token, on average.
const BYTES_PER_TOKEN: usize = 4;

impl Registry {
    /// Returns the parts of the lists that hosts may refuse or misread, on the server with this name.
    pub(crate) fn lints(&self, server: &str) -> &[Lint] {
        self.lints.get_or_init(|| {
            let all = self.tool_listings().iter().zip(self.tools.iter());
            let mut lints: Vec<Lint> = all
                .flat_map(|(listed, tool)| of_tool(listed, tool, tool.form(self.schemas)))
                .collect();
            lints.extend(many_tokens(server, self.tool_listings()));
            lints
        })
    }
}

/// Returns the lints of one tool that its attribute does not allow.
fn of_tool(listed: &ListedTool, tool: &ToolEntry, form: SchemaForm) -> impl Iterator<Item = Lint> {
    let entry = &tool.entry;
    let mut found = Vec::new();
    if entry.name.len() > MAX_NAME {
        found.push(of_whole(
            "long-tool-name",
            format!(
                "the name has {} characters; Cursor drops a tool if its name and the server's have more \
                 than 60 together: set a shorter `name`",
                entry.name.len()
            ),
        ));
    }
    match entry.description {
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
    found.extend(listed.lints.iter().cloned());
    found.extend(tool.output.lint(form).cloned());
    let allowed = entry.options.allow;
    found.retain(|lint| !allowed.contains(&lint.code));
    found.into_iter().map(|lint| Lint {
        code: lint.code,
        kind: "tool",
        component: entry.name.to_owned(),
        location: Some(entry.location),
        path: lint.path,
        message: lint.message,
    })
}

fn of_whole(code: &'static str, message: String) -> SchemaLint {
    SchemaLint {
        code,
        path: String::new(),
        message,
    }
}

/// Estimates the tokens of all tools together, which a host sends with every request to its model.
fn many_tokens(server: &str, listed: &[ListedTool]) -> Option<Lint> {
    let bytes = |listed: &ListedTool| serde_json::to_vec(&listed.tool).map_or(0, |json| json.len());
    let tokens = listed.iter().map(bytes).sum::<usize>() / BYTES_PER_TOKEN;
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
