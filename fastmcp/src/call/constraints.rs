//! [`Constraints`]: the limits that `#[arg(…)]` sets on an argument. They are listed in its schema and
//! enforced.
//!
//! The compiler checks that a type can have a limit; see [`kinds`]. At run time, the limits are checked
//! against the JSON that the client sent, so that one implementation serves all types.

pub(crate) mod kinds;

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::LazyLock;

use regex::Regex;
use serde::Serialize;
use serde_json::{Map, Number, Value};

use crate::call::decode_error::DecodeError;

/// The constraints on one argument.
#[doc(hidden)]
#[derive(Debug, Default)]
pub struct Constraints {
    min: Option<Number>,
    max: Option<Number>,
    min_length: Option<usize>,
    max_length: Option<usize>,
    pattern: Option<(Cow<'static, str>, Result<Regex, regex::Error>)>,
    examples: Vec<Value>,
    deprecated: bool,
    header: Option<&'static str>,
    /// `true` if a limit is infinite or NaN.
    has_infinite: bool,
}

/// The constraints on one argument, built on first use: a regular expression cannot be compiled in a
/// constant.
#[doc(hidden)]
pub type LazyConstraints = LazyLock<Constraints>;

/// The builder methods that expansions call.
#[doc(hidden)]
impl Constraints {
    #[must_use]
    pub fn min(mut self, limit: Option<Number>) -> Self {
        self.has_infinite |= limit.is_none();
        self.min = limit;
        self
    }

    #[must_use]
    pub fn max(mut self, limit: Option<Number>) -> Self {
        self.has_infinite |= limit.is_none();
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
        self.pattern = Some((pattern.into(), Regex::new(pattern)));
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

impl Constraints {
    /// Reads the limits of a schema that apply to the JSON type of `value`.
    pub(crate) fn of_schema(
        schema: &Map<String, Value>,
        value: &Value,
        patterns: &HashMap<String, Regex>,
    ) -> Self {
        let number = |keyword: &str| schema.get(keyword)?.as_number().cloned();
        let length = |keyword: &str| usize::try_from(schema.get(keyword)?.as_u64()?).ok();
        let lengths = |min: &str, max: &str| Self {
            min_length: length(min),
            max_length: length(max),
            ..Self::default()
        };
        match value {
            Value::Number(_) => Self {
                min: number("minimum"),
                max: number("maximum"),
                ..Self::default()
            },
            Value::String(_) => {
                let pattern = schema.get("pattern").and_then(Value::as_str);
                let pattern = pattern.and_then(|it| Some((it, patterns.get(it)?)));
                Self {
                    pattern: pattern
                        .map(|(text, regex)| (text.to_owned().into(), Ok(regex.clone()))),
                    ..lengths("minLength", "maxLength")
                }
            }
            // The length of a tuple is part of its type.
            Value::Array(_) if schema.contains_key("prefixItems") => Self::default(),
            Value::Array(_) => lengths("minItems", "maxItems"),
            Value::Object(_) => lengths("minProperties", "maxProperties"),
            Value::Null | Value::Bool(_) => Self::default(),
        }
    }

    /// Returns why the constraints are invalid: in themselves, or for a value of this schema.
    pub(crate) fn defect(&self, schema: &Value, type_name: &str) -> Option<String> {
        if self.has_infinite {
            return Some("`min` or `max` is not finite; remove it".to_owned());
        }
        let kind = schema.as_object().and_then(kind);
        let is = |option: bool, kinds: &[&str]| {
            option && kind.is_some_and(|kind| !kinds.contains(&kind))
        };
        let has_range = self.min.is_some() || self.max.is_some();
        let has_length = self.min_length.is_some() || self.max_length.is_some();
        let misplaced = if is(has_range, &["number", "integer"]) {
            Some("`min`, `max` and `range` apply to numbers")
        } else if is(has_length, &["string", "array", "object"]) {
            Some("`length` applies to strings and collections")
        } else if is(self.pattern.is_some(), &["string"]) {
            Some("`pattern` applies to strings")
        } else if is(self.header.is_some(), &["string", "integer", "boolean"]) {
            Some("`header` applies to strings, integers and bools")
        } else {
            None
        };
        if let (Some(misplaced), Some(kind)) = (misplaced, kind) {
            return Some(format!(
                "{misplaced}, but `{type_name}` is encoded as JSON type `{kind}`"
            ));
        }
        if let Some((_, Err(error))) = &self.pattern {
            return Some(format!(
                "`pattern` is not a valid regular expression: {error}"
            ));
        }
        if let (Some(min), Some(max)) = (&self.min, &self.max)
            && less(max, min)
        {
            return Some(format!("`min` {min} is greater than `max` {max}"));
        }
        if let (Some(min), Some(max)) = (self.min_length, self.max_length)
            && max < min
        {
            return Some(format!(
                "the minimum length {min} is greater than the maximum length {max}"
            ));
        }
        None
    }

    /// Adds the constraints to the schema of the argument.
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
        if let Some((pattern, _)) = &self.pattern {
            property.insert("pattern".into(), (&**pattern).into());
        }
        if !self.examples.is_empty() {
            property.insert("examples".into(), self.examples.clone().into());
        }
        if self.deprecated {
            property.insert("deprecated".into(), true.into());
        }
        if let Some(header) = self.header {
            // A header has one primitive type. `["string", "null"]`, the schema of an `Option`,
            // becomes `"string"`: the client omits the header for `None`.
            if let Some(kind) = kind(property).map(str::to_owned) {
                property.insert("type".into(), kind.into());
            }
            property.insert("x-mcp-header".into(), header.into());
        }
    }

    /// Checks a value against the constraints that apply to its JSON type. A value of the wrong JSON
    /// type passes: the decoder reports it.
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

    /// Returns an error if `number` is out of range.
    fn range(&self, number: &Number) -> Option<String> {
        let is_below = self.min.as_ref().is_some_and(|min| less(number, min));
        let is_above = self.max.as_ref().is_some_and(|max| less(max, number));
        if !is_below && !is_above {
            return None;
        }
        let range = match (&self.min, &self.max) {
            (Some(min), Some(max)) => format!("from {min} to {max}"),
            (Some(min), None) => format!("of at least {min}"),
            (_, max) => format!("of at most {}", max.as_ref()?),
        };
        Some(format!("expected a number {range}, got {number}"))
    }

    /// Returns an error if a length is out of range; `one` and `many` name the counted unit.
    fn length(&self, length: usize, [one, many]: [&str; 2]) -> Option<String> {
        let is_below = self.min_length.is_some_and(|min| length < min);
        let is_above = self.max_length.is_some_and(|max| length > max);
        if !is_below && !is_above {
            return None;
        }
        let (range, last) = match (self.min_length, self.max_length) {
            (Some(min), Some(max)) if min == max => (format!("{min}"), max),
            (Some(min), Some(max)) => (format!("{min} to {max}"), max),
            (Some(min), None) => (format!("at least {min}"), min),
            (None, max) => (format!("at most {}", max?), max?),
        };
        let unit = if last == 1 { one } else { many };
        Some(format!("expected {range} {unit}, got {length}"))
    }

    /// Returns an error if `text` does not match the pattern.
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

/// Returns whether `a` is less than `b`. Integers are compared exactly: an `f64` cannot represent
/// all of 64 bits.
pub(crate) fn less(a: &Number, b: &Number) -> bool {
    match (a.as_i128(), b.as_i128()) {
        (Some(a), Some(b)) => a < b,
        _ => a.as_f64() < b.as_f64(),
    }
}

/// Returns the JSON type in a schema, ignoring `null`.
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
