//! The components that a server offers: gathered once, sorted by name, looked up by name.

use std::collections::HashMap;
use std::fmt;
use std::sync::OnceLock;

use serde_json::{Map, Value};

use super::prompt::PromptEntry;
use super::resource::ResourceEntry;
use super::tool::ToolEntry;
use super::{Entry, InvalidDeclaration, check, uri};
use crate::dependencies::{Need, Needs, Offer};
use crate::mcp::{Prompt, Resource, ResourceTemplate, Tool};
use crate::parameter::{ParameterEntry, ParameterKind};
use crate::registered::{DuplicateName, Location, refuse_duplicates};

/// A parameter whose dependency the server cannot provide.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnmetDependency {
    /// What asks: `tool`, `resource`, `prompt` or `task`.
    pub kind: &'static str,
    /// Its name.
    pub component: &'static str,
    /// The parameter.
    pub parameter: &'static str,
    /// The parameter's type.
    pub type_name: &'static str,
    /// Where the function is.
    pub location: Location,
    pub(crate) need: Need,
}

impl fmt::Display for UnmetDependency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            kind,
            component,
            parameter,
            type_name,
            location,
            need,
        } = self;
        write!(
            f,
            "{kind} `{component}` ({location}): parameter `{parameter}` of type `{type_name}`: {need}",
        )?;
        if *need == Need::Docket {
            write!(
                f,
                "; or take an `Option<{type_name}>`, which is `None` then"
            )?;
        }
        Ok(())
    }
}

impl std::error::Error for UnmetDependency {}

/// The first parameter of `parameters` whose needs `offer` does not meet.
pub(crate) fn unmet(
    kind: &'static str,
    component: &'static str,
    location: Location,
    parameters: &'static [ParameterEntry],
    offer: &Offer<'_>,
) -> Option<UnmetDependency> {
    parameters.iter().find_map(|parameter| {
        let ParameterKind::Injected { needs } = parameter.kind else {
            return None;
        };
        let need = offer.lacks(&Needs::collect(needs))?;
        let type_name = (parameter.type_name)();
        Some(UnmetDependency {
            kind,
            component,
            parameter: parameter.name,
            type_name,
            location,
            need,
        })
    })
}

/// Components of one kind, sorted by name.
struct Table<E: 'static> {
    entries: Vec<&'static E>,
    by_name: HashMap<&'static str, &'static E>,
}

impl<E: Send + Sync> Table<E> {
    fn gather(
        kind: &'static str,
        entries: impl Iterator<Item = &'static E>,
        name: fn(&E) -> &'static str,
        location: fn(&E) -> Location,
    ) -> Result<Self, DuplicateName> {
        let mut entries: Vec<_> = entries.collect();
        entries.sort_by_key(|entry| (name(entry), location(entry)));
        refuse_duplicates(
            kind,
            entries.iter().map(|entry| (name(entry), location(entry))),
        )?;
        let by_name = entries.iter().map(|entry| (name(entry), *entry)).collect();
        Ok(Self { entries, by_name })
    }
}

/// All that a server offers to clients.
pub(crate) struct Registry {
    tools: Table<ToolEntry>,
    prompts: Table<PromptEntry>,
    /// Keyed by URI.
    resources: Table<ResourceEntry>,
    tool_listing: OnceLock<Vec<Tool>>,
}

impl Registry {
    /// Everything that is registered in the program.
    pub(crate) fn gather() -> Result<Self, DuplicateName> {
        let tools = Table::gather(
            "tools",
            inventory::iter::<ToolEntry>().filter(|tool| tool.entry.is_enabled()),
            |tool| tool.entry.name,
            |tool| tool.entry.location,
        )?;
        let prompts = Table::gather(
            "prompts",
            inventory::iter::<PromptEntry>().filter(|prompt| prompt.entry.is_enabled()),
            |prompt| prompt.entry.name,
            |prompt| prompt.entry.location,
        )?;
        let resources = Table::gather(
            "resources",
            inventory::iter::<ResourceEntry>().filter(|resource| resource.entry.is_enabled()),
            |resource| resource.uri,
            |resource| resource.entry.location,
        )?;
        Ok(Self {
            tools,
            prompts,
            resources,
            tool_listing: OnceLock::new(),
        })
    }

