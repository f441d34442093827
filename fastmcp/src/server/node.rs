//! [`Node`]: one server of a tree of mounted servers, checked but not started.

use std::collections::HashMap;

use crate::background::registry::TaskRegistry;
use crate::call::inject::capabilities::Capabilities;
use crate::call::inject::provided::Provided;
use crate::call::portable::schemas::SchemaForm;
use crate::call::unmet::UnmetDependency;
use crate::component::access::{AccessRules, Component};
use crate::component::added::DynamicComponents;
use crate::component::part::Part;
use crate::component::prefix::Prefix;
use crate::component::registry::{MountedComponents, Registry};
use crate::component_kind::ComponentKind;
use crate::normal_uri::template_key;
use crate::selection::Descriptor;
use crate::server::error::{MountError, StartError, StartErrors};
use crate::server::options::{PartFactory, PartOptions, PartSource, ServerOptions};
use crate::server::settings::DocketSettings;
use crate::server::worker::DocketChoice;

/// The maximum length of a tool's name that hosts accept.
const MAX_NAME: usize = 64;

/// One server of a tree of mounted servers. All checks that run no user code are done.
pub(crate) struct Node {
    /// The options, without the parts.
    pub(crate) options: ServerOptions,
    pub(crate) registry: Registry,
    pub(crate) parts: Vec<(Prefix, NodePart)>,
    /// The tools of `OpenAPI` documents.
    pub(crate) apis: Vec<DynamicComponents>,
    /// The tasks of the program, if the server has a docket of its own.
    pub(crate) tasks: Option<TaskRegistry>,
    #[cfg(feature = "events")]
    pub(crate) events: Option<crate::events::registry::EventRegistry>,
    #[cfg(feature = "skills")]
    pub(crate) skills: Option<std::sync::Arc<crate::skills::catalog::SkillCatalog>>,
    pub(crate) docket: NodeDocket,
}

/// A part of a server.
pub(crate) enum NodePart {
    Mount(Box<Node>),
    Proxy(PartFactory),
}

#[cfg(feature = "skills")]
impl NodePart {
    fn has_skills(&self) -> bool {
        match self {
            Self::Mount(node) => {
                let mut parts = node.parts.iter();
                node.skills.is_some() || parts.any(|(_, part)| part.has_skills())
            }
            Self::Proxy(_) => false,
        }
    }
}

/// The docket of a server, before it is opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct NodeDocket {
    /// `true` if the server has one.
    pub(crate) is_enabled: bool,
    /// `true` if it is not that of the server on which this one is mounted.
    pub(crate) is_own: bool,
    pub(crate) runs_worker: bool,
}

impl Node {
    /// Checks the options of a server, and of the servers that are mounted on it. `outer` is the docket of the server on
    /// which it is mounted. Adds the problems to `errors`, and returns `None` if the components cannot be collected.
    pub(crate) fn check(
        mut options: ServerOptions,
        outer: Option<NodeDocket>,
        settings: &DocketSettings,
        errors: &mut StartErrors,
    ) -> Option<Self> {
        let docket = node_docket(&options, outer, settings);
        let invalid_headers = options
            .task_headers
            .iter()
            .filter(|name| !is_header_name(name));
        errors.extend(invalid_headers.cloned().map(StartError::TaskHeader));
        #[cfg(feature = "events")]
        let events = crate::server::events::gather(&mut options, docket.is_enabled, errors);
        let parts = std::mem::take(&mut options.parts);
        let apis = api_tools(&mut options, errors);
        let has_parts = !parts.is_empty() || !apis.is_empty();
        let parts = check_parts(parts, docket, settings, errors);
        let mut mounted = MountedComponents::new();
        for (_, part) in &parts {
            if let NodePart::Mount(node) = part {
                node.collect(&mut mounted);
                if !node.docket.is_own {
                    // The worker of this docket runs the tasks of the mounted server too.
                    for (type_id, state) in &node.options.states {
                        let states = &mut options.states;
                        states.entry(*type_id).or_insert_with(|| state.clone());
                    }
                }
            }
        }
        let schemas = SchemaForm {
            schemas: options.schemas,
            wide_integers: options.calls.wide_integers,
        };
        let registry = Registry::gather(options.selection.as_ref(), &mounted, schemas);
        let registry = errors.check(registry);
        #[cfg(feature = "skills")]
        let skills = registry.as_ref().and_then(|registry| {
            crate::server::skill_sources::gather(&mut options, &mounted, registry, errors)
        });
        let tasks = if docket.is_own {
            errors.check(TaskRegistry::gather()).map(Some)
        } else {
            Some(None)
        };
        let rule = options.visible.take();
        let registry = registry?.with_access(AccessRules::new(rule));
        #[cfg(feature = "skills")]
        let registry = if skills.is_some() || parts.iter().any(|(_, part)| part.has_skills()) {
            registry.with_skills()
        } else {
            registry
        };
        let node = Self {
            registry,
            options,
            parts,
            apis,
            tasks: tasks?,
            #[cfg(feature = "events")]
            events,
            #[cfg(feature = "skills")]
            skills,
            docket,
        };
        node.check_components(errors);
        if has_parts {
            errors.extend(node.conflicts().into_iter().map(Box::new));
        }
        Some(node)
    }

