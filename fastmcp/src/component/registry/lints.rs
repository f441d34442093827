//! The lints of the tools of a server's own.

use crate::call::portable::schemas::SchemaForm;
use crate::component::lint::Lint;
use crate::component::registry::Registry;
use crate::component::tool::{ListedTool, ToolEntry};
use crate::component::tool_lints;
use crate::component::ui::ToolUi;

impl Registry {
    /// Returns the parts of the tools that hosts may refuse or misread. `outer` returns the name of a tool for clients.
    pub(crate) fn lints(&self, outer: &dyn Fn(&str) -> String) -> Vec<Lint> {
        let all = self.tool_listings().iter().zip(self.tools.iter());
        all.flat_map(|(listed, tool)| {
            let name = outer(tool.entry.name);
            of_tool(listed, tool, tool.form(self.schemas), name)
        })
        .collect()
    }
}

/// Returns the lints of one tool that its attribute does not allow.
fn of_tool(listed: &ListedTool, tool: &ToolEntry, form: SchemaForm, name: String) -> Vec<Lint> {
    let entry = &tool.entry;
    let is_for_models = !entry
        .options
        .tool_ui
        .is_some_and(ToolUi::is_hidden_from_models);
    let mut found = tool_lints::of_texts(&name, entry.description, is_for_models);
    found.extend(listed.lints.iter().cloned());
    found.extend(tool.output.lint(form).cloned());
    let allowed = entry.options.allow;
    found.retain(|lint| !allowed.contains(&lint.code));
    let found = found.into_iter();
    found
        .map(|lint| Lint {
            code: lint.code,
            kind: "tool",
            component: name.clone(),
            location: Some(entry.location),
            path: lint.path,
            message: lint.message,
        })
        .collect()
}
