//! [`Fault`]: one error in a value, with its place. Rephrases serde's errors in the terms of JSON.

use std::fmt;
use std::fmt::{Display, Write};

use serde::de;
use serde::de::{Expected, Unexpected};
use serde_json::Value;

/// One step from a value to a value inside it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Step {
    Field(String),
    Index(usize),
}

/// A text that is not the name of any variant. [Diagnostics](crate::call::diagnostics) use it to find the
/// tag of an enum.
pub(crate) const SENTINEL: &str = "\u{0}";

/// The kind of a [`Fault`], for code that decides how to continue after it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FaultKind {
    /// The JSON has the wrong type, length or range.
    Mismatch,
    /// An enum has no variant of this name. `is_sentinel` is true if the name is [`SENTINEL`].
    UnknownVariant { is_sentinel: bool },
    /// A field of a struct is missing; the last step names it.
    MissingField,
    /// A struct has no field of this name; the last step names it.
    UnknownField,
    /// An error of a `Deserialize` implementation, in its own words.
    Custom,
    /// The place has no value in this pass: it is omitted, or no placeholder fits its type.
    NoValue,
}

/// An error in a value. While it is returned outwards, each level of nesting adds its step.
#[derive(Debug)]
#[doc(hidden)]
pub struct Fault {
    pub(crate) kind: FaultKind,
    /// The steps to the place, innermost first.
    steps: Vec<Step>,
    pub(crate) message: String,
}

impl Fault {
    pub(crate) fn new(kind: FaultKind, message: impl Into<String>) -> Self {
        Self {
            kind,
            steps: Vec::new(),
            message: message.into(),
        }
    }

    /// Creates a fault of the kind [`FaultKind::Mismatch`].
    pub(crate) fn mismatch(expected: impl Display, got: impl Display) -> Self {
        let message = format!("expected {expected}, got {got}");
        Self::new(FaultKind::Mismatch, message)
    }

    /// The same fault, with a hint at the end of its message.
    pub(crate) fn with_hint(mut self, hint: impl Display) -> Self {
        let _ = write!(self.message, "{hint}");
        self
    }

    /// The same fault, as seen from one step further out.
    pub(crate) fn within(mut self, step: Step) -> Self {
        self.steps.push(step);
        self
    }

    /// Adds an inner step: the fault is at `step` of the place so far.
    pub(crate) fn at(mut self, step: Step) -> Self {
        self.steps.insert(0, step);
        self
    }

    /// Returns the steps to the place, outermost first.
    pub(crate) fn place(&self) -> Vec<Step> {
        self.steps.iter().rev().cloned().collect()
    }
}

/// Formats the steps to a place, such as `items[3].price`.
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

/// Returns whether a name needs no quotes in a path.
fn is_plain(name: &str) -> bool {
    let is_part = |letter: char| letter.is_alphanumeric() || letter == '_' || letter == '-';
    !name.is_empty() && name.chars().all(is_part)
}

/// Returns the JSON type of a value.
pub(crate) fn type_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}

/// Formats a list of alternatives, such as `one of "fast", "slow"`.
pub(crate) fn one_of(names: &[&str]) -> String {
    let names: Vec<String> = names.iter().map(|name| format!("\"{name}\"")).collect();
    match &*names {
        [name] => name.clone(),
        names => format!("one of {}", names.join(", ")),
    }
}

/// Translates the expectations of serde and its derives into JSON terms, and keeps any other text.
/// Serde passes an expectation only as text, so this function has to compare texts.
fn translate(expected: &dyn Expected) -> String {
    let text = expected.to_string();
    let translated = match &*text {
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
    translated.to_owned()
}

/// Returns the JSON type of a value that serde did not expect.
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
        // Serde's derive reports an untagged enum without a matching variant only as this text. It
        // contains the name of the Rust type, which clients cannot interpret.
        if message.starts_with("data did not match any variant of untagged enum") {
            let message = "does not match any variant that the schema allows";
            return Self::new(FaultKind::Custom, message);
        }
        Self::new(FaultKind::Custom, message)
    }

    fn invalid_type(got: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::mismatch(translate(expected), unexpected(&got))
    }

    fn invalid_value(got: Unexpected<'_>, expected: &dyn Expected) -> Self {
        let got = match got {
            Unexpected::Unsigned(number) => number.to_string(),
            Unexpected::Signed(number) => number.to_string(),
            Unexpected::Float(number) => number.to_string(),
            Unexpected::Str(text) => format!("\"{text}\""),
            other => unexpected(&other),
        };
        Self::mismatch(translate(expected), got)
    }

    fn invalid_length(len: usize, expected: &dyn Expected) -> Self {
        Self::mismatch(translate(expected), format_args!("{len} elements"))
    }

    fn unknown_variant(variant: &str, expected: &'static [&'static str]) -> Self {
        let is_sentinel = variant == SENTINEL;
        let message = format!("expected {}, got \"{variant}\"", one_of(expected));
        Self::new(FaultKind::UnknownVariant { is_sentinel }, message)
    }

    fn unknown_field(field: &str, expected: &'static [&'static str]) -> Self {
        let nearest = crate::text::nearest(field, expected.iter().copied());
        let hint = nearest.map(|nearest| format!("; did you mean `{nearest}`?"));
        let message = format!("unknown field{}", hint.unwrap_or_default());
        Self::new(FaultKind::UnknownField, message).within(Step::Field(field.to_owned()))
    }

    fn missing_field(field: &'static str) -> Self {
        Self::new(FaultKind::MissingField, "required field is missing")
            .within(Step::Field(field.to_owned()))
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
