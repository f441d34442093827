//! Start-up validation of declarations that the compiler cannot check. Errors name the file and the line.

use std::fmt;
use std::time::Duration;

use serde_json::{Map, Value};

use crate::call::call_argument::CallArgument;
use crate::call::parameter_entry::{ParameterEntry, ParameterKind};
use crate::call::provider_arguments::ProviderArguments;
use crate::call::schema;
use crate::call::schema_generator::generator;
use crate::component::entry::Entry;
use crate::component::resource::ResourceEntry;
use crate::component::tool::ToolEntry;
use crate::component::uri::Part;
use crate::registration::Location;
use crate::text;

/// A handler with an invalid option, such as a default value that violates the limits of its argument.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct InvalidDeclaration {
    /// The kind of the handler: `tool`, `resource` or `prompt`.
    pub kind: &'static str,
    /// The name of the handler.
    pub component: &'static str,
    /// The location of the function.
    pub location: Location,
    /// The problem and the fix.
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

/// Returns the first problem with the declaration of a handler.
pub(crate) fn entry<Reply>(kind: &'static str, entry: &Entry<Reply>) -> Option<InvalidDeclaration> {
    let reason = entry
        .parameters
        .iter()
        .find_map(parameter)
        .or_else(|| of_providers(entry.parameters))
        .or_else(|| meta(entry))?;
    Some(invalid(kind, entry, reason))
}

/// Returns the first problem with the declaration of a tool.
pub(crate) fn tool(tool: &ToolEntry) -> Option<InvalidDeclaration> {
    entry("tool", &tool.entry).or_else(|| {
        let reason = input_schema(tool)
            .or_else(|| tool.output.defect())
            .or_else(|| ttl(tool))
            .or_else(|| ask(tool))?;
        Some(invalid("tool", &tool.entry, reason))
    })
}

/// Returns the first problem with the declaration of a resource.
pub(crate) fn resource(resource: &ResourceEntry) -> Option<InvalidDeclaration> {
    entry("resource", &resource.entry).or_else(|| {
        let ui = resource.entry.options.ui_resource;
        let reason = ui
            .and_then(super::ui::UiResource::problem)
            .or_else(|| variables(resource))?;
        Some(invalid("resource", &resource.entry, reason))
    })
}

/// Returns the first difference between the variables of a URI and the arguments of the resource. The compiler
/// checks those of its function, but cannot see all arguments of its providers.
fn variables(resource: &ResourceEntry) -> Option<String> {
    let parameters = resource.entry.all_parameters();
    let variables: Vec<&str> = resource
        .parts
        .iter()
        .flat_map(Part::variables)
        .copied()
        .collect();
    let is_known = |variable: &&&str| parameters.iter().any(|it| it.name == **variable);
    if let Some(unknown) = variables.iter().find(|it| !is_known(it)) {
        return Some(format!(
            "URI variable `{{{unknown}}}` names neither a parameter of the function nor an argument of a provider: \
             add one, or remove the variable"
        ));
    }
    let never_sent = parameters.iter().find(|it| match it.kind {
        ParameterKind::Argument { required, .. } => required() && !variables.contains(&it.name),
        ParameterKind::Injected { .. } => false,
    })?;
    let name = never_sent.name;
    Some(format!(
        "argument `{name}` of a provider is not in the URI, so it never gets a value: add `{{{name}}}` to the URI, \
         or set a default"
    ))
}

/// Returns the error about a tool whose page the server does not have. `pages` are the URIs of its UI resources.
pub(crate) fn without_page(tool: &ToolEntry, page: &str, pages: &[&str]) -> InvalidDeclaration {
    let nearest = text::nearest(page, pages.iter().copied());
    let known = match (nearest, pages) {
        (Some(nearest), _) => format!("; did you mean `{nearest}`?"),
        (None, []) => {
            format!(
                ": add `#[resource(\"{page}\")]` on a function that returns the page, and to the \
             selection of the server if it has one"
            )
        }
        (None, pages) => format!("; it has {}", pages.join(", ")),
    };
    let reason = format!("the server has no UI resource `{page}`{known}");
    invalid("tool", &tool.entry, reason)
}

/// Creates an error about the declaration of a handler.
pub(crate) fn invalid<Reply>(
    kind: &'static str,
    entry: &Entry<Reply>,
    reason: String,
) -> InvalidDeclaration {
    InvalidDeclaration {
        kind,
        component: entry.name,
        location: entry.location,
        reason,
    }
}

