//! The checks of all components when a server starts.

use crate::call::inject::capabilities::Capabilities;
use crate::call::unmet::{self, UnmetDependency};
use crate::component::entry::Entry;
use crate::component::registry::Registry;
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
        tools
            .filter_map(validation::tool)
            .chain(prompts.filter_map(|it| validation::entry("prompt", &it.entry)))
            .chain(resources.filter_map(|it| validation::entry("resource", &it.entry)))
            .collect()
    }

    /// Returns the tools whose calls are always tasks, as errors for servers without a docket.
    pub(crate) fn without_docket(&self) -> Vec<InvalidDeclaration> {
        let tools = self.task_tools().filter(|(_, task)| task.required);
        tools
            .map(|(tool, _)| validation::without_docket(tool))
            .collect()
    }
}
