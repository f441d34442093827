//! [`Description`]: a component for the people who write a server, with its place in the source.

use serde::Serialize;
use serde_json::Value;

use crate::call::call_argument::needed;
use crate::call::inject::need::{Need, Requirement};
use crate::call::inject::needs::Needs;
use crate::call::inject::overrides::Overrides;
use crate::call::parameter_entry::{ParameterEntry, ParameterKind};
use crate::component::access::Component;
use crate::component::added::DynamicComponents;
use crate::component::options::TaskOptions;
use crate::component::part::Part;
use crate::component::prefix::Prefix;
use crate::component::registry::Registry;
use crate::component::ui;
use crate::component_kind::ComponentKind;
use crate::text::short_type_name;

/// A component with the parts that clients do not see.
pub(crate) struct Description {
    pub(crate) component: Component,
    /// The entry in the protocol's list.
    pub(crate) listing: Value,
    /// True for a resource whose URI has variables.
    pub(crate) is_template: bool,
    pub(crate) dependencies: Vec<InjectedParameter>,
    pub(crate) task: Option<TaskOptions>,
}

/// A parameter that the server provides.
#[derive(Debug)]
pub(crate) struct InjectedParameter {
    pub(crate) name: &'static str,
    pub(crate) type_name: String,
    /// The requirements on the server, also those of the providers that lead to them.
    pub(crate) requirements: Vec<Requirement>,
}

impl InjectedParameter {
    /// Returns the names of the arguments of the call that its providers take.
    pub(crate) fn arguments(&self) -> Vec<&'static str> {
        let mut names: Vec<&str> = Vec::new();
        for requirement in &self.requirements {
            if let Need::Argument(argument) = requirement.need
                && let Some(argument) = needed(argument)
                && !names.contains(&argument.name())
            {
                names.push(argument.name());
            }
        }
        names
    }

    /// Returns whether the value requires a docket.
    pub(crate) fn uses_docket(&self) -> bool {
        let mut needs = self.requirements.iter().map(|it| it.need);
        needs.any(|need| matches!(need, Need::Docket | Need::Worker))
    }

    /// Returns whether the value requires the worker of this process.
    pub(crate) fn uses_worker(&self) -> bool {
        self.requirements.iter().any(|it| it.need == Need::Worker)
    }
}

fn json(listing: &impl Serialize) -> Value {
    serde_json::to_value(listing).unwrap_or_default()
}

fn injected(parameters: &[ParameterEntry], overrides: &Overrides) -> Vec<InjectedParameter> {
    let injected = parameters.iter().filter_map(|parameter| {
        let ParameterKind::Injected { needs, .. } = parameter.kind else {
            return None;
        };
        Some(InjectedParameter {
            name: parameter.name,
            type_name: short_type_name((parameter.type_name)()),
            requirements: Needs::collect(needs, overrides),
        })
    });
    injected.collect()
}

impl Registry {
    /// Returns the descriptions of all components, also those that some callers may not see.
    pub(crate) fn descriptions(&self, overrides: &Overrides) -> Vec<Description> {
        let tools = self.tool_listings().iter().zip(self.tools.iter());
        let tools = tools.map(|(listed, tool)| Description {
            component: tool.component(),
            listing: json(&listed.tool),
            is_template: false,
            dependencies: injected(tool.entry.parameters, overrides),
            task: tool.entry.options.task,
        });
        let resources = self.resources.iter().map(|resource| Description {
            component: resource.component(),
            listing: if resource.is_template() {
                json(&resource.template_listing())
            } else {
                json(&resource.listing())
            },
            is_template: resource.is_template(),
            dependencies: injected(resource.entry.parameters, overrides),
            task: None,
        });
        let prompts = self.prompts.iter().map(|prompt| Description {
            component: prompt.component(),
            listing: json(&prompt.listing(self.schemas.schemas)),
            is_template: false,
            dependencies: injected(prompt.entry.parameters, overrides),
            task: None,
        });
        tools.chain(resources).chain(prompts).collect()
    }
}

/// Returns the descriptions of the components that the program has added so far.
pub(crate) fn added(components: &DynamicComponents) -> Vec<Description> {
    of_part(&**components.inner())
}

/// Returns the descriptions of the components of a part.
pub(crate) fn of_part(part: &dyn Part) -> Vec<Description> {
    let caller = crate::caller::Caller::LOCAL;
    let mut listings: Vec<(ComponentKind, String, Value)> = Vec::new();
    for tool in part.tools(&caller) {
        listings.push((ComponentKind::Tool, tool.name.to_string(), json(&tool)));
    }
    for resource in part.resources(&caller) {
        let key = resource.uri.clone();
        listings.push((ComponentKind::Resource, key, json(&resource)));
    }
    for prompt in part.prompts(&caller) {
        listings.push((ComponentKind::Prompt, prompt.name.clone(), json(&prompt)));
    }
    let components = part.components().into_iter().filter_map(|component| {
        let is_own = |(kind, key, _): &&(ComponentKind, String, Value)| {
            *kind == component.kind && key == component.key()
        };
        let (_, _, listing) = listings.iter().find(is_own)?;
        Some(Description {
            listing: listing.clone(),
            component,
            is_template: false,
            dependencies: Vec::new(),
            task: None,
        })
    });
    components.collect()
}

impl Description {
    /// Returns the component under the prefix of a mounted server.
    pub(crate) fn with_prefix(mut self, prefix: &Prefix) -> Self {
        let key = if self.is_template {
            "uriTemplate"
        } else {
            "uri"
        };
        self.component = self.component.with_prefix(prefix);
        if let Some(uri) = &self.component.uri {
            self.listing[key] = uri.as_ref().into();
        } else {
            self.listing["name"] = self.component.name.as_ref().into();
            // A mounted server starts only if it has the pages of its tools.
            if let Some(Value::Object(meta)) = self.listing.get_mut("_meta") {
                ui::rewrite_meta(meta, |uri| Some(prefix.uri(uri)));
            }
        }
        self
    }
}
