//! [`Registry`]: the components that a server offers, collected at start-up and looked up by name.

#[cfg(feature = "cli")]
pub(crate) mod description;
pub(crate) mod lints;
pub(crate) mod listing;
pub(crate) mod startup_checks;
pub(crate) mod table;

use std::collections::{HashMap, HashSet};
use std::sync::OnceLock;

use serde_json::{Map, Value};

use crate::call::parameter_entry::ParameterEntry;
use crate::call::portable::schemas::SchemaForm;
use crate::caller::Caller;
use crate::component::access::{AccessRules, Component};
use crate::component::completion::CompletionEntry;
use crate::component::options::TaskOptions;
use crate::component::prompt::PromptEntry;
use crate::component::registry::table::Table;
use crate::component::resource::ResourceEntry;
use crate::component::tool::{ListedTool, ToolEntry};
use crate::component::uri;
use crate::component::visibility::Visibility;
use crate::component_kind::ComponentKind;
use crate::context::change::ListKind;
use crate::mcp::Prompt;
use crate::normal_uri::{NormalUri, template_key};
use crate::registration::{DuplicateKind, DuplicateName, Location};
use crate::selection::{Descriptor, Selection, UnmatchedSelection};
#[cfg(feature = "skills")]
use crate::skills::embedded::EmbeddedSkills;

/// The components that a server offers, including hidden ones.
pub(crate) struct Registry {
    tools: Table<ToolEntry>,
    prompts: Table<PromptEntry>,
    resources: Table<ResourceEntry>,
    /// The resources and templates by the [key](template_key) of their URI.
    by_uri: HashMap<String, &'static ResourceEntry>,
    /// The form in which schemas are listed.
    pub(crate) schemas: SchemaForm,
    /// The listings of all tools, in the order of the table. Schemas are generated only once.
    tool_listings: OnceLock<Vec<ListedTool>>,
    /// The listings of all prompts, in the order of the table.
    prompt_listings: OnceLock<Vec<Prompt>>,
    /// The parts of the listings that hosts may refuse or misread.
    /// `true` if any argument of a prompt or a resource template can be completed.
    has_completions: OnceLock<bool>,
    visibility: Visibility,
    access: AccessRules,
    /// `true` if URIs of skills match no template.
    has_skills: bool,
}

/// The components of the mounted servers, by the locations of their functions.
pub(crate) type MountedComponents = HashSet<(ComponentKind, Location)>;

