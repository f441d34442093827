//! The components that a server offers: gathered once, sorted by name, looked up by name.

use std::collections::HashMap;
use std::sync::OnceLock;

use serde_json::{Map, Value};

use crate::call::inject::capabilities::Capabilities;
use crate::call::unmet;
use crate::call::unmet::UnmetDependency;
use crate::component::completion::CompletionEntry;
use crate::component::entry::Entry;
use crate::component::options::TaskOptions;
use crate::component::prompt::PromptEntry;
use crate::component::resource::ResourceEntry;
use crate::component::tool::ToolEntry;
use crate::component::validation::InvalidDeclaration;
use crate::component::visibility::{Kind, Visibility};
use crate::component::{uri, validation};
use crate::context::server_handle::ListKind;
use crate::mcp::{Prompt, Resource, ResourceTemplate, Tool};
use crate::registration::{DuplicateName, Location, refuse_duplicates};
use crate::selection::{IdleSelection, Selection, Traits};

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

/// Why components cannot be gathered.
pub(crate) enum GatherError {
    Duplicate(DuplicateName),
    Idle(IdleSelection),
}

impl From<DuplicateName> for GatherError {
    fn from(error: DuplicateName) -> Self {
        Self::Duplicate(error)
    }
}

impl From<IdleSelection> for GatherError {
    fn from(error: IdleSelection) -> Self {
        Self::Idle(error)
    }
}

/// Refuses a selection with a part that fits nothing.
fn refuse_idle(selection: &Selection, components: &[Traits]) -> Result<(), IdleSelection> {
    let Some(part) = selection.idle_part(components) else {
        return Ok(());
    };
    let asked = part.split('`').nth(1).unwrap_or_default();
    let known = components.iter().flat_map(|component| {
        let names = [Some(component.name), component.uri].into_iter().flatten();
        names
            .chain(component.tags.iter().copied())
            .chain([component.location.module])
    });
    let nearest = crate::text::nearest(asked, known);
    Err(IdleSelection { part, nearest })
}

