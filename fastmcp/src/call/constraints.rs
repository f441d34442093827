//! The limits that `#[arg(…)]` sets on an argument: shown in its schema, and enforced.
//!
//! Which limits a type can have is checked by the compiler, see [`kinds`]; the limits themselves are
//! compared with the JSON that a client sent, so that one piece of code serves all types.

pub(crate) mod kinds;

use std::sync::LazyLock;

use regex::Regex;
use serde::Serialize;
use serde_json::{Map, Number, Value};

use crate::call::decode::DecodeError;

/// The limits of one argument.
#[doc(hidden)]
#[derive(Debug, Default)]
pub struct Rules {
    min: Option<Number>,
    max: Option<Number>,
    min_length: Option<usize>,
    max_length: Option<usize>,
    pattern: Option<(&'static str, Result<Regex, regex::Error>)>,
    examples: Vec<Value>,
    deprecated: bool,
    header: Option<&'static str>,
    /// Whether a limit is infinite, or no number at all.
    has_endless: bool,
}

/// The limits of one argument, made when they are first asked for.
#[doc(hidden)]
pub type LazyRules = LazyLock<Rules>;

/// What expansions build.
#[doc(hidden)]
impl Rules {
    #[must_use]
    pub fn min(mut self, limit: Option<Number>) -> Self {
        self.has_endless |= limit.is_none();
        self.min = limit;
        self
    }

    #[must_use]
    pub fn max(mut self, limit: Option<Number>) -> Self {
        self.has_endless |= limit.is_none();
        self.max = limit;
        self
    }

    #[must_use]
    pub fn min_length(mut self, length: usize) -> Self {
        self.min_length = Some(length);
        self
    }

    #[must_use]
    pub fn max_length(mut self, length: usize) -> Self {
        self.max_length = Some(length);
        self
    }

    #[must_use]
    pub fn pattern(mut self, pattern: &'static str) -> Self {
        self.pattern = Some((pattern, Regex::new(pattern)));
        self
    }

    #[must_use]
    pub fn example(mut self, example: &impl Serialize) -> Self {
        self.examples.extend(serde_json::to_value(example));
        self
    }

    #[must_use]
    pub fn deprecated(mut self) -> Self {
        self.deprecated = true;
        self
    }

    #[must_use]
    pub fn header(mut self, header: &'static str) -> Self {
        self.header = Some(header);
        self
    }
}

impl Rules {
    /// Why the limits make no sense: themselves, or for a value of this schema.
    pub(crate) fn defect(&self, schema: &Value, type_name: &str) -> Option<String> {
        if self.has_endless {
            return Some("its `min` or `max` is not finite: leave it out".to_owned());
        }
        let kind = schema.as_object().and_then(kind);
        let is = |option: bool, kinds: &[&str]| {
            option && kind.is_some_and(|kind| !kinds.contains(&kind))
        };
        let has_range = self.min.is_some() || self.max.is_some();
        let has_length = self.min_length.is_some() || self.max_length.is_some();
        let misplaced = if is(has_range, &["number", "integer"]) {
            Some("`min`, `max` and `range` are for numbers")
        } else if is(has_length, &["string", "array", "object"]) {
            Some("`length` is for strings and collections")
        } else if is(self.pattern.is_some(), &["string"]) {
            Some("`pattern` is for strings")
        } else if is(self.header.is_some(), &["string", "integer", "boolean"]) {
            Some("`header` is for strings, integers and bools")
        } else {
            None
        };
        if let (Some(misplaced), Some(kind)) = (misplaced, kind) {
            return Some(format!(
                "{misplaced}, and `{type_name}` is sent as JSON of type `{kind}`"
            ));
        }
        if let Some((_, Err(error))) = &self.pattern {
            return Some(format!("its `pattern` is no regular expression: {error}"));
        }
        if let (Some(min), Some(max)) = (&self.min, &self.max)
            && less(max, min)
        {
            return Some(format!("no number is at least {min} and at most {max}"));
        }
        if let (Some(min), Some(max)) = (self.min_length, self.max_length)
            && max < min
        {
            return Some(format!("no length is at least {min} and at most {max}"));
        }
        None
    }

