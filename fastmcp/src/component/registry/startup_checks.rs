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
    /// Returns the first parameter of a component that the server cannot provide.
    pub(crate) fn unmet(&self, capabilities: &Capabilities<'_>) -> Option<UnmetDependency> {
        fn check<R>(
            kind: &'static str,
            entry: &Entry<R>,
            capabilities: &Capabilities<'_>,
        ) -> Option<UnmetDependency> {
            unmet::unmet(
                kind,
                entry.name,
                entry.location,
                entry.parameters,
                capabilities,
            )
        }
        let mut tools = self.tools.iter();
        let mut prompts = self.prompts.iter();
        let mut resources = self.resources.iter();
        let mut completions = self.completions();
        tools
            .find_map(|tool| check("tool", &tool.entry, capabilities))
            .or_else(|| prompts.find_map(|prompt| check("prompt", &prompt.entry, capabilities)))
            .or_else(|| resources.find_map(|it| check("resource", &it.entry, capabilities)))
            .or_else(|| completions.find_map(|entry| check("completion", entry, capabilities)))
    }

    /// Returns the first component with an invalid declaration.
    pub(crate) fn invalid(&self) -> Option<InvalidDeclaration> {
        let mut tools = self.tools.iter();
        let mut prompts = self.prompts.iter();
        let mut resources = self.resources.iter();
        tools
            .find_map(validation::tool)
            .or_else(|| self.unlistable())
            .or_else(|| similar_names(&self.tools))
            .or_else(|| prompts.find_map(|it| validation::entry("prompt", &it.entry)))
            .or_else(|| resources.find_map(|it| validation::entry("resource", &it.entry)))
    }

    /// Returns the first tool with a schema that hosts refuse.
    fn unlistable(&self) -> Option<InvalidDeclaration> {
        let mut all = self.tool_listings().iter().zip(self.tools.iter());
        all.find_map(|(listed, tool)| {
            let reason = listed.defect.clone()?;
            Some(validation::invalid("tool", &tool.entry, reason))
        })
    }

    /// Returns the first tool whose calls are always tasks, as an error for servers without a
    /// docket.
    pub(crate) fn without_docket(&self) -> Option<InvalidDeclaration> {
        let (tool, _) = self.task_tools().find(|(_, task)| task.required)?;
        Some(validation::without_docket(tool))
    }
}

/// Returns an error about two tools that some hosts cannot tell apart: they map `.` and `-` to `_`, or
/// ignore the case of letters.
fn similar_names(tools: &Table<ToolEntry>) -> Option<InvalidDeclaration> {
    let is_allowed = |tool: &ToolEntry| tool.entry.options.allow.contains(&"similar-names");
    let mut seen: HashMap<String, &ToolEntry> = HashMap::new();
    tools.iter().find_map(|tool| {
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
    })
}
