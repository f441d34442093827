//! Writes values into the parts of a request (`OpenAPI`, "Style Values"; RFC 6570).

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Map, Value};

use crate::openapi::parameter::{Form, Style};

/// All characters except the unreserved ones of RFC 3986.
const VALUE: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');
/// Those of a value that may have reserved characters: all but the ones that end a parameter or the query.
const RESERVED_VALUE: &AsciiSet = &VALUE
    .remove(b':')
    .remove(b'/')
    .remove(b'?')
    .remove(b'@')
    .remove(b'!')
    .remove(b'$')
    .remove(b'\'')
    .remove(b'(')
    .remove(b')')
    .remove(b'*')
    .remove(b',')
    .remove(b';')
    .remove(b'=');

/// Encodes the text of a value.
pub(crate) fn encode(text: &str, allow_reserved: bool) -> String {
    let set = if allow_reserved {
        RESERVED_VALUE
    } else {
        VALUE
    };
    utf8_percent_encode(text, set).to_string()
}

/// Returns a value as text; objects and arrays as JSON.
pub(crate) fn text(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// Returns the members that have a value, as pairs of text.
fn members(object: &Map<String, Value>) -> impl Iterator<Item = (&str, &Value)> {
    let members = object.iter().map(|(name, value)| (name.as_str(), value));
    members.filter(|(_, value)| !value.is_null())
}

/// Joins the items of an array or the names and values of an object. `join` stands between a name and its value.
fn joined(value: &Value, separator: &str, join: &str, write: &dyn Fn(&str) -> String) -> String {
    match value {
        Value::Array(items) => {
            let items: Vec<String> = items.iter().map(|item| write(&text(item))).collect();
            items.join(separator)
        }
        Value::Object(object) => {
            let pairs: Vec<String> = members(object)
                .map(|(name, value)| format!("{}{join}{}", write(name), write(&text(value))))
                .collect();
            pairs.join(separator)
        }
        scalar => write(&text(scalar)),
    }
}

/// Writes a value for a path.
pub(crate) fn path(name: &str, form: Form, value: &Value) -> String {
    let write = |text: &str| encode(text, false);
    let (explode, style) = (form.explode, form.style);
    match style {
        Style::Json => encode(&value.to_string(), false),
        Style::Label => match (value, explode) {
            (Value::Object(_), true) => format!(".{}", joined(value, ".", "=", &write)),
            (_, true) => format!(".{}", joined(value, ".", ",", &write)),
            _ => format!(".{}", joined(value, ",", ",", &write)),
        },
        Style::Matrix => {
            let name = write(name);
            match (value, explode) {
                (Value::Object(_), true) => format!(";{}", joined(value, ";", "=", &write)),
                (Value::Array(items), true) => {
                    let items = items.iter().map(|item| write(&text(item)));
                    let items: Vec<String> = items.map(|item| format!(";{name}={item}")).collect();
                    items.concat()
                }
                _ => format!(";{name}={}", joined(value, ",", ",", &write)),
            }
        }
        _ => joined(value, ",", if explode { "=" } else { "," }, &write),
    }
}

/// Writes a value for a header. Headers are not percent-encoded.
pub(crate) fn header(form: Form, value: &Value) -> String {
    match form.style {
        Style::Json => value.to_string(),
        _ => joined(
            value,
            ",",
            if form.explode { "=" } else { "," },
            &str::to_owned,
        ),
    }
}

/// Writes a value for the header `Cookie`.
pub(crate) fn cookie(name: &str, form: Form, value: &Value) -> String {
    let write = |text: &str| encode(text, false);
    match form.style {
        Style::Json => format!("{}={}", write(name), write(&value.to_string())),
        // Several cookies of one name have no order, so a list is one cookie.
        _ => format!("{}={}", write(name), joined(value, ",", ",", &write)),
    }
}

/// Writes a value for a query, or for a form that is encoded like one: pairs that are encoded.
pub(crate) fn query(name: &str, form: Form, value: &Value) -> Vec<String> {
    let reserved = form.allow_reserved;
    let write = |text: &str| encode(text, reserved);
    let pair =
        |name: &str, value: &Value| format!("{}={}", encode(name, false), write(&text(value)));
    let list = |separator: &str| {
        let value = joined(value, separator, separator, &write);
        vec![format!("{}={value}", encode(name, false))]
    };
    match (form.style, value) {
        (_, Value::Null) => Vec::new(),
        (Style::Json, value) => vec![format!(
            "{}={}",
            encode(name, false),
            write(&value.to_string())
        )],
        (Style::DeepObject, value) => {
            let mut pairs = Vec::new();
            deep(name, value, &mut |name, value| {
                pairs.push(pair(name, value));
            });
            pairs
        }
        (_, Value::Array(items)) if items.is_empty() => Vec::new(),
        (_, Value::Array(items)) if form.explode => {
            items.iter().map(|item| pair(name, item)).collect()
        }
        (_, Value::Object(object)) if form.explode => members(object)
            .map(|(name, value)| pair(name, value))
            .collect(),
        (Style::SpaceDelimited, Value::Array(_) | Value::Object(_)) => list("%20"),
        (Style::PipeDelimited, Value::Array(_) | Value::Object(_)) => list("%7C"),
        _ => list(","),
    }
}

/// Writes nested values with their path: `filter[price][min]=1` and `ids[0]=1`.
fn deep(name: &str, value: &Value, write: &mut dyn FnMut(&str, &Value)) {
    match value {
        Value::Null => {}
        Value::Object(object) => {
            for (member, value) in object {
                deep(&format!("{name}[{member}]"), value, write);
            }
        }
        Value::Array(items) => {
            for (index, value) in items.iter().enumerate() {
                deep(&format!("{name}[{index}]"), value, write);
            }
        }
        scalar => write(name, scalar),
    }
}

#[cfg(test)]
mod tests;