/// The reason why the components of a server cannot be collected.
#[derive(Debug, thiserror::Error)]
pub(crate) enum GatherError {
    #[error(transparent)]
    Duplicate(#[from] DuplicateName),
    #[error(transparent)]
    Unmatched(#[from] UnmatchedSelection),
}

/// Returns an error if two resources have equivalent URIs, or two templates match the same URIs, such as
/// `a://{x}` and `a://{y}`. Their order would decide which of them serves a URI.
fn refuse_overlapping_resources(resources: &Table<ResourceEntry>) -> Result<(), DuplicateName> {
    let mut locations: HashMap<String, Location> = HashMap::new();
    for resource in resources.iter() {
        let shape = uri::shape(resource.parts);
        let second = resource.entry.location;
        if let Some(first) = locations.insert(shape.clone(), second) {
            let kind = if resource.is_template() {
                DuplicateKind::ResourceTemplate
            } else {
                DuplicateKind::Resource
            };
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

impl Registry {
    /// Collects the components that the program registers and `selection` matches. Without a selection, these are all
    /// except those of the mounted servers.
    pub(crate) fn gather(
        selection: Option<&Selection>,
        mounted: &MountedComponents,
        schemas: SchemaForm,
    ) -> Result<Self, GatherError> {
        let tools = || inventory::iter::<ToolEntry>();
        let prompts = || inventory::iter::<PromptEntry>();
        let resources = || inventory::iter::<ResourceEntry>();
        if let Some(selection) = selection {
            // Disabled components are included: a selection that names one is not misspelled.
            let tools = tools().map(ToolEntry::descriptor);
            let prompts = prompts().map(PromptEntry::descriptor);
            let resources = resources().map(ResourceEntry::descriptor);
            let all = tools.chain(prompts).chain(resources);
            #[cfg(feature = "skills")]
            let all = all
                .chain(inventory::iter::<EmbeddedSkills>().flat_map(EmbeddedSkills::descriptors));
            let all: Vec<Descriptor<'_>> = all.collect();
            selection.refuse_unmatched(&all)?;
        }
        let is_selected = |component: Descriptor<'_>| match selection {
            Some(selection) => selection.matches(&component),
            None => !mounted.contains(&(component.kind, component.location)),
        };

        let tools = Table::new(
            DuplicateKind::Tool,
            tools().filter(|tool| tool.entry.is_enabled() && is_selected(tool.descriptor())),
            |tool| tool.entry.name,
            |tool| tool.entry.location,
        )?;
        let prompts = Table::new(
            DuplicateKind::Prompt,
            prompts()
                .filter(|prompt| prompt.entry.is_enabled() && is_selected(prompt.descriptor())),
            |prompt| prompt.entry.name,
            |prompt| prompt.entry.location,
        )?;
        let resources = Table::new(
            DuplicateKind::Resource,
            resources().filter(|resource| {
                resource.entry.is_enabled() && is_selected(resource.descriptor())
            }),
            |resource| resource.uri,
            |resource| resource.entry.location,
        )?;
        refuse_overlapping_resources(&resources)?;
        let by_uri = resources.iter().map(|it| (template_key(it.uri), it));
        Ok(Self {
            by_uri: by_uri.collect(),
            tools,
            prompts,
            resources,
            schemas,
            tool_listings: OnceLock::new(),
            prompt_listings: OnceLock::new(),
            has_completions: OnceLock::new(),
            visibility: Visibility::default(),
            access: AccessRules::default(),
            has_skills: false,
        })
    }

    /// Sets the rules for callers.
    pub(crate) fn with_access(mut self, access: AccessRules) -> Self {
        self.access = access;
        self
    }

    /// Keeps URIs of skills out of templates: a template such as `{scheme}://{path*}` would serve other bytes than the
    /// manifest of the skill promises.
    #[cfg(feature = "skills")]
    pub(crate) fn with_skills(mut self) -> Self {
        self.has_skills = true;
        self
    }

    /// Returns whether callers may see different components.
    pub(crate) fn is_restricted(&self) -> bool {
        self.access.has_rule() || self.scopes().next().is_some()
    }

    /// Returns the scopes of all components; some may be equal.
    pub(crate) fn scopes(&self) -> impl Iterator<Item = &'static str> {
        let tools = self.tools.iter().map(|it| it.entry.options.scopes);
        let prompts = self.prompts.iter().map(|it| it.entry.options.scopes);
        let resources = self.resources.iter().map(|it| it.entry.options.scopes);
        tools.chain(prompts).chain(resources).flatten().copied()
    }

    /// Returns the tool with this name, if it is visible to the caller.
    pub(crate) fn tool(&self, name: &str, caller: &Caller) -> Option<&'static ToolEntry> {
        let tool = self.tools.get(name)?;
        self.shows_tool(tool, caller).then_some(tool)
    }

    /// Returns the tool with this name, even if it is hidden, so that a task that was created while the
    /// tool was visible still runs.
    pub(crate) fn any_tool(&self, name: &str) -> Option<&'static ToolEntry> {
        self.tools.get(name)
    }

    /// Returns the tools whose calls can be tasks, with the options of the tasks.
    pub(crate) fn task_tools(&self) -> impl Iterator<Item = (&'static ToolEntry, TaskOptions)> {
        let tools = self.tools.iter();
        tools.filter_map(|tool| Some((tool, tool.entry.options.task?)))
    }

    /// Returns the prompt with this name, if it is visible to the caller.
    pub(crate) fn prompt(&self, name: &str, caller: &Caller) -> Option<&'static PromptEntry> {
        let prompt = self.prompts.get(name)?;
        self.shows_prompt(prompt, caller).then_some(prompt)
    }

    /// Returns the resource at `uri`, or the template that matches it with the values of its variables, if
    /// it is visible to the caller. A resource takes precedence over templates.
    pub(crate) fn resource(
        &self,
        uri: &str,
        caller: &Caller,
    ) -> Option<(&'static ResourceEntry, Map<String, Value>)> {
        self.find(&NormalUri::new(uri), |it| self.shows_resource(it, caller))
    }

    /// Returns a text that all URIs of one resource share: the URI of the resource or of its template,
    /// with the values of the variables. For other URIs it is the key of the URI.
    pub(crate) fn resource_key(&self, uri: &str) -> String {
        let uri = NormalUri::new(uri);
        // Hidden resources are included, so that a key does not depend on what is visible.
        let Some((resource, variables)) = self.find(&uri, |_| true) else {
            return uri.key();
        };
        let mut variables: Vec<_> = variables.into_iter().collect();
        // Variables of a query may come in any order.
        variables.sort_by(|(a, _), (b, _)| a.cmp(b));
        format!("{} {variables:?}", resource.uri)
    }

    /// Finds the resource at `uri`, or the template that matches it, among those that `is_included`
    /// returns `true` for.
    fn find(
        &self,
        uri: &NormalUri,
        is_included: impl Fn(&ResourceEntry) -> bool,
    ) -> Option<(&'static ResourceEntry, Map<String, Value>)> {
        let exact = self.by_uri.get(&uri.key()).copied();
        if let Some(resource) = exact.filter(|it| !it.is_template() && is_included(it)) {
            return Some((resource, Map::new()));
        }
        if self.has_skills && uri.as_str().starts_with("skill:") {
            return None;
        }
        let resources = self.resources.iter();
        let mut templates = resources.filter(|it| it.is_template() && is_included(it));
        templates.find_map(|template| Some((template, uri::matches(template.parts, uri)?)))
    }

