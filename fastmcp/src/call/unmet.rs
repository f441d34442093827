//! Checks at start-up that the server can provide every dependency of a handler.

use std::fmt;

use crate::call::inject::capabilities::Capabilities;
use crate::call::inject::need::{Need, UnmetRequirement};
use crate::call::parameter_entry::{ParameterEntry, ParameterKind};
use crate::call::provider_arguments::{ProviderArguments, undeclared};
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
    pub(crate) problem: Problem,
}

/// The reason why the server cannot provide a dependency.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Problem {
    Requirement(UnmetRequirement),
    /// The calls of the handler do not have the argument that a provider takes.
    Argument(String),
}

impl UnmetDependency {
    /// Returns whether a state value is missing.
    pub(crate) fn is_state(&self) -> bool {
        matches!(&self.problem, Problem::Requirement(unmet) if unmet.is_state())
    }
}

impl fmt::Display for UnmetDependency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            kind,
            component,
            parameter,
            type_name,
            location,
            problem,
        } = self;
        let type_name = short_type_name(type_name);
        write!(
            f,
            "{kind} `{component}` ({location}): parameter `{parameter}` of type `{type_name}`: ",
        )?;
        let requirement = match problem {
            Problem::Argument(problem) => return f.write_str(problem),
            Problem::Requirement(requirement) => requirement,
        };
        requirement.fmt(f)?;
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

/// Returns those of `parameters` whose needs `capabilities` does not meet, and those with a provider that takes an
/// argument which the calls of the handler do not have.
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
            problem: Problem::Requirement(requirement),
        })
    });
    let mut conflicts = ProviderArguments::of(parameters).conflicts;
    conflicts.retain(|it| kind != "task" || !it.is_of_options);
    // The callers of other handlers pass exactly the parameters of the function.
    if !matches!(kind, "tool" | "prompt" | "resource") {
        conflicts.extend(undeclared(kind, parameters));
    }
    let conflicts = conflicts.into_iter().map(|conflict| UnmetDependency {
        kind,
        component,
        parameter: conflict.parameter,
        type_name: conflict.type_name,
        location,
        problem: Problem::Argument(conflict.problem),
    });
    unmet.chain(conflicts).collect()
}
