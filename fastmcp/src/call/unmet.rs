//! Whether a server can provide all that a handler's parameters ask for.

use std::fmt;

use crate::call::classify::{ParameterEntry, ParameterKind};
use crate::call::inject::capabilities::Capabilities;
use crate::call::inject::need::{Need, UnmetRequirement};
use crate::registration::Location;

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
        write!(
            f,
            "{kind} `{component}` ({location}): parameter `{parameter}` of type `{type_name}`: {requirement}",
        )?;
        if requirement.need() == Need::Docket {
            write!(
                f,
                "; or take an `Option<{type_name}>`, which is `None` then"
            )?;
        }
        Ok(())
    }
}

impl std::error::Error for UnmetDependency {}

/// The first parameter of `parameters` whose needs `capabilities` do not meet.
pub(crate) fn unmet(
    kind: &'static str,
    component: &'static str,
    location: Location,
    parameters: &'static [ParameterEntry],
    capabilities: &Capabilities<'_>,
) -> Option<UnmetDependency> {
    parameters.iter().find_map(|parameter| {
        let ParameterKind::Injected { needs } = parameter.kind else {
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
    })
}