    /// Returns the resource or template that is declared with this URI, if it is visible to the caller.
    pub(crate) fn template(&self, uri: &str, caller: &Caller) -> Option<&'static ResourceEntry> {
        let resource = self.by_uri.get(&template_key(uri)).copied();
        resource.filter(|it| self.shows_resource(it, caller))
    }

    /// Returns the parameters of prompts and resource templates, whose arguments can be completed.
    fn completable(&self) -> impl Iterator<Item = &'static ParameterEntry> {
        let prompts = self.prompts.iter().map(|it| it.entry.all_parameters());
        let resources = self.resources.iter().map(|it| it.entry.all_parameters());
        prompts.chain(resources).flatten()
    }

    /// Returns the completions that arguments name.
    fn completions(&self) -> impl Iterator<Item = &'static CompletionEntry> {
        let parameters = self.completable();
        parameters.filter_map(|parameter| parameter.completion?.downcast_ref())
    }

    /// Returns whether the tool is not hidden, and no rule or scope depends on the caller.
    pub(crate) fn shows_tool_to_everybody(&self, tool: &ToolEntry) -> bool {
        !self.access.has_rule()
            && tool.entry.options.scopes.is_empty()
            && self.visibility.shows(ComponentKind::Tool, tool.entry.name)
    }

    /// Returns whether the caller may use the tool, even if it is hidden from everybody.
    pub(crate) fn permits_tool(&self, tool: &ToolEntry, caller: &Caller) -> bool {
        self.access.allows(caller, &tool.component())
    }

    /// Returns whether the caller may use a component.
    pub(crate) fn shows(&self, caller: &Caller, component: &Component) -> bool {
        self.visibility.shows(component.kind, component.key())
            && self.access.allows(caller, component)
    }

    /// Returns whether the caller may see a component with some scopes.
    #[cfg(feature = "auth")]
    pub(crate) fn shows_with_scopes(&self, caller: &Caller, component: &Component) -> bool {
        self.visibility.shows(component.kind, component.key())
            && self.access.shows(caller, component)
    }

    /// Returns whether no component is hidden by this server, except by its scopes.
    pub(crate) fn shows_all(&self) -> bool {
        !self.access.has_rule() && !self.visibility.hides_any()
    }

    /// Returns the prompt with this name, even if it is hidden.
    pub(crate) fn any_prompt(&self, name: &str) -> Option<&'static PromptEntry> {
        self.prompts.get(name)
    }

    /// Returns the resource at `uri`, or the template that matches it, even if it is hidden.
    pub(crate) fn any_resource(&self, uri: &str) -> Option<&'static ResourceEntry> {
        Some(self.find(&NormalUri::new(uri), |_| true)?.0)
    }

    /// Returns the resource or template that is declared with this URI, even if it is hidden.
    pub(crate) fn any_template(&self, uri: &str) -> Option<&'static ResourceEntry> {
        self.by_uri.get(&template_key(uri)).copied()
    }

    fn shows_tool(&self, tool: &ToolEntry, caller: &Caller) -> bool {
        self.visibility.shows(ComponentKind::Tool, tool.entry.name)
            && self.access.allows(caller, &tool.component())
    }

    fn shows_prompt(&self, prompt: &PromptEntry, caller: &Caller) -> bool {
        self.visibility
            .shows(ComponentKind::Prompt, prompt.entry.name)
            && self.access.allows(caller, &prompt.component())
    }

    fn shows_resource(&self, resource: &ResourceEntry, caller: &Caller) -> bool {
        self.visibility.shows(ComponentKind::Resource, resource.uri)
            && self.access.allows(caller, &resource.component())
    }

    /// Shows or hides the components that `selection` matches, among those of the server and of its parts. Returns the
    /// lists that have changed.
    pub(crate) fn show(
        &self,
        selection: &Selection,
        visible: bool,
        of_parts: Vec<Component>,
    ) -> Result<Vec<ListKind>, UnmatchedSelection> {
        let components: Vec<Component> = self.components().chain(of_parts).collect();
        let all: Vec<Descriptor<'_>> = components.iter().map(Component::descriptor).collect();
        selection.refuse_unmatched(&all)?;
        let selected = components.iter().zip(&all);
        let selected = selected.filter(|(_, component)| selection.matches(component));
        let keys = selected.map(|(it, _)| (it.kind, it.key().to_owned()));
        Ok(self.visibility.set(keys, visible))
    }

    /// Returns all components.
    pub(crate) fn components(&self) -> impl Iterator<Item = Component> {
        let tools = self.tools.iter().map(ToolEntry::component);
        let prompts = self.prompts.iter().map(PromptEntry::component);
        let resources = self.resources.iter().map(ResourceEntry::component);
        tools.chain(prompts).chain(resources)
    }
}
