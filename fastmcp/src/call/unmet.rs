//! Checks at start-up that the server can provide every dependency of a handler.

use std::fmt;

use crate::call::inject::needs::{Need, Offer, Want};
use crate::call::parameter_entry::{ParameterEntry, ParameterKind};
use crate::registration::Location;

/// A parameter whose dependency the server cannot provide.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnmetDependency {
    /// The kind of the handler: `tool`, `resource`, `prompt` or `task`.
    pub kind: &'static str,
    /// The name of the handler.
    pub component: &'static str,
    /// The name of the parameter.
    pub parameter: &'static str,
    /// The type of the parameter.
    pub type_name: &'static str,
    /// The location of the function.
    pub location: Location,
    pub(crate) want: Want,
}

impl fmt::Display for UnmetDependency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            kind,
            component,
            parameter,
            type_name,
            location,
            want,
        } = self;
        write!(
            f,
            "{kind} `{component}` ({location}): parameter `{parameter}` of type `{type_name}`: {want}",
        )?;
        if want.need == Need::Docket {
            write!(
                f,
                "; or take an `Option<{type_name}>`, which is then `None`"
            )?;
        }
        Ok(())
    }
}

impl std::error::Error for UnmetDependency {}

/// Returns the first of `parameters` whose needs `offer` does not meet.
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
        let want = offer.lacks(needs)?;
        let type_name = (parameter.type_name)();
        Some(UnmetDependency {
            kind,
            component,
            parameter: parameter.name,
            type_name,
            location,
            want,
        })
    })
}
