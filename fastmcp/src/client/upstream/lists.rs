//! [`Lists`]: the last known components of a remote server.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashSet};
use std::sync::{Mutex, PoisonError};

use crate::component::access::Component;
use crate::component::options::ToolHints;
use crate::component_kind::ComponentKind;
use crate::context::change::ListKind;
use crate::mcp::{MetaObject, Prompt, Resource, ResourceTemplate, Tool};
use crate::normal_uri::{NormalUri, template_key};

/// The number of different tags of all remote servers that are known.
const MAX_TAGS: usize = 4_096;

/// The maximum length of a tag.
const MAX_TAG: usize = 64;

/// The last known components of a remote server.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Lists {
    pub(super) tools: BTreeMap<String, Tool>,
    pub(super) prompts: BTreeMap<String, Prompt>,
    /// By the key of the URI.
    pub(super) resources: BTreeMap<String, Resource>,
    /// By the key of the template.
    pub(super) templates: BTreeMap<String, ResourceTemplate>,
}

impl Lists {
    pub(super) fn new(
        tools: Vec<Tool>,
        prompts: Vec<Prompt>,
        resources: Vec<Resource>,
        templates: Vec<ResourceTemplate>,
    ) -> Self {
        let tools = tools.into_iter().map(|it| (it.name.to_string(), it));
        let prompts = prompts.into_iter().map(|it| (it.name.clone(), it));
        let resources = resources.into_iter();
        let resources = resources.map(|it| (NormalUri::new(&it.uri).key(), it));
        let templates = templates
            .into_iter()
            .map(|it| (template_key(&it.uri_template), it));
        Self {
            tools: tools.collect(),
            prompts: prompts.collect(),
            resources: resources.collect(),
            templates: templates.collect(),
        }
    }

    /// Returns the lists that differ.
    pub(super) fn changes(&self, other: &Self) -> Vec<ListKind> {
        let mut changes = Vec::new();
        if self.tools != other.tools {
            changes.push(ListKind::Tools);
        }
        if self.prompts != other.prompts {
            changes.push(ListKind::Prompts);
        }
        if self.resources != other.resources || self.templates != other.templates {
            changes.push(ListKind::Resources);
        }
        changes
    }

    /// Returns the resource at `uri`, or a template that may match it. The remote server decides.
    pub(super) fn resource(&self, uri: &str) -> Option<Component> {
        if let Some(resource) = self.resources.get(&NormalUri::new(uri).key()) {
            return Some(of_resource(resource));
        }
        let mut templates = self.templates.values();
        let template = templates.find(|it| may_match(&it.uri_template, uri))?;
        Some(of_template(template))
    }

    /// Returns the resource or the template that is declared with this URI.
    pub(super) fn template(&self, uri: &str) -> Option<Component> {
        match self.templates.get(&template_key(uri)) {
            Some(template) => Some(of_template(template)),
            None => self
                .resources
                .get(&NormalUri::new(uri).key())
                .map(of_resource),
        }
    }

    pub(super) fn components(&self) -> Vec<Component> {
        let tools = self.tools.values().map(of_tool);
        let prompts = self.prompts.values().map(of_prompt);
        let resources = self.resources.values().map(of_resource);
        let templates = self.templates.values().map(of_template);
        tools
            .chain(prompts)
            .chain(resources)
            .chain(templates)
            .collect()
    }
}

/// Returns whether the URI starts and ends like the template.
fn may_match(template: &str, uri: &str) -> bool {
    let start = template.split('{').next().unwrap_or_default();
    let end = template.rsplit('}').next().unwrap_or_default();
    let is_long_enough = uri.len() > start.len() + end.len();
    uri.starts_with(start) && uri.ends_with(end) && is_long_enough
}

pub(super) fn of_tool(tool: &Tool) -> Component {
    let mut component = component(
        ComponentKind::Tool,
        tool.name.to_string(),
        tool.meta.as_ref(),
    );
    if let Some(annotations) = &tool.annotations {
        component.hints = ToolHints {
            read_only: annotations.read_only_hint,
            destructive: annotations.destructive_hint,
            idempotent: annotations.idempotent_hint,
            open_world: annotations.open_world_hint,
        };
    }
    component
}

pub(super) fn of_prompt(prompt: &Prompt) -> Component {
    component(
        ComponentKind::Prompt,
        prompt.name.clone(),
        prompt.meta.as_ref(),
    )
}

fn of_resource(resource: &Resource) -> Component {
    let name = resource.name.clone();
    let mut component = component(ComponentKind::Resource, name, resource.meta.as_ref());
    component.uri = Some(Cow::Owned(resource.uri.clone()));
    component
}

fn of_template(template: &ResourceTemplate) -> Component {
    let name = template.name.clone();
    let mut component = component(ComponentKind::Resource, name, template.meta.as_ref());
    component.uri = Some(Cow::Owned(template.uri_template.clone()));
    component
}

fn component(kind: ComponentKind, name: String, meta: Option<&MetaObject>) -> Component {
    Component {
        kind,
        name: Cow::Owned(name),
        uri: None,
        tags: Cow::Owned(tags(meta)),
        module: "",
        location: None,
        scopes: Cow::Borrowed(&[]),
        hints: ToolHints::NONE,
    }
}

/// Returns the tags that this library and Python's `FastMCP` list.
fn tags(meta: Option<&MetaObject>) -> Vec<&'static str> {
    let tags = meta.and_then(|it| it.0.get("fastmcp")?.get("tags")?.as_array());
    let tags = tags.into_iter().flatten().filter_map(|it| it.as_str());
    tags.filter_map(known).collect()
}

/// Returns a copy of a tag that is kept for ever. Their number is limited, because a remote server could send new ones
/// each time; further tags are ignored.
fn known(tag: &str) -> Option<&'static str> {
    static KNOWN: Mutex<Option<HashSet<&'static str>>> = Mutex::new(None);
    let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    let known = known.get_or_insert_default();
    if let Some(known) = known.get(tag) {
        return Some(known);
    }
    if known.len() >= MAX_TAGS || tag.len() > MAX_TAG {
        return None;
    }
    let kept: &'static str = Box::leak(tag.into());
    known.insert(kept);
    Some(kept)
}
