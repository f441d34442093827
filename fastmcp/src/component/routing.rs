//! Finds the components of a server and of its parts.

use crate::app_meta;
use crate::caller::Caller;
use crate::component::access::Component;
use crate::component::attached::{Attached, Found};
use crate::component::dispatch::Dispatcher;
use crate::component::lint::Lint;
use crate::component::part::Watch;
use crate::component::remote_task::RemoteTask;
use crate::component::tool_lints;

use crate::component_kind::ComponentKind;
use crate::context::request::Context;
use crate::mcp::{Prompt, Resource, ResourceTemplate, Tool};

impl Dispatcher {
    /// Returns the first component of the parts that `find` returns, among those that the caller may use; with `None`,
    /// among all.
    fn find_in_parts(
        &self,
        caller: Option<&Caller>,
        find: impl Fn(&Attached) -> Option<Found>,
    ) -> Option<Found> {
        let mut found = self.parts.iter().filter_map(find);
        found.find(|it| caller.is_none_or(|caller| self.registry.shows(caller, &it.component)))
    }

    /// Finds a tool of the parts.
    pub(crate) fn part_tool(&self, name: &str, caller: Option<&Caller>) -> Option<Found> {
        self.find_in_parts(caller, |it| it.tool(name, caller))
    }

    /// Finds a prompt of the parts.
    pub(crate) fn part_prompt(&self, name: &str, caller: Option<&Caller>) -> Option<Found> {
        self.find_in_parts(caller, |it| it.prompt(name, caller))
    }

    /// Finds the resource of the parts at `uri`.
    pub(crate) fn part_resource(&self, uri: &str, caller: Option<&Caller>) -> Option<Found> {
        self.find_in_parts(caller, |it| it.resource(uri, caller))
    }

    /// Finds the resource or the template of the parts that is declared with this URI.
    pub(crate) fn part_template(&self, uri: &str, caller: Option<&Caller>) -> Option<Found> {
        self.find_in_parts(caller, |it| it.template(uri, caller))
    }

    /// Returns the tools that the caller may use.
    pub(crate) fn tools(&self, caller: &Caller) -> Vec<Tool> {
        let mut tools = self.registry.list_tools(caller);
        for part in &self.parts {
            self.add_tools(caller, part, part.part.tools(caller), &mut tools);
        }
        tools
    }

    pub(crate) fn add_tools(
        &self,
        caller: &Caller,
        part: &Attached,
        listed: Vec<Tool>,
        tools: &mut Vec<Tool>,
    ) {
        let listed = listed.into_iter().map(|it| part.outer_tool(it));
        tools.extend(listed.filter(|it| self.shows_all() || self.lists_tool(&it.name, caller)));
    }

    fn lists_tool(&self, name: &str, caller: &Caller) -> bool {
        self.part_tool(name, Some(caller)).is_some()
    }

    /// Returns the prompts that the caller may use.
    pub(crate) fn prompts(&self, caller: &Caller) -> Vec<Prompt> {
        let mut prompts = self.registry.list_prompts(caller);
        for part in &self.parts {
            self.add_prompts(caller, part, part.part.prompts(caller), &mut prompts);
        }
        prompts
    }

    pub(crate) fn add_prompts(
        &self,
        caller: &Caller,
        part: &Attached,
        listed: Vec<Prompt>,
        prompts: &mut Vec<Prompt>,
    ) {
        let listed = listed.into_iter().map(|it| part.outer_prompt(it));
        let is_shown = |name: &str| self.part_prompt(name, Some(caller)).is_some();
        prompts.extend(listed.filter(|it| self.shows_all() || is_shown(&it.name)));
    }

    /// Returns the resources that the caller may use.
    pub(crate) fn resources(&self, caller: &Caller) -> Vec<Resource> {
        let mut resources = self.registry.list_resources(caller);
        for part in &self.parts {
            self.add_resources(caller, part, part.part.resources(caller), &mut resources);
        }
        resources
    }

    pub(crate) fn add_resources(
        &self,
        caller: &Caller,
        part: &Attached,
        listed: Vec<Resource>,
        resources: &mut Vec<Resource>,
    ) {
        let listed = listed.into_iter().map(|it| part.outer_resource(it));
        let is_shown = |uri: &str| self.part_template(uri, Some(caller)).is_some();
        resources.extend(listed.filter(|it| self.shows_all() || is_shown(&it.uri)));
    }