    /// Writes the limits into the schema of the argument.
    pub(crate) fn describe(&self, property: &mut Map<String, Value>) {
        if let Some(min) = &self.min {
            property.insert("minimum".into(), min.clone().into());
        }
        if let Some(max) = &self.max {
            property.insert("maximum".into(), max.clone().into());
        }
        let [min_length, max_length] = match kind(property) {
            Some("array") => ["minItems", "maxItems"],
            Some("object") => ["minProperties", "maxProperties"],
            _ => ["minLength", "maxLength"],
        };
        if let Some(length) = self.min_length {
            property.insert(min_length.into(), length.into());
        }
        if let Some(length) = self.max_length {
            property.insert(max_length.into(), length.into());
        }
        if let Some((pattern, _)) = self.pattern {
            property.insert("pattern".into(), pattern.into());
        }
        if !self.examples.is_empty() {
            property.insert("examples".into(), self.examples.clone().into());
        }
        if self.deprecated {
            property.insert("deprecated".into(), true.into());
        }
        if let Some(header) = self.header {
            // A header stands for one primitive type; an `Option` that is `None` is not sent.
            if let Some(kind) = kind(property).map(str::to_owned) {
                property.insert("type".into(), kind.into());
            }
            property.insert("x-mcp-header".into(), header.into());
        }
    }

    /// Compares a value with the limits; those of other kinds of values do not concern it.
    pub(crate) fn check(&self, value: &Value) -> Result<(), DecodeError> {
        let message = match value {
            Value::Number(number) => self.range(number),
            Value::String(text) => self
                .length(text.chars().count(), ["character", "characters"])
                .or_else(|| self.text(text)),
            Value::Array(values) => self.length(values.len(), ["element", "elements"]),
            Value::Object(map) => self.length(map.len(), ["entry", "entries"]),
            Value::Null | Value::Bool(_) => None,
        };
        message.map_or(Ok(()), |message| {
            Err(DecodeError {
                path: String::new(),
                message,
            })
        })
    }

    /// The form that the limits apply to: a number, where one was sent as a string and may be.
    pub(crate) fn lenient(&self, value: Value) -> Value {
        let is_numeric = self.min.is_some() || self.max.is_some();
        match &value {
            Value::String(text) if is_numeric => {
                serde_json::from_str::<Number>(text.trim()).map_or(value, Value::Number)
            }
            _ => value,
        }
    }

    fn range(&self, number: &Number) -> Option<String> {
        let is_below = self.min.as_ref().is_some_and(|min| less(number, min));
        let is_above = self.max.as_ref().is_some_and(|max| less(max, number));
        if !is_below && !is_above {
            return None;
        }
        let range = range(self.min.as_ref(), self.max.as_ref());
        Some(format!("expected a number {range}, got {number}"))
    }

    /// Compares a length with the limits; `of` is what it counts: one of it, and many.
    fn length(&self, length: usize, [one, many]: [&str; 2]) -> Option<String> {
        let is_below = self.min_length.is_some_and(|min| length < min);
        let is_above = self.max_length.is_some_and(|max| length > max);
        if !is_below && !is_above {
            return None;
        }
        let range = range(self.min_length, self.max_length);
        let range = range.strip_prefix("of ").unwrap_or(&range);
        let of = match (self.min_length, self.max_length) {
            (Some(1), None) | (None | Some(1), Some(1)) => one,
            _ => many,
        };
        Some(format!("expected {range} {of}, got {length}"))
    }

    fn text(&self, text: &str) -> Option<String> {
        let (pattern, Ok(regex)) = self.pattern.as_ref()? else {
            return None;
        };
        (!regex.is_match(text)).then(|| {
            let text = Value::from(text);
            format!("expected a string that matches `{pattern}`, got {text}")
        })
    }
}

/// `from 1 to 10`, `of at least 1`, `of at most 10`.
fn range<T: std::fmt::Display>(min: Option<T>, max: Option<T>) -> String {
    match (min, max) {
        (Some(min), Some(max)) => format!("from {min} to {max}"),
        (Some(min), None) => format!("of at least {min}"),
        (None, Some(max)) => format!("of at most {max}"),
        (None, None) => String::new(),
    }
}

/// Whether `a` is less than `b`, exactly for integers.
fn less(a: &Number, b: &Number) -> bool {
    match (a.as_i128(), b.as_i128()) {
        (Some(a), Some(b)) => a < b,
        _ => a.as_f64() < b.as_f64(),
    }
}

/// The type that a schema asks for, `null` left aside.
fn kind(schema: &Map<String, Value>) -> Option<&str> {
    match schema.get("type")? {
        Value::String(kind) => Some(kind),
        Value::Array(kinds) => kinds
            .iter()
            .filter_map(Value::as_str)
            .find(|kind| *kind != "null"),
        _ => None,
    }
}

#[cfg(test)]
pub(crate) mod tests;
