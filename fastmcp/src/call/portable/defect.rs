//! Faults of schemas that no rewriting can repair: the server does not start.

use serde_json::{Map, Value};

use crate::call::portable::nodes::{for_each_child, join};
use crate::call::portable::numbers::has_128_bits;

/// Keywords that model hosts refuse at the root of an input schema.
const COMBINATORS: [&str; 9] = [
    "oneOf",
    "anyOf",
    "allOf",
    "not",
    "if",
    "enum",
    "const",
    "dependentSchemas",
    "dependentRequired",
];
const MAX_NAME: usize = 64;

/// Returns the problem with the root of a schema that an attribute sets.
pub(crate) fn of_root(schema: &Map<String, Value>) -> Option<String> {
    let key = COMBINATORS.iter().find(|key| schema.contains_key(**key))?;
    Some(format!(
        "its `input_schema` has `{key}` at its root, and OpenAI, Anthropic and Gemini refuse the \
         tools of the whole server for it (root-combinator): state the rule in the description and \
         check it in the function, or list the schema as it is with `schemas = \"exact\"`"
    ))
}

/// Returns the first problem with the names in a schema of arguments. `is_declared` states that an
/// attribute sets the schema.
pub(crate) fn of_names(schema: &Map<String, Value>, is_declared: bool) -> Option<String> {
    find(schema, &|schema, path| {
        let properties = schema.get("properties")?.as_object()?;
        let name = properties.keys().find(|name| !is_property_name(name))?;
        let place = if path.is_empty() {
            format!("parameter `{name}`")
        } else {
            format!("field `{}`", join(path, name))
        };
        Some(format!(
            "{place}: Anthropic and Gemini refuse the tools of the whole server if the name of a \
             field is not 1 to {MAX_NAME} ASCII letters, digits, `_`, `.` or `-` (property-name): \
             {}",
            match (is_declared, path.is_empty()) {
                (true, _) =>
                    "give it another name in the `input_schema`, and the same one with `rename`",
                (false, true) => "name it with `#[arg(rename = \"…\")]`",
                (false, false) => "name it with `#[serde(rename = \"…\")]`",
            }
        ))
    })
}

/// Returns the first problem with a schema that a type generated, in arguments and in results.
/// `type_name` is the type, if it is known.
pub(crate) fn of_type(schema: &Map<String, Value>, type_name: Option<&str>) -> Option<String> {
    let of_type = of(type_name);
    of_fields(schema, type_name).or_else(|| {
        find(schema, &|schema, path| {
            has_128_bits(schema).then(|| {
                format!(
                    "{}{of_type} is an integer of 128 bits, and JSON clients read no integer of \
                     more than 64 bits: use `i64` or `u64`, or a `String`",
                    place(path, "")
                )
            })
        })
    })
}

/// Returns the problem of a type in which two fields have the same name.
pub(crate) fn of_fields(schema: &Map<String, Value>, type_name: Option<&str>) -> Option<String> {
    let of_type = of(type_name);
    find(schema, &|schema, path| {
        let name = repeated(schema)?;
        Some(format!(
            "{}{of_type} exists twice: two structs with `#[serde(flatten)]`, or one and the struct \
             around it, or the tag of an enum and a field of a variant have the same name, so one \
             of them is lost: name it with `#[serde(rename = \"…\")]`, or do not flatten one of the \
             structs",
            place(path, name)
        ))
    })
}

fn of(type_name: Option<&str>) -> String {
    type_name.map_or_else(String::new, |name| format!(" of `{name}`"))
}

/// Names the property of a schema at a path, or the schema itself.
fn place(path: &str, name: &str) -> String {
    let path = join(path, name);
    let path = path.trim_end_matches('.');
    if path.is_empty() {
        "the value".to_owned()
    } else {
        format!("field `{path}`")
    }
}

/// Returns `true` if all hosts accept the name of a property.
fn is_property_name(name: &str) -> bool {
    let is_legal = |letter: char| letter.is_ascii_alphanumeric() || "_.-".contains(letter);
    (1..=MAX_NAME).contains(&name.len()) && name.chars().all(is_legal)
}

/// Returns a name that `required` lists twice.
fn repeated(schema: &Map<String, Value>) -> Option<&str> {
    let required = schema.get("required")?.as_array()?;
    let mut names = required.iter().enumerate();
    let (_, name) = names.find(|(index, name)| required[..*index].contains(name))?;
    name.as_str()
}

/// Returns the problem of the schema at a path.
type Problem<'a> = &'a dyn Fn(&Map<String, Value>, &str) -> Option<String>;

/// Returns the first problem of a schema or of a schema inside it.
fn find(schema: &Map<String, Value>, problem: Problem<'_>) -> Option<String> {
    fn walk(schema: &mut Map<String, Value>, path: &str, problem: Problem<'_>) -> Option<String> {
        let mut found = problem(schema, path);
        for_each_child(schema, path, |child, path| {
            if found.is_none()
                && let Value::Object(child) = child
            {
                found = walk(child, &path, problem);
            }
        });
        found
    }
    walk(&mut schema.clone(), "", problem)
}
