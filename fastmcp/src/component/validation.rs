//! The start-up checks of what attributes declare: what no compiler sees, refused with the place.

use std::fmt;
use std::time::Duration;

use serde_json::Value;

use crate::call::parameter_entry::{ParameterEntry, ParameterKind};
use crate::call::schema;
use crate::component::entry::Entry;
use crate::component::tool::ToolEntry;
use crate::registration::Location;

/// A handler whose attribute declares what cannot be.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct InvalidDeclaration {
    /// `tool`, `resource` or `prompt`.
    pub kind: &'static str,
    /// Its name.
    pub component: &'static str,
    /// Where the function is.
    pub location: Location,
    /// What is wrong, and the way out.
    pub reason: String,
}

impl fmt::Display for InvalidDeclaration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            kind,
            component,
            location,
            reason,
        } = self;
        write!(f, "{kind} `{component}` ({location}): {reason}")
    }
}

impl std::error::Error for InvalidDeclaration {}

/// What is wrong with the declaration of one handler.
pub(crate) fn entry<Reply>(kind: &'static str, entry: &Entry<Reply>) -> Option<InvalidDeclaration> {
    let reason = entry
        .parameters
        .iter()
        .find_map(parameter)
        .or_else(|| meta(entry))?;
    Some(invalid(kind, entry, reason))
}

/// What is wrong with the declaration of a tool.
pub(crate) fn tool(tool: &ToolEntry) -> Option<InvalidDeclaration> {
    entry("tool", &tool.entry).or_else(|| {
        let reason = input_schema(tool)
            .or_else(|| tool.output.defect())
            .or_else(|| ttl(tool))
            .or_else(|| asked(tool))?;
        Some(invalid("tool", &tool.entry, reason))
    })
}

fn invalid<Reply>(kind: &'static str, entry: &Entry<Reply>, reason: String) -> InvalidDeclaration {
    InvalidDeclaration {
        kind,
        component: entry.name,
        location: entry.location,
        reason,
    }
}

fn parameter(parameter: &ParameterEntry) -> Option<String> {
    let constraints = parameter.constraints?;
    let name = parameter.name;
    let ParameterKind::Argument { schema, .. } = parameter.kind else {
        return None;
    };
    let schema = schema(&mut schema::generator()).to_value();
    if let Some(defect) = constraints.defect(&schema, (parameter.type_name)()) {
        return Some(format!("parameter `{name}`: {defect}"));
    }
    let default = parameter.default?();
    let error = constraints.check(&default).err()?;
    Some(format!(
        "parameter `{name}`: its default is outside its own limits: {error}"
    ))
}

fn meta<Reply>(entry: &Entry<Reply>) -> Option<String> {
    let meta = entry.options.meta?();
    (!meta.is_object()).then(|| format!("its `meta` has to be a JSON object, and is {meta}"))
}

/// What is wrong with a tool that can only be called as a task, of a server without background work.
pub(crate) fn without_docket(tool: &ToolEntry) -> InvalidDeclaration {
    let reason = "its calls are tasks (`task = \"required\"`), and background work is switched off: set \
                  FASTMCP_EXPERIMENTAL_ENABLE_DOCKET=true, or give the server a docket with \
                  `FastMcp::docket(…)`; or write `task` alone, so that it is served at once then";
    invalid("tool", &tool.entry, reason.to_owned())
}

/// What is wrong with an argument that is to be asked for.
fn asked(tool: &ToolEntry) -> Option<String> {
    let mut asked = tool.entry.parameters.iter().filter(|it| it.ask.is_some());
    asked.find_map(|parameter| {
        let name = parameter.name;
        if let ParameterKind::Injected { .. } = parameter.kind {
            return Some(format!(
                "parameter `{name}` is provided by the server, so nobody can be asked for it"
            ));
        }
        let form = schema::form(tool.entry.parameters, name);
        let problem = form.err()?;
        Some(format!(
            "parameter `{name}` cannot be asked for in a form: it {problem}"
        ))
    })
}

/// The longest time for which a task is kept.
const LONGEST_TTL: Duration = Duration::from_hours(366 * 24);

fn ttl(tool: &ToolEntry) -> Option<String> {
    let ttl = tool.entry.options.task?.ttl();
    let is_sensible = ttl >= Duration::from_millis(1) && ttl <= LONGEST_TTL;
    (!is_sensible).then(|| {
        format!("the `ttl` of its tasks has to be between a millisecond and a year, and is {ttl:?}")
    })
}

fn input_schema(tool: &ToolEntry) -> Option<String> {
    let schema = tool.input_schema?();
    let Some(schema) = schema
        .as_object()
        .filter(|schema| schema.get("type").is_some_and(|kind| kind == "object"))
    else {
        return Some(format!(
            "its `input_schema` has to describe an object: write `\"type\": \"object\"` at its \
             root; it is {schema}"
        ));
    };
    let properties = schema.get("properties").and_then(Value::as_object)?;
    let mut parameters = tool.entry.parameters.iter();
    let unlisted = parameters.find(|parameter| {
        let required = match parameter.kind {
            ParameterKind::Argument { required, .. } => required(),
            ParameterKind::Injected { .. } => false,
        };
        required && parameter.ask.is_none() && !properties.contains_key(parameter.name)
    })?;
    Some(format!(
        "parameter `{}` is required, and the `properties` of its `input_schema` lack it: no client \
         would send it",
        unlisted.name
    ))
}
