//! What is wrong with a value, and where in it: serde's errors in JSON's words.

use std::fmt;
use std::fmt::{Display, Write};

use serde::de;
use serde::de::{Expected, Unexpected};
use serde_json::Value;

/// One step from a value to what it contains.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Step {
    Field(String),
    Index(usize),
}

/// Why a value could not be decoded; its steps are gathered on the way out.
#[derive(Debug)]
pub(crate) struct Fault {
    /// From the innermost place outwards.
    steps: Vec<Step>,
    pub(crate) message: String,
}

impl Fault {
    pub(crate) fn new(message: impl Into<String>) -> Self {
        Self {
            steps: Vec::new(),
            message: message.into(),
        }
    }

    /// The same fault, seen from one step further out.
    pub(crate) fn within(mut self, step: Step) -> Self {
        self.steps.push(step);
        self
    }

    /// The same fault, of what is one step further in.
    pub(crate) fn at(mut self, step: Step) -> Self {
        self.steps.insert(0, step);
        self
    }

    /// The steps to the place, from the outermost on.
    pub(crate) fn place(&self) -> Vec<Step> {
        self.steps.iter().rev().cloned().collect()
    }
}

/// Writes the steps to a place: `items[3].price`.
pub(crate) fn path<'a>(steps: impl IntoIterator<Item = &'a Step>) -> String {
    let mut path = String::new();
    for step in steps {
        // Writing to a `String` does not fail.
        let _ = match step {
            Step::Index(index) => write!(path, "[{index}]"),
            Step::Field(name) if !is_plain(name) => {
                write!(path, "[{}]", Value::from(name.as_str()))
            }
            Step::Field(name) if path.is_empty() => write!(path, "{name}"),
            Step::Field(name) => write!(path, ".{name}"),
        };
    }
    path
}

/// Whether a name can stand in a path without quotes.
fn is_plain(name: &str) -> bool {
    let is_part = |letter: char| letter.is_alphanumeric() || letter == '_' || letter == '-';
    !name.is_empty() && name.chars().all(is_part)
}

/// JSON's word for the type of a value.
pub(crate) fn got(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}

/// `one of "fast", "slow"`.
pub(crate) fn listed(names: &[&str]) -> String {
    let names: Vec<String> = names.iter().map(|name| format!("\"{name}\"")).collect();
    match &*names {
        [name] => name.clone(),
        names => format!("one of {}", names.join(", ")),
    }
}

/// JSON's words for what serde and its derives expect; any other text stays as it is.
fn words(expected: &dyn Expected) -> String {
    let text = expected.to_string();
    let word = match &*text {
        "a string" | "a borrowed string" | "variant identifier" | "field identifier" => "string",
        "a boolean" => "boolean",
        "a sequence" | "an array" => "array",
        "a map" => "object",
        "unit" => "null",
        "f32" | "f64" => "number",
        "i8" | "i16" | "i32" | "i64" | "u8" | "u16" | "u32" | "u64" | "isize" | "usize" => {
            "integer"
        }
        text if text.starts_with("a nonzero ") => "an integer other than 0",
        text if text.starts_with("struct ") => "object",
        text if text.contains("enum ") => "one of its variants",
        text => return text.to_owned(),
    };
    word.to_owned()
}

fn unexpected(unexpected: &Unexpected<'_>) -> String {
    match unexpected {
        Unexpected::Bool(_) => "boolean".into(),
        Unexpected::Unsigned(_) | Unexpected::Signed(_) | Unexpected::Float(_) => "number".into(),
        Unexpected::Str(_) | Unexpected::Char(_) => "string".into(),
        Unexpected::Unit | Unexpected::Option => "null".into(),
        Unexpected::Seq => "array".into(),
        Unexpected::Map => "object".into(),
        other => other.to_string(),
    }
}

impl de::Error for Fault {
    fn custom<T: Display>(message: T) -> Self {
        let message = message.to_string();
        if message.starts_with("data did not match any variant of untagged enum") {
            return Self::new("fits none of the forms that the schema allows");
        }
        Self::new(message)
    }

    fn invalid_type(got: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::new(format!(
            "expected {}, got {}",
            words(expected),
            unexpected(&got)
        ))
    }

    fn invalid_value(got: Unexpected<'_>, expected: &dyn Expected) -> Self {
        let got = match got {
            Unexpected::Unsigned(number) => number.to_string(),
            Unexpected::Signed(number) => number.to_string(),
            Unexpected::Float(number) => number.to_string(),
            Unexpected::Str(text) => format!("\"{text}\""),
            other => unexpected(&other),
        };
        Self::new(format!("expected {}, got {got}", words(expected)))
    }

    fn invalid_length(len: usize, expected: &dyn Expected) -> Self {
        Self::new(format!("expected {}, got {len} elements", words(expected)))
    }

    fn unknown_variant(variant: &str, expected: &'static [&'static str]) -> Self {
        Self::new(format!("expected {}, got \"{variant}\"", listed(expected)))
    }

    fn unknown_field(field: &str, expected: &'static [&'static str]) -> Self {
        let nearest = crate::text::nearest(field, expected.iter().copied());
        let hint = nearest.map(|nearest| format!("; did you mean `{nearest}`?"));
        Self::new(format!("unknown{}", hint.unwrap_or_default()))
            .within(Step::Field(field.to_owned()))
    }

    fn missing_field(field: &'static str) -> Self {
        Self::new("missing, and required").within(Step::Field(field.to_owned()))
    }
}

impl Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = path(self.steps.iter().rev());
        if !path.is_empty() {
            write!(f, "{path}: ")?;
        }
        f.write_str(&self.message)
    }
}

impl std::error::Error for Fault {}