    /// Returns the resource templates that the caller may use.
    pub(crate) fn resource_templates(&self, caller: &Caller) -> Vec<ResourceTemplate> {
        let mut templates = self.registry.list_templates(caller);
        for part in &self.parts {
            self.add_templates(caller, part, part.part.templates(caller), &mut templates);
        }
        templates
    }

    pub(crate) fn add_templates(
        &self,
        caller: &Caller,
        part: &Attached,
        listed: Vec<ResourceTemplate>,
        templates: &mut Vec<ResourceTemplate>,
    ) {
        let listed = listed.into_iter().map(|it| part.outer_template(it));
        let is_shown = |uri: &str| self.part_template(uri, Some(caller)).is_some();
        templates.extend(listed.filter(|it| self.shows_all() || is_shown(&it.uri_template)));
    }

    fn shows_all(&self) -> bool {
        self.registry.shows_all()
    }

    /// Returns the listing of one tool, even if the tool is hidden.
    pub(crate) fn listing(&self, name: &str) -> Option<Tool> {
        if let Some(tool) = self.registry.listing(name) {
            return Some(tool.clone());
        }
        self.parts.iter().find_map(|it| {
            let inner = it.inner(ComponentKind::Tool, name)?;
            Some(it.outer_tool(it.part.listing(&inner)?))
        })
    }

    /// Returns the parts of the lists that hosts may refuse or misread, sorted by component.
    pub(crate) fn lints(&self) -> Vec<Lint> {
        let mut lints = self.tool_lints(&ToOwned::to_owned);
        lints.sort_by(|a, b| a.component.cmp(&b.component));
        let bytes = |tool: &Tool| serde_json::to_vec(tool).map_or(0, |json| json.len());
        let own = self.registry.tool_listings().iter();
        // Hosts send the other tools to their pages only.
        let own = own.filter(|it| !app_meta::is_hidden_from_models(&it.tool));
        let own = own.map(|it| bytes(&it.tool));
        let components = self.part_components().into_iter();
        let tools = components.filter(|it| it.kind == ComponentKind::Tool);
        let of_parts = tools.filter_map(|it| self.listing(&it.name));
        let of_parts = of_parts.filter(|it| !app_meta::is_hidden_from_models(it));
        let of_parts = of_parts.map(|it| bytes(&it));
        lints.extend(tool_lints::many_tokens(
            &self.identity.name,
            own.chain(of_parts),
        ));
        lints
    }

    /// Returns the lints of all tools. `outer` returns the name of a tool for clients.
    pub(crate) fn tool_lints(&self, outer: &dyn Fn(&str) -> String) -> Vec<Lint> {
        let mut lints = self.registry.lints(outer);
        for part in &self.parts {
            lints.extend(part.part.lints(&|name| outer(&part.outer_name(name))));
        }
        lints
    }

    /// Returns all components, also those that callers may not use.
    pub(crate) fn components(&self) -> Vec<Component> {
        let mut components: Vec<Component> = self.registry.components().collect();
        for part in &self.parts {
            components.extend(part.part.components().into_iter().map(|it| part.outer(it)));
        }
        components
    }

    /// Returns the components of the parts.
    pub(crate) fn part_components(&self) -> Vec<Component> {
        let parts = self.parts.iter();
        let components = parts.flat_map(|it| {
            let components = it.part.components();
            components.into_iter().map(|component| it.outer(component))
        });
        components.collect()
    }

    /// Returns whether the server has a tool with this name, of its own or of a part, that the caller may use.
    pub(crate) fn tool_component(&self, name: &str, caller: Option<&Caller>) -> Option<Component> {
        let own = match caller {
            Some(caller) => self.registry.tool(name, caller),
            None => self.registry.any_tool(name),
        };
        match own {
            Some(tool) => Some(tool.component()),
            None => Some(self.part_tool(name, caller)?.component),
        }
    }

    /// Returns the prompt with this name.
    pub(crate) fn prompt_component(
        &self,
        name: &str,
        caller: Option<&Caller>,
    ) -> Option<Component> {
        let own = match caller {
            Some(caller) => self.registry.prompt(name, caller),
            None => self.registry.any_prompt(name),
        };
        match own {
            Some(prompt) => Some(prompt.component()),
            None => Some(self.part_prompt(name, caller)?.component),
        }
    }