    fn check_components(&self, errors: &mut StartErrors) {
        errors.extend(self.registry.invalid().into_iter().map(Box::new));
        if let Some(tasks) = &self.tasks {
            errors.extend(tasks.invalid().into_iter().map(Box::new));
        }
        if let Some(fallback) = &self.options.task_fallback {
            errors.check(fallback.validate(self.docket.is_enabled));
            let mut components = self.components();
            components.extend(self.options.added.inner().components());
            errors.check(fallback.check_components(&components));
        }
        // The components of a remote server, and those that are added later, are not known yet.
        if self.has_known_components() {
            let components = self.components();
            let without_page = self.registry.without_page(&components);
            errors.extend(without_page.into_iter().map(Box::new));
            let components: Vec<Descriptor<'_>> =
                components.iter().map(Component::descriptor).collect();
            errors.check(self.options.middleware.refuse_unmatched(&components));
        }
        let provided = Provided {
            runs_worker: self.docket.runs_worker,
            ..Provided::default()
        };
        let unmet = self.unmet(&Capabilities {
            states: &self.options.states,
            overrides: &self.options.overrides,
            ..provided.request_capabilities()
        });
        // The lifespan may add the state.
        let has_lifespan = self.has_lifespan();
        let is_final = |unmet: &UnmetDependency| !has_lifespan || !unmet.is_state();
        errors.extend(unmet.into_iter().filter(is_final).map(Box::new));
        if !self.docket.is_enabled {
            errors.extend(self.registry.without_docket().into_iter().map(Box::new));
        }
    }

    /// Returns the parameters of all handlers that the server cannot provide.
    fn unmet(&self, request: &Capabilities<'_>) -> Vec<UnmetDependency> {
        let has_docket = self.docket.is_enabled;
        let capabilities = Capabilities {
            docket: has_docket,
            worker: has_docket && self.docket.runs_worker,
            ..*request
        };
        let mut unmet = self.registry.unmet(&capabilities);
        #[cfg(feature = "events")]
        if let Some(events) = &self.events {
            unmet.extend(events.unmet(&Capabilities {
                request: false,
                http: false,
                subscriber: true,
                ..capabilities
            }));
        }
        if let Some(tasks) = self.tasks.as_ref().filter(|_| has_docket) {
            unmet.extend(tasks.unmet(&Capabilities {
                docket: true,
                worker: true,
                request: false,
                http: false,
                execution: true,
                ..*request
            }));
        }
        unmet
    }

    fn has_lifespan(&self) -> bool {
        let mut parts = self.parts.iter();
        self.options.lifespan.is_some()
            || parts.any(|(_, part)| match part {
                NodePart::Mount(node) => !node.docket.is_own && node.has_lifespan(),
                NodePart::Proxy(_) => false,
            })
    }

    fn has_known_components(&self) -> bool {
        !self.options.added.inner().is_declared()
            && self.parts.iter().all(|(_, part)| match part {
                NodePart::Mount(node) => node.has_known_components(),
                NodePart::Proxy(_) => false,
            })
    }

    /// Collects the locations of all components.
    fn collect(&self, mounted: &mut MountedComponents) {
        let components = self.registry.components();
        mounted.extend(components.filter_map(|it| Some((it.kind, it.location?))));
        let skills = self.skill_components().into_iter();
        mounted.extend(skills.filter_map(|it| Some((it.kind, it.location?))));
        for (_, part) in &self.parts {
            if let NodePart::Mount(node) = part {
                node.collect(mounted);
            }
        }
    }

    /// Returns the skills, as rules about callers see them.
    pub(crate) fn skill_components(&self) -> Vec<Component> {
        #[cfg(feature = "skills")]
        if let Some(skills) = &self.skills {
            return crate::component::part::Part::components(&**skills);
        }
        Vec::new()
    }

    /// Returns the components of the program, of `OpenAPI` documents and of skills.
    fn own_components(&self) -> Vec<Component> {
        let of_apis = self.apis.iter().flat_map(|it| it.inner().components());
        let components = self.registry.components().chain(of_apis);
        components.chain(self.skill_components()).collect()
    }

    /// Returns the components, with the prefixes of those of mounted servers.
    fn components(&self) -> Vec<Component> {
        let mut components = self.own_components();
        for (prefix, part) in &self.parts {
            if let NodePart::Mount(node) = part {
                let mounted = node.components().into_iter();
                components.extend(mounted.map(|it| it.with_prefix(prefix)));
            }
        }
        components
    }