/// Refuses two templates that match the same URIs: `a://{x}` and `a://{y}`.
fn refuse_twin_templates(resources: &[&'static ResourceEntry]) -> Result<(), DuplicateName> {
    let templates = resources.iter().filter(|resource| resource.is_template());
    let mut shapes: HashMap<String, Location> = HashMap::new();
    for resource in templates {
        let shape = uri::shape(resource.parts);
        let second = resource.entry.location;
        if let Some(first) = shapes.insert(shape.clone(), second) {
            let kind = "resource templates that match the same URIs";
            return Err(DuplicateName {
                kind,
                name: shape,
                first,
                second,
            });
        }
    }
    Ok(())
}

/// All that a server offers to clients.
pub(crate) struct Registry {
    tools: Table<ToolEntry>,
    prompts: Table<PromptEntry>,
    /// Keyed by URI.
    resources: Table<ResourceEntry>,
    tool_listing: OnceLock<Vec<Tool>>,
    visibility: Visibility,
}

impl Registry {
    /// What is registered in the program, as far as `selection` fits it.
    pub(crate) fn gather(selection: Option<&Selection>) -> Result<Self, GatherError> {
        let tools = || inventory::iter::<ToolEntry>();
        let prompts = || inventory::iter::<PromptEntry>();
        let resources = || inventory::iter::<ResourceEntry>();
        if let Some(selection) = selection {
            let tools = tools().map(|tool| tool.entry.traits(None));
            let prompts = prompts().map(|prompt| prompt.entry.traits(None));
            let resources = resources().map(|it| it.entry.traits(Some(it.uri)));
            refuse_idle(
                selection,
                &tools.chain(prompts).chain(resources).collect::<Vec<_>>(),
            )?;
        }
        let is_selected =
            |traits: Traits| selection.is_none_or(|selection| selection.fits(&traits));

        let tools = Table::gather(
            "tools",
            tools().filter(|it| it.entry.is_enabled() && is_selected(it.entry.traits(None))),
            |tool| tool.entry.name,
            |tool| tool.entry.location,
        )?;
        let prompts = Table::gather(
            "prompts",
            prompts().filter(|it| it.entry.is_enabled() && is_selected(it.entry.traits(None))),
            |prompt| prompt.entry.name,
            |prompt| prompt.entry.location,
        )?;
        let resources = Table::gather(
            "resources",
            resources()
                .filter(|it| it.entry.is_enabled() && is_selected(it.entry.traits(Some(it.uri)))),
            |resource| resource.uri,
            |resource| resource.entry.location,
        )?;
        refuse_twin_templates(&resources.entries)?;
        Ok(Self {
            tools,
            prompts,
            resources,
            tool_listing: OnceLock::new(),
            visibility: Visibility::default(),
        })
    }

    /// The first parameter of any component that the server cannot provide.
    pub(crate) fn unmet(&self, capabilities: &Capabilities<'_>) -> Option<UnmetDependency> {
        fn one<R>(
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
        let tools = self
            .tools
            .entries
            .iter()
            .map(|tool| one("tool", &tool.entry, capabilities));
        let prompts = self
            .prompts
            .entries
            .iter()
            .map(|prompt| one("prompt", &prompt.entry, capabilities));
        let resources = self
            .resources
            .entries
            .iter()
            .map(|resource| one("resource", &resource.entry, capabilities));
        let completions = self
            .completions()
            .map(|entry| one("completion", entry, capabilities));
        let components = tools.chain(prompts).chain(resources);
        components.chain(completions).flatten().next()
    }

    /// The completions that arguments name.
    fn completions(&self) -> impl Iterator<Item = &'static CompletionEntry> {
        let prompts = self
            .prompts
            .entries
            .iter()
            .map(|prompt| prompt.entry.parameters);
        let resources = self
            .resources
            .entries
            .iter()
            .map(|resource| resource.entry.parameters);
        let parameters = prompts.chain(resources).flatten();
        parameters.filter_map(|parameter| parameter.completion?.downcast_ref())
    }

    /// The first component whose attribute declares what cannot be.
    pub(crate) fn invalid(&self) -> Option<InvalidDeclaration> {
        let tools = self.tools.entries.iter().map(|tool| validation::tool(tool));
        let prompts = self
            .prompts
            .entries
            .iter()
            .map(|prompt| validation::entry("prompt", &prompt.entry));
        let resources = self
            .resources
            .entries
            .iter()
            .map(|resource| validation::entry("resource", &resource.entry));
        tools.chain(prompts).chain(resources).flatten().next()
    }

    pub(crate) fn tool(&self, name: &str) -> Option<&'static ToolEntry> {
        let tool = self.tools.by_name.get(name).copied();
        tool.filter(|tool| self.shows_tool(tool.entry.name))
    }

    /// The tool of this name, also a hidden one: what was asked for while it was shown is done.
    pub(crate) fn any_tool(&self, name: &str) -> Option<&'static ToolEntry> {
        self.tools.by_name.get(name).copied()
    }

    /// The tools whose calls can be tasks.
    pub(crate) fn task_tools(&self) -> impl Iterator<Item = (&'static ToolEntry, TaskOptions)> {
        let tools = self.tools.entries.iter();
        tools.filter_map(|tool| Some((*tool, tool.entry.options.task?)))
    }

    /// The first tool that is refused to whoever cannot follow a task, where there can be no tasks.
    pub(crate) fn without_docket(&self) -> Option<InvalidDeclaration> {
        let (tool, _) = self.task_tools().find(|(_, task)| task.required)?;
        Some(validation::without_docket(tool))
    }

    pub(crate) fn prompt(&self, name: &str) -> Option<&'static PromptEntry> {
        let prompt = self.prompts.by_name.get(name).copied();
        prompt.filter(|prompt| self.visibility.shows(Kind::Prompt, prompt.entry.name))
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
            .filter(|resource| !resource.is_template() && self.shows_resource(resource));
        if let Some(resource) = exact {
            return Some((resource, Map::new()));
        }
        let templates = self
            .resources
            .entries
            .iter()
            .filter(|resource| resource.is_template() && self.shows_resource(resource));
        templates
            .copied()
            .find_map(|resource| Some((resource, uri::matches(resource.parts, uri)?)))
    }

    fn shows_tool(&self, name: &'static str) -> bool {
        self.visibility.shows(Kind::Tool, name)
    }

    fn shows_resource(&self, resource: &ResourceEntry) -> bool {
        self.visibility.shows(Kind::Resource, resource.uri)
    }

    /// Shows or hides components; the lists that have changed by it.
    pub(crate) fn show(
        &self,
        selection: &Selection,
        visible: bool,
    ) -> Result<Vec<ListKind>, IdleSelection> {
        let all = self.traits().collect::<Vec<_>>();
        refuse_idle(
            selection,
            &all.iter().map(|(_, _, it)| *it).collect::<Vec<_>>(),
        )?;
        let chosen = all.iter().filter(|(_, _, it)| selection.fits(it));
        let names = chosen.map(|(kind, name, _)| (*kind, *name));
        Ok(self.visibility.set(names, visible))
    }

    fn traits(&self) -> impl Iterator<Item = (Kind, &'static str, Traits)> {
        let tools = self.tools.entries.iter();
        let tools = tools.map(|it| (Kind::Tool, it.entry.name, it.entry.traits(None)));
        let prompts = self.prompts.entries.iter();
        let prompts = prompts.map(|it| (Kind::Prompt, it.entry.name, it.entry.traits(None)));
        let resources = self.resources.entries.iter();
        let resources = resources.map(|it| (Kind::Resource, it.uri, it.entry.traits(Some(it.uri))));
        tools.chain(prompts).chain(resources)
    }

    /// What `tools/list` says.
    pub(crate) fn list_tools(&self) -> Vec<Tool> {
        let all = self.all_tools().iter().zip(&self.tools.entries);
        let shown = all.filter(|(_, it)| self.shows_tool(it.entry.name));
        shown.map(|(tool, _)| tool.clone()).collect()
    }

    /// The names of all tools, also of hidden ones.
    pub(crate) fn tool_names(&self) -> impl Iterator<Item = &'static str> {
        self.tools.entries.iter().map(|tool| tool.entry.name)
    }

    /// What `tools/list` says when nothing is hidden, built once.
    fn all_tools(&self) -> &[Tool] {
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
        let tools = self.all_tools();
        let index = tools.binary_search_by(|tool| (*tool.name).cmp(name)).ok()?;
        tools.get(index)
    }

    pub(crate) fn list_prompts(&self) -> Vec<Prompt> {
        let shown = self
            .prompts
            .entries
            .iter()
            .filter(|prompt| self.visibility.shows(Kind::Prompt, prompt.entry.name));
        shown.map(|prompt| prompt.listing()).collect()
    }

    pub(crate) fn list_resources(&self) -> Vec<Resource> {
        let plain = self
            .resources
            .entries
            .iter()
            .filter(|resource| !resource.is_template() && self.shows_resource(resource));
        plain.map(|resource| resource.listing()).collect()
    }

    pub(crate) fn list_templates(&self) -> Vec<ResourceTemplate> {
        let templates = self
            .resources
            .entries
            .iter()
            .filter(|resource| resource.is_template() && self.shows_resource(resource));
        templates
            .map(|resource| resource.template_listing())
            .collect()
    }

    pub(crate) fn has_tools(&self) -> bool {
        !self.tools.entries.is_empty()
    }

    /// The resource or template with exactly this URI.
    pub(crate) fn template(&self, uri: &str) -> Option<&'static ResourceEntry> {
        self.resources.by_name.get(uri).copied()
    }

    /// Whether anything has an argument with a completion.
    pub(crate) fn has_completions(&self) -> bool {
        self.completions().next().is_some()
    }

    pub(crate) fn has_prompts(&self) -> bool {
        !self.prompts.entries.is_empty()
    }

    pub(crate) fn has_resources(&self) -> bool {
        !self.resources.entries.is_empty()
    }
}