    /// Returns the resource at `uri`, or the template that matches it.
    pub(crate) fn resource_component(
        &self,
        uri: &str,
        caller: Option<&Caller>,
    ) -> Option<Component> {
        let own = match caller {
            Some(caller) => self.registry.resource(uri, caller).map(|(it, _)| it),
            None => self.registry.any_resource(uri),
        };
        match own {
            Some(resource) => Some(resource.component()),
            None => Some(self.part_resource(uri, caller)?.component),
        }
    }

    /// Returns the resource or the template that is declared with this URI.
    pub(crate) fn template_component(
        &self,
        uri: &str,
        caller: Option<&Caller>,
    ) -> Option<Component> {
        let own = match caller {
            Some(caller) => self.registry.template(uri, caller),
            None => self.registry.any_template(uri),
        };
        match own {
            Some(resource) => Some(resource.component()),
            None => Some(self.part_template(uri, caller)?.component),
        }
    }

    /// Returns a text that all URIs of one resource share.
    pub(crate) fn resource_key(&self, uri: &str) -> String {
        if self.registry.any_resource(uri).is_none()
            && let Some(found) = self.part_resource(uri, None)
        {
            let Found { attached, name, .. } = found;
            return attached.outer_name(&attached.part.resource_key(&name));
        }
        self.registry.resource_key(uri)
    }

    /// Returns a task of a remote server, if `id` belongs to the caller. As for other tasks, the caller may have lost the
    /// access to the tool since then, and a tool that is gone belongs to another version of its server.
    pub(crate) fn remote_task(&self, id: &str, context: &Context) -> Option<Box<dyn RemoteTask>> {
        let mut parts = self.parts.iter();
        let task = parts.find_map(|it| it.remote_task(id, context))?;
        let tool = task.tool();
        let may_use = |caller| self.part_tool(&tool, caller).is_some();
        (!may_use(None) || may_use(Some(&context.caller()))).then_some(task)
    }

    /// Returns whether remote servers may make tasks of calls.
    pub(crate) fn makes_remote_tasks(&self) -> bool {
        self.parts.iter().any(|it| it.part.makes_tasks())
    }

    /// Asks the remote server of a resource for its updates. `None` if the resource belongs to no remote server.
    pub(crate) fn watch(&self, uri: &str) -> Option<Watch> {
        if self.registry.any_resource(uri).is_some() {
            return None;
        }
        let Found { attached, name, .. } = self.part_resource(uri, None)?;
        attached.part.watch(&name)
    }

    /// Returns whether the server has components of this kind, or may get some later.
    pub(crate) fn offers(&self, kind: ComponentKind) -> bool {
        let has = match kind {
            ComponentKind::Tool => self.registry.has_tools(),
            ComponentKind::Resource => self.registry.has_resources(),
            ComponentKind::Prompt => self.registry.has_prompts(),
        };
        has || self.parts.iter().any(|it| it.part.offers(kind))
    }

    /// Returns whether an argument has a completion.
    pub(crate) fn completes(&self) -> bool {
        self.registry.has_completions() || self.parts.iter().any(|it| it.part.completes())
    }

    /// Returns whether a tool or a resource belongs to MCP Apps.
    pub(crate) fn has_apps(&self) -> bool {
        self.registry.has_apps() || self.parts.iter().any(|it| it.part.has_apps())
    }

    /// Returns whether callers may see different components.
    pub(crate) fn is_restricted(&self) -> bool {
        self.registry.is_restricted() || self.parts.iter().any(|it| it.part.is_restricted())
    }

    /// Returns the scopes of all components; some may be equal.
    #[cfg(feature = "auth")]
    pub(crate) fn scopes(&self) -> Vec<&'static str> {
        let mut scopes: Vec<_> = self.registry.scopes().collect();
        for component in self.part_components() {
            scopes.extend_from_slice(&component.scopes);
        }
        scopes
    }

    /// Returns the scopes that a component needs; none if the caller may not see it with any scope.
    #[cfg(feature = "auth")]
    pub(crate) fn scopes_of(
        &self,
        kind: ComponentKind,
        name: &str,
        caller: &Caller,
    ) -> Vec<&'static str> {
        let component = match kind {
            ComponentKind::Tool => self.tool_component(name, None),
            ComponentKind::Prompt => self.prompt_component(name, None),
            ComponentKind::Resource => self.resource_component(name, None),
        };
        let shown = component.filter(|it| self.registry.shows_with_scopes(caller, it));
        shown.map_or_else(Vec::new, |it| it.scopes.into_owned())
    }
}