    /// Returns the components that have the same name, and the tools whose name is too long, with their prefixes.
    fn conflicts(&self) -> Vec<MountError> {
        let own = self.own_components().len();
        let components = self.components();
        let mut seen: HashMap<(ComponentKind, String), &Component> = HashMap::new();
        let mut conflicts = Vec::new();
        for (index, component) in components.iter().enumerate() {
            let key = match component.kind {
                ComponentKind::Resource => template_key(component.key()),
                _ => component.key().to_owned(),
            };
            let location = |it: &Component| {
                let of_api = || "an operation of an OpenAPI document".to_owned();
                it.location.map_or_else(of_api, |it| it.to_string())
            };
            if let Some(first) = seen.insert((component.kind, key), component) {
                conflicts.push(MountError::DuplicateName {
                    kind: component.kind,
                    name: component.key().to_owned(),
                    first: location(first),
                    second: location(component),
                });
            }
            let is_mounted = index >= own;
            let is_tool = component.kind == ComponentKind::Tool;
            if is_mounted && is_tool && component.name.len() > MAX_NAME {
                conflicts.push(MountError::LongName {
                    name: component.name.to_string(),
                });
            }
        }
        conflicts
    }
}

/// Returns the docket of a server. A mounted server without a choice of its own shares the one of the outer server.
fn node_docket(
    options: &ServerOptions,
    outer: Option<NodeDocket>,
    settings: &DocketSettings,
) -> NodeDocket {
    match (outer, &options.docket) {
        (Some(outer), DocketChoice::Environment) => NodeDocket {
            is_own: false,
            ..outer
        },
        _ => NodeDocket {
            is_enabled: options.docket.is_enabled(settings),
            is_own: true,
            runs_worker: options.worker.disabled_by(settings).is_none(),
        },
    }
}

/// Makes the tools of `OpenAPI` documents.
#[cfg(feature = "openapi")]
fn api_tools(options: &mut ServerOptions, errors: &mut StartErrors) -> Vec<DynamicComponents> {
    let mut all = Vec::new();
    for api in std::mem::take(&mut options.apis) {
        let Some(tools) = errors.check(api.tools()) else {
            continue;
        };
        let components = DynamicComponents::new();
        for tool in tools {
            errors.check(components.add(tool).map_err(|error| {
                StartError::OpenApi(crate::openapi::error::OpenApiError::Option {
                    option: "rename",
                    problem: error.to_string(),
                })
            }));
        }
        all.push(components);
    }
    all
}

/// Returns no tools, because the crate is built without the feature `openapi`.
#[cfg(not(feature = "openapi"))]
fn api_tools(_: &mut ServerOptions, _: &mut StartErrors) -> Vec<DynamicComponents> {
    Vec::new()
}

fn check_parts(
    parts: Vec<PartOptions>,
    docket: NodeDocket,
    settings: &DocketSettings,
    errors: &mut StartErrors,
) -> Vec<(Prefix, NodePart)> {
    let mut checked: Vec<(Prefix, NodePart)> = Vec::new();
    for PartOptions { prefix, source } in parts {
        let valid = match Prefix::new(&prefix) {
            Ok(valid) => valid,
            Err(problem) => {
                let error = MountError::Prefix { prefix, problem };
                errors.extend(std::iter::once(Box::new(error)));
                continue;
            }
        };
        if checked.iter().any(|(other, _)| *other == valid) {
            let error = MountError::DuplicatePrefix { prefix };
            errors.extend(std::iter::once(Box::new(error)));
            continue;
        }
        let part = match source {
            PartSource::Proxy(factory) => NodePart::Proxy(factory),
            PartSource::Mount(options) => {
                #[cfg(feature = "auth")]
                if options.auth.is_some() {
                    let prefix = prefix.clone();
                    let error = MountError::Authorization { prefix };
                    errors.extend(std::iter::once(Box::new(error)));
                }
                #[cfg(feature = "events")]
                if options.events.is_some() {
                    let prefix = prefix.clone();
                    errors.extend(std::iter::once(Box::new(MountError::Events { prefix })));
                }
                if options.task_fallback.is_some() {
                    let prefix = prefix.clone();
                    let error = MountError::TaskFallback { prefix };
                    errors.extend(std::iter::once(Box::new(error)));
                }
                let mut inner = StartErrors::default();
                let node = Node::check(*options, Some(docket), settings, &mut inner);
                if let Err(error) = inner.none() {
                    let error = Box::new(error);
                    let error = MountError::Server { prefix, error };
                    errors.extend(std::iter::once(Box::new(error)));
                }
                match node {
                    Some(node) => NodePart::Mount(Box::new(node)),
                    None => continue,
                }
            }
        };
        checked.push((valid, part));
    }
    checked
}

/// Returns whether `name` can be the name of a header: a token of RFC 9110.
fn is_header_name(name: &str) -> bool {
    let is_token = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    !name.is_empty() && name.bytes().all(is_token)
}
