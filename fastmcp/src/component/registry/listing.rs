//! The lists of a server's components, as clients see them.

use crate::caller::Caller;
use crate::component::completion::choices::Choices;
use crate::component::registry::Registry;
use crate::component::resource::ResourceEntry;
use crate::component::tool::{ListedTool, ToolEntry};
use crate::mcp::{Prompt, Resource, ResourceTemplate, Tool};

impl Registry {
    /// Returns the tools that are visible to the caller, for `tools/list`.
    pub(crate) fn list_tools(&self, caller: &Caller) -> Vec<Tool> {
        let all = self.tool_listings().iter().zip(self.tools.iter());
        let visible = all.filter(|(_, tool)| self.shows_tool(tool, caller));
        visible.map(|(listed, _)| listed.tool.clone()).collect()
    }

    /// Returns the listing of one tool, even if the tool is hidden.
    pub(crate) fn listing(&self, name: &str) -> Option<&Tool> {
        // The table is sorted by name, and so are the listings.
        let listings = self.tool_listings();
        let index = listings.binary_search_by(|listed| (*listed.tool.name).cmp(name));
        Some(&listings.get(index.ok()?)?.tool)
    }

    /// Returns all tools, including hidden ones.
    pub(crate) fn tools(&self) -> impl Iterator<Item = &'static ToolEntry> {
        self.tools.iter()
    }

    /// Returns the names of all tools, including hidden ones.
    #[cfg(feature = "http")]
    pub(crate) fn tool_names(&self) -> impl Iterator<Item = &'static str> {
        self.tools.iter().map(|tool| tool.entry.name)
    }

    pub(crate) fn tool_listings(&self) -> &[ListedTool] {
        let listings = || self.tools.iter().map(|tool| tool.listing(self.schemas));
        self.tool_listings.get_or_init(|| listings().collect())
    }

    /// Returns the prompts that are visible to the caller, for `prompts/list`.
    pub(crate) fn list_prompts(&self, caller: &Caller) -> Vec<Prompt> {
        let listings = || {
            self.prompts
                .iter()
                .map(|it| it.listing(self.schemas.schemas))
        };
        let listings = self.prompt_listings.get_or_init(|| listings().collect());
        let all = listings.iter().zip(self.prompts.iter());
        let visible = all.filter(|(_, prompt)| self.shows_prompt(prompt, caller));
        visible.map(|(listing, _)| listing.clone()).collect()
    }

    /// Returns the visible resources of the caller without variables, for `resources/list`.
    pub(crate) fn list_resources(&self, caller: &Caller) -> Vec<Resource> {
        let resources = self.resources.iter();
        let visible = resources.filter(|it| !it.is_template() && self.shows_resource(it, caller));
        visible.map(ResourceEntry::listing).collect()
    }

    /// Returns the visible resource templates of the caller, for `resources/templates/list`.
    pub(crate) fn list_templates(&self, caller: &Caller) -> Vec<ResourceTemplate> {
        let resources = self.resources.iter();
        let templates = resources.filter(|it| it.is_template() && self.shows_resource(it, caller));
        templates.map(ResourceEntry::template_listing).collect()
    }

    /// Returns the skills of the registry: none. Parts have them, because they can be loaded again.
    #[cfg(feature = "skills")]
    #[expect(clippy::unused_self, reason = "as the other lists")]
    pub(crate) fn list_skills(&self, _: &Caller) -> Vec<crate::mcp::Skill> {
        Vec::new()
    }

    // A connection declares its capabilities once, so the following methods count hidden components too:
    // a client that connects while all tools are hidden can use them when they are shown.

    /// Returns `true` if the server has tools, visible or hidden.
    pub(crate) fn has_tools(&self) -> bool {
        !self.tools.is_empty()
    }

    /// Returns `true` if the server has prompts, visible or hidden.
    pub(crate) fn has_prompts(&self) -> bool {
        !self.prompts.is_empty()
    }

    /// Returns `true` if the server has resources or templates, visible or hidden.
    pub(crate) fn has_resources(&self) -> bool {
        !self.resources.is_empty()
    }

    /// Returns `true` if a tool or a resource belongs to MCP Apps, visible or hidden.
    pub(crate) fn has_apps(&self) -> bool {
        self.tools
            .iter()
            .any(|it| it.entry.options.tool_ui.is_some())
            || self
                .resources
                .iter()
                .any(|it| it.entry.options.ui_resource.is_some())
    }

    /// Returns `true` if an argument has a completion, or completes by its type.
    pub(crate) fn has_completions(&self) -> bool {
        *self.has_completions.get_or_init(|| {
            let mut parameters = self.completable();
            self.completions().next().is_some() || parameters.any(|it| Choices::of(it).is_some())
        })
    }
}