    /// The first parameter of any component that the server cannot provide.
    pub(crate) fn unmet(&self, offer: &Offer<'_>) -> Option<UnmetDependency> {
        fn one<R>(
            kind: &'static str,
            entry: &Entry<R>,
            offer: &Offer<'_>,
        ) -> Option<UnmetDependency> {
            unmet(kind, entry.name, entry.location, entry.parameters, offer)
        }
        let tools = self
            .tools
            .entries
            .iter()
            .map(|tool| one("tool", &tool.entry, offer));
        let prompts = self
            .prompts
            .entries
            .iter()
            .map(|prompt| one("prompt", &prompt.entry, offer));
        let resources = self
            .resources
            .entries
            .iter()
            .map(|resource| one("resource", &resource.entry, offer));
        tools.chain(prompts).chain(resources).flatten().next()
    }

    /// The first component whose attribute declares what cannot be.
    pub(crate) fn invalid(&self) -> Option<InvalidDeclaration> {
        let tools = self.tools.entries.iter().map(|tool| check::tool(tool));
        let prompts = self
            .prompts
            .entries
            .iter()
            .map(|prompt| check::entry("prompt", &prompt.entry));
        let resources = self
            .resources
            .entries
            .iter()
            .map(|resource| check::entry("resource", &resource.entry));
        tools.chain(prompts).chain(resources).flatten().next()
    }

    pub(crate) fn tool(&self, name: &str) -> Option<&'static ToolEntry> {
        self.tools.by_name.get(name).copied()
    }

    pub(crate) fn prompt(&self, name: &str) -> Option<&'static PromptEntry> {
        self.prompts.by_name.get(name).copied()
    }

    /// The resource at `uri`, or the template that matches it, with the values of its variables.
    pub(crate) fn resource(
        &self,
        uri: &str,
    ) -> Option<(&'static ResourceEntry, Map<String, Value>)> {
        let exact = self
            .resources
            .by_name
            .get(uri)
            .filter(|resource| !resource.is_template());
        if let Some(resource) = exact {
            return Some((resource, Map::new()));
        }
        let templates = self
            .resources
            .entries
            .iter()
            .filter(|resource| resource.is_template());
        templates
            .copied()
            .find_map(|resource| Some((resource, uri::matches(resource.parts, uri)?)))
    }

    /// What `tools/list` says, built once.
    pub(crate) fn list_tools(&self) -> &[Tool] {
        self.tool_listing.get_or_init(|| {
            self.tools
                .entries
                .iter()
                .map(|tool| tool.listing())
                .collect()
        })
    }

    /// What `tools/list` says of one tool.
    pub(crate) fn listing(&self, name: &str) -> Option<&Tool> {
        let tools = self.list_tools();
        let index = tools.binary_search_by(|tool| (*tool.name).cmp(name)).ok()?;
        tools.get(index)
    }

    pub(crate) fn list_prompts(&self) -> Vec<Prompt> {
        self.prompts
            .entries
            .iter()
            .map(|prompt| prompt.listing())
            .collect()
    }

    pub(crate) fn list_resources(&self) -> Vec<Resource> {
        let plain = self
            .resources
            .entries
            .iter()
            .filter(|resource| !resource.is_template());
        plain.map(|resource| resource.listing()).collect()
    }

    pub(crate) fn list_templates(&self) -> Vec<ResourceTemplate> {
        let templates = self
            .resources
            .entries
            .iter()
            .filter(|resource| resource.is_template());
        templates
            .map(|resource| resource.template_listing())
            .collect()
    }

    pub(crate) fn has_tools(&self) -> bool {
        !self.tools.entries.is_empty()
    }

    pub(crate) fn has_prompts(&self) -> bool {
        !self.prompts.entries.is_empty()
    }

    pub(crate) fn has_resources(&self) -> bool {
        !self.resources.entries.is_empty()
    }
}
