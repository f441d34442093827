//! The start-up checks of all components.

use crate::call::inject::capabilities::Capabilities;
use crate::call::unmet::{self, UnmetDependency};
use crate::component::entry::Entry;
use crate::component::registry::Registry;
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
            .or_else(|| prompts.find_map(|it| validation::entry("prompt", &it.entry)))
            .or_else(|| resources.find_map(|it| validation::entry("resource", &it.entry)))
    }

    /// Returns the first tool whose calls are always tasks, as an error for servers without a
    /// docket.
    pub(crate) fn without_docket(&self) -> Option<InvalidDeclaration> {
        let (tool, _) = self.task_tools().find(|(_, task)| task.required)?;
        Some(validation::without_docket(tool))
    }
}