/// Returns the first problem with an argument that only providers take.
fn of_providers(parameters: &'static [ParameterEntry]) -> Option<String> {
    let owned = ProviderArguments::of(parameters).owned;
    owned.into_iter().find_map(|argument| {
        let problem = parameter(&argument.entry)?;
        let CallArgument {
            provider, location, ..
        } = argument;
        Some(format!("provider `{provider}` ({location}), {problem}"))
    })
}

fn parameter(parameter: &ParameterEntry) -> Option<String> {
    let constraints = parameter.constraints?;
    let name = parameter.name;
    let ParameterKind::Argument { schema, .. } = parameter.kind else {
        return None;
    };
    let schema = schema(&mut generator()).to_value();
    if let Some(defect) = constraints.defect(&schema, (parameter.type_name)()) {
        return Some(format!("parameter `{name}`: {defect}"));
    }
    let default = parameter.default?();
    let error = constraints.check(&default).err()?;
    Some(format!(
        "parameter `{name}`: the default value violates the limits: {error}"
    ))
}

fn meta<Reply>(entry: &Entry<Reply>) -> Option<String> {
    let meta = entry.options.meta?();
    (!meta.is_object()).then(|| format!("`meta` must be a JSON object, got {meta}"))
}

/// Returns the error about a tool with `task = "required"`, for a server without a docket.
pub(crate) fn without_docket(tool: &ToolEntry) -> InvalidDeclaration {
    let reason = "`task = \"required\"` requires a docket, and the server has none: set \
                  FASTMCP_EXPERIMENTAL_ENABLE_DOCKET=true or call `FastMcp::docket(…)`; or write \
                  `task`, so that calls without a docket are answered directly";
    invalid("tool", &tool.entry, reason.to_owned())
}

/// Returns the first problem with the option `ask` of an argument.
fn ask(tool: &ToolEntry) -> Option<String> {
    let mut asked = tool.entry.parameters.iter().filter(|it| it.ask.is_some());
    asked.find_map(|parameter| {
        let name = parameter.name;
        if let ParameterKind::Injected { .. } = parameter.kind {
            return Some(format!(
                "parameter `{name}` is injected by the server, so it cannot have `ask`"
            ));
        }
        let form = schema::form(&tool.entry.all_parameters(), name);
        let problem = form.err()?;
        Some(format!(
            "parameter `{name}` with `ask` cannot be represented as a form: it {problem}"
        ))
    })
}

/// The maximum `ttl` of tasks, a year. A greater value is probably a wrong unit.
const MAX_TTL: Duration = Duration::from_hours(366 * 24);

fn ttl(tool: &ToolEntry) -> Option<String> {
    let ttl = tool.entry.options.task?.ttl();
    let is_valid = (Duration::from_millis(1)..=MAX_TTL).contains(&ttl);
    (!is_valid).then(|| {
        format!("the `ttl` of tasks must be between a millisecond and a year, got {ttl:?}")
    })
}

fn input_schema(tool: &ToolEntry) -> Option<String> {
    let schema = tool.input_schema?();
    let Some(schema) = schema
        .as_object()
        .filter(|schema| schema.get("type").is_some_and(|kind| kind == "object"))
    else {
        return Some(format!(
            "its `input_schema` must describe an object, with `\"type\": \"object\"` at its root, \
             because OpenAI, Anthropic and Gemini refuse the tools of the whole server otherwise \
             (root-object); got {schema}"
        ));
    };
    let empty = Map::new();
    let properties = match schema.get("properties") {
        // A definition has them.
        None if schema.contains_key("$ref") => return None,
        None => &empty,
        Some(Value::Object(properties)) => properties,
        Some(other) => {
            return Some(format!(
                "the `properties` of its `input_schema` must be an object, which maps the name of \
                 each argument to its schema (root-object); got {other}"
            ));
        }
    };
    let mut parameters = tool.entry.all_parameters().into_iter();
    let missing = parameters.find(|parameter| {
        let required = match parameter.kind {
            ParameterKind::Argument { required, .. } => required(),
            ParameterKind::Injected { .. } => false,
        };
        required && parameter.ask.is_none() && !properties.contains_key(parameter.name)
    })?;
    Some(format!(
        "parameter `{}` is required, but missing from the `properties` of the `input_schema`, so \
         clients would not send it",
        missing.name
    ))
}
