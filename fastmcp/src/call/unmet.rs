//! Checks at start-up that the server can provide every dependency of a handler.

use std::fmt;

use crate::call::inject::capabilities::Capabilities;
use crate::call::inject::need::{Need, UnmetRequirement};
use crate::call::parameter_entry::{ParameterEntry, ParameterKind};
use crate::registration::Location;
use crate::text::short_type_name;

/// A parameter whose dependency the server cannot provide.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnmetDependency {
    /// The kind of the handler: `tool`, `resource`, `prompt`, `completion` or `task`.
    pub kind: &'static str,
    /// The name of the handler.
    pub component: &'static str,
    /// The name of the parameter.
    pub parameter: &'static str,
    /// The type of the parameter.
    pub type_name: &'static str,
    /// The location of the function.
    pub location: Location,
    pub(crate) requirement: UnmetRequirement,
}

impl fmt::Display for UnmetDependency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            kind,
            component,
            parameter,
            type_name,
            location,
            requirement,
        } = self;
        let type_name = short_type_name(type_name);
        write!(
            f,
            "{kind} `{component}` ({location}): parameter `{parameter}` of type `{type_name}`: {requirement}",
        )?;
        if requirement.need() == Need::Docket {
            write!(
                f,
                "; or take an `Option<{type_name}>`, which is then `None`"
            )?;
        }
        Ok(())
    }
}

impl std::error::Error for UnmetDependency {}

/// Returns those of `parameters` whose needs `capabilities` does not meet.
pub(crate) fn unmet(
    kind: &'static str,
    component: &'static str,
    location: Location,
    parameters: &'static [ParameterEntry],
    capabilities: &Capabilities<'_>,
) -> Vec<UnmetDependency> {
    let unmet = parameters.iter().filter_map(|parameter| {
        let ParameterKind::Injected { needs, .. } = parameter.kind else {
            return None;
        };
        let requirement = capabilities.missing(needs)?;
        let type_name = (parameter.type_name)();
        Some(UnmetDependency {
            kind,
            component,
            parameter: parameter.name,
            type_name,
            location,
            requirement,
        })
    });
    unmet.collect()
}
