//! The limits that `#[arg(…)]` sets on an argument: shown in its schema, and enforced.
//!
//! Which limits a type can have is checked by the compiler, by [`Ranged`], [`HasLength`],
//! [`Textual`] and [`InHeader`]; the limits themselves are compared with the JSON that a client sent, so that
//! one piece of code serves all types.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet, VecDeque};
use std::sync::LazyLock;

use regex::Regex;
use serde::Serialize;
use serde_json::{Map, Number, Value};

use super::DecodeError;

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
}

/// The limits of one argument, made when they are first asked for.
#[doc(hidden)]
pub type LazyRules = LazyLock<Rules>;

fn number(limit: impl Serialize) -> Option<Number> {
    match serde_json::to_value(limit) {
        Ok(Value::Number(number)) => Some(number),
        _ => None,
    }
}

/// What expansions build.
#[doc(hidden)]
impl Rules {
    #[must_use]
    pub fn min(mut self, limit: impl Serialize) -> Self {
        self.min = number(limit);
        self
    }

    #[must_use]
    pub fn max(mut self, limit: impl Serialize) -> Self {
        self.max = number(limit);
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
    /// Why the limits make no sense themselves.
    pub(crate) fn defect(&self) -> Option<String> {
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

/// Declares which types may have an option, and the text for those that may not.
macro_rules! option {
    ($(#[$doc:meta])* $trait:ident, $message:literal, $label:literal, $note:literal) => {
        $(#[$doc])*
        #[doc(hidden)]
        #[diagnostic::on_unimplemented(message = $message, label = $label, note = $note)]
        pub trait $trait<Name> {}

        #[diagnostic::do_not_recommend]
        impl<T: $trait<Name>, Name> $trait<Name> for Option<T> {}
    };
}

option!(
    /// Types that have `length`: strings, lists, sets and maps.
    HasLength,
    "parameter `{Name}`: `length` is for strings and collections, and `{Self}` is neither",
    "has no length",
    "for a number, write `range = …`, `min = …` or `max = …`"
);
option!(
    /// Types that have `pattern`: strings.
    Textual,
    "parameter `{Name}`: `pattern` is for strings, and `{Self}` is none",
    "is no string",
    "leave `pattern` out, or take a `String`"
);
option!(
    /// Types that an HTTP header can stand for.
    InHeader,
    "parameter `{Name}`: `header` is for strings, integers and bools, and `{Self}` is none of these",
    "cannot be the value of an HTTP header",
    "leave `header` out, or take a `String`"
);

/// Types that have `min`, `max` and `range`: numbers.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "parameter `{Name}`: `min`, `max` and `range` are for numbers, and `{Self}` is none",
    label = "is no number",
    note = "for the length of a string or a collection, write `length = …`"
)]
pub trait Ranged<Name> {
    /// The type of the limits.
    type Limit;
}

#[diagnostic::do_not_recommend]
impl<T: Ranged<Name>, Name> Ranged<Name> for Option<T> {
    type Limit = T::Limit;
}

macro_rules! ranged {
    ($($type:ty)*) => {$(
        impl<Name> Ranged<Name> for $type {
            type Limit = $type;
        }
    )*};
}

ranged!(i8 i16 i32 i64 isize u8 u16 u32 u64 usize f32 f64);

macro_rules! in_header {
    ($($type:ty)*) => {$(impl<Name> InHeader<Name> for $type {})*};
}

in_header!(String bool i8 i16 i32 i64 isize u8 u16 u32 u64 usize);

impl<Name> Textual<Name> for String {}
impl<Name> HasLength<Name> for String {}
impl<T, Name> HasLength<Name> for Vec<T> {}
impl<T, Name> HasLength<Name> for VecDeque<T> {}
impl<T, S, Name> HasLength<Name> for HashSet<T, S> {}
impl<T, Name> HasLength<Name> for BTreeSet<T> {}
impl<K, V, S, Name> HasLength<Name> for HashMap<K, V, S> {}
impl<K, V, Name> HasLength<Name> for BTreeMap<K, V> {}
impl<Name> HasLength<Name> for Map<String, Value> {}

/// Checks, when it is compiled, that a type may have an option.
#[doc(hidden)]
pub const fn has_length<T: HasLength<Name>, Name>() {}
/// See [`has_length`].
#[doc(hidden)]
pub const fn textual<T: Textual<Name>, Name>() {}
/// See [`has_length`].
#[doc(hidden)]
pub const fn in_header<T: InHeader<Name>, Name>() {}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn message(rules: &Rules, value: &Value) -> String {
        rules.check(value).unwrap_err().message
    }

    #[test]
    fn limits_are_said_as_a_range() {
        let both = Rules::default().min(1u8).max(10u8);
        assert_eq!(
            message(&both, &json!(0)),
            "expected a number from 1 to 10, got 0"
        );
        assert_eq!(
            message(&both, &json!(10.5)),
            "expected a number from 1 to 10, got 10.5"
        );
        assert!(both.check(&json!(1)).is_ok() && both.check(&json!(10)).is_ok());
        assert!(
            both.check(&json!("11")).is_ok(),
            "the type is for the decoder to judge"
        );
        let one = Rules::default().min(0.5f64);
        assert_eq!(
            message(&one, &json!(0)),
            "expected a number of at least 0.5, got 0"
        );
        let large = Rules::default().max(u64::MAX - 1);
        assert!(large.check(&json!(u64::MAX)).is_err());
    }

    #[test]
    fn lengths_count_what_the_value_has() {
        let both = Rules::default().min_length(1).max_length(3);
        assert_eq!(
            message(&both, &json!("")),
            "expected from 1 to 3 characters, got 0"
        );
        assert!(both.check(&json!("äöü")).is_ok());
        assert_eq!(
            message(&both, &json!([1, 2, 3, 4])),
            "expected from 1 to 3 elements, got 4"
        );
        let one = Rules::default().min_length(1);
        assert_eq!(
            message(&one, &json!([])),
            "expected at least 1 element, got 0"
        );
        assert_eq!(
            message(&one, &json!({})),
            "expected at least 1 entry, got 0"
        );
    }

    #[test]
    fn limits_that_nothing_meets_are_defects() {
        assert!(Rules::default().min(3).max(2).defect().is_some());
        assert!(
            Rules::default()
                .min_length(3)
                .max_length(2)
                .defect()
                .is_some()
        );
        assert!(Rules::default().pattern("(").defect().is_some());
        assert!(
            Rules::default()
                .pattern("^a$")
                .min(2)
                .max(2)
                .defect()
                .is_none()
        );
    }
}
