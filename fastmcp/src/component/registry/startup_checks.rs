//! The start-up checks of all components.

use std::collections::HashMap;

use crate::call::inject::capabilities::Capabilities;
use crate::call::unmet::{self, UnmetDependency};
use crate::component::entry::Entry;
use crate::component::registry::Registry;
use crate::component::registry::table::Table;
use crate::component::tool::ToolEntry;
use crate::component::validation::{self, InvalidDeclaration};

impl Registry {
    /// Returns the parameters of all components that the server cannot provide.
    pub(crate) fn unmet(&self, capabilities: &Capabilities<'_>) -> Vec<UnmetDependency> {
        fn check<R>(
            kind: &'static str,
            entry: &Entry<R>,
            capabilities: &Capabilities<'_>,
        ) -> Vec<UnmetDependency> {
            unmet::unmet(
                kind,
                entry.name,
                entry.location,
                entry.parameters,
                capabilities,
            )
        }
        let tools = self.tools.iter();
        let prompts = self.prompts.iter();
        let resources = self.resources.iter();
        let completions = self.completions();
        tools
            .flat_map(|it| check("tool", &it.entry, capabilities))
            .chain(prompts.flat_map(|it| check("prompt", &it.entry, capabilities)))
            .chain(resources.flat_map(|it| check("resource", &it.entry, capabilities)))
            .chain(completions.flat_map(|entry| check("completion", entry, capabilities)))
            .collect()
    }

    /// Returns the first problem of each component with an invalid declaration.
    pub(crate) fn invalid(&self) -> Vec<InvalidDeclaration> {
        let tools = self.tools.iter();
        let prompts = self.prompts.iter();
        let resources = self.resources.iter();
        let invalid: Vec<_> = tools
            .filter_map(validation::tool)
            .chain(prompts.filter_map(|it| validation::entry("prompt", &it.entry)))
            .chain(resources.filter_map(validation::resource))
            .collect();
        // Schemas can be listed only if the declarations are valid.
        if !invalid.is_empty() {
            return invalid;
        }
        let mut invalid = self.unlistable();
        invalid.extend(similar_names(&self.tools));
        invalid
    }

    /// Returns the tools with a schema that hosts refuse.
    fn unlistable(&self) -> Vec<InvalidDeclaration> {
        let all = self.tool_listings().iter().zip(self.tools.iter());
        let invalid = all.filter_map(|(listed, tool)| {
            let reason = listed.defect.clone()?;
            Some(validation::invalid("tool", &tool.entry, reason))
        });
        invalid.collect()
    }

    /// Returns the tools whose calls are always tasks, as errors for servers without a docket.
    pub(crate) fn without_docket(&self) -> Vec<InvalidDeclaration> {
        let tools = self.task_tools().filter(|(_, task)| task.required);
        tools
            .map(|(tool, _)| validation::without_docket(tool))
            .collect()
    }
}

/// Returns the errors about two tools that some hosts cannot tell apart: they map `.` and `-` to `_`, or
/// ignore the case of letters.
fn similar_names(tools: &Table<ToolEntry>) -> Vec<InvalidDeclaration> {
    let is_allowed = |tool: &ToolEntry| tool.entry.options.allow.contains(&"similar-names");
    let mut seen: HashMap<String, &ToolEntry> = HashMap::new();
    let invalid = tools.iter().filter_map(|tool| {
        let name = tool.entry.name.to_ascii_lowercase();
        let name = name.replace(['.', '-', '/'], "_");
        let other = seen.insert(name, tool)?;
        if is_allowed(tool) || is_allowed(other) {
            return None;
        }
        let Entry { name, location, .. } = other.entry;
        let reason = format!(
            "its name differs from that of the tool `{name}` ({location}) only in the case of letters \
             or in `.`, `-`, `/` and `_`, and some hosts drop one of the two or lose the server \
             (similar-names): set another `name`, or write `allow(\"similar-names\")`"
        );
        Some(validation::invalid("tool", &tool.entry, reason))
    });
    invalid.collect()
}
