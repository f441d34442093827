//! [`Json`]: a deserializer of JSON values. Its errors are written for the client, which may be a model:
//! they use the terms of JSON and contain the path to the place.
//!
//! | serde's error | error for the client |
//! |---|---|
//! | invalid type: string "2", expected f64 | expected number, got string |
//! | invalid value: integer `-1`, expected u32 | expected an integer from 0 to 4294967295, got -1 |
//! | missing field `price` | required field is missing |
//! | unknown variant `fastt`, expected … | expected one of "fast", "slow", got "fastt" |

pub(crate) mod access;
pub(crate) mod deserializer;
pub(crate) mod key;
pub(crate) mod variant;

use serde_json::{Map, Number, Value};

use crate::call::diagnostics::{Diagnostics, Substitute};
use crate::call::fault::{Fault, FaultKind, SENTINEL, Step, type_of};

/// The strictness with which the JSON type of a value has to match its Rust type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Leniency {
    /// The JSON type has to match.
    Strict,
    /// A string is accepted for a number or a bool.
    Lenient,
    /// The value is the text of a URI variable or of a prompt's argument. Text is accepted for a number
    /// or a bool, and errors quote the text.
    Text,
}

/// A deserializer of one JSON value.
#[doc(hidden)]
pub struct Json<'a> {
    content: Content<'a>,
    leniency: Leniency,
    /// Collects all errors. Without diagnostics, the first error ends the decoding.
    diagnostics: Option<&'a Diagnostics>,
}

/// The content of a [`Json`].
pub(crate) enum Content<'a> {
    Value(&'a Value),
    /// An owned string.
    Text(String),
    /// Any valid value of the expected type. It replaces an invalid value, so that decoding can
    /// continue and find more errors. The number is the depth inside the replaced value.
    Placeholder(u8),
}

/// The maximum length of a value that an error repeats.
const MAX_SHOWN: usize = 60;

/// The maximum depth of a placeholder. The first variant of a recursive enum can contain the enum
/// itself, so its placeholder would be infinitely deep.
const MAX_PLACEHOLDER_DEPTH: u8 = 12;

impl<'a> Json<'a> {
    pub(crate) fn new(
        value: &'a Value,
        leniency: Leniency,
        diagnostics: Option<&'a Diagnostics>,
    ) -> Self {
        Self {
            content: Content::Value(value),
            leniency,
            diagnostics,
        }
    }

    pub(crate) fn text(text: String, leniency: Leniency) -> Self {
        Self {
            content: Content::Text(text),
            leniency,
            diagnostics: None,
        }
    }

    /// Reads the value with `read`. With diagnostics, an error is recorded and `placeholder` is returned;
    /// without diagnostics, the error is returned.
    fn or_placeholder<T>(
        &self,
        placeholder: T,
        read: impl FnOnce(&Self) -> Result<T, Fault>,
    ) -> Result<T, Fault> {
        if let Content::Placeholder(_) = self.content {
            return Ok(placeholder);
        }
        match (read(self), self.diagnostics) {
            (Err(fault), Some(diagnostics)) => {
                diagnostics.report(fault);
                Ok(placeholder)
            }
            (result, _) => result,
        }
    }

    fn placeholder<'b>(&self) -> Content<'b> {
        Content::Placeholder(match self.content {
            Content::Placeholder(depth) => depth + 1,
            _ => 0,
        })
    }

    /// Returns the content for `value`, which is one step inside this value: `value` itself or its
    /// substitute. Returns `None` if diagnostics omit it.
    fn substituted<'b>(
        &self,
        step: impl FnOnce() -> Step,
        value: &'b Value,
    ) -> Option<Content<'b>> {
        match self.diagnostics {
            // `step` allocates, so it is only called if there can be a substitute.
            Some(diagnostics) if diagnostics.has_substitutes() => {
                match diagnostics.substitute(step()) {
                    None => Some(Content::Value(value)),
                    Some(Substitute::Placeholder) => Some(self.placeholder()),
                    Some(Substitute::Omitted) => None,
                    Some(Substitute::Sentinel) => Some(Content::Text(SENTINEL.to_owned())),
                }
            }
            _ => Some(Content::Value(value)),
        }
    }

    /// Returns the fields that the object lacks and that have placeholders.
    fn missing_fields(&self, map: &Map<String, Value>) -> Vec<String> {
        let fields = self.diagnostics.map(Diagnostics::placeholder_fields);
        let mut fields = fields.unwrap_or_default();
        fields.retain(|field| !map.contains_key(field));
        fields
    }

    /// Decodes `content`, which is one step inside this value, and adds the step to the place of an error.
    fn within<T>(
        &self,
        step: impl Fn() -> Step,
        content: Content<'_>,
        decode: impl FnOnce(Json<'_>) -> Result<T, Fault>,
    ) -> Result<T, Fault> {
        let is_placeholder = match content {
            Content::Placeholder(depth) if depth > MAX_PLACEHOLDER_DEPTH => {
                let fault = Fault::new(FaultKind::NoValue, "the placeholder is too deep");
                return Err(fault.within(step()));
            }
            Content::Placeholder(_) => true,
            Content::Value(_) | Content::Text(_) => false,
        };
        if let Some(diagnostics) = self.diagnostics {
            diagnostics.enter(step());
        }
        let decoded = decode(Json {
            content,
            leniency: self.leniency,
            diagnostics: self.diagnostics,
        });
        if let Some(diagnostics) = self.diagnostics {
            diagnostics.leave();
        }
        decoded.map_err(|fault| {
            // The type rejects the placeholder. Its message is not about the value of the client.
            let fault = if is_placeholder {
                Fault::new(FaultKind::NoValue, "the type rejects the placeholder")
            } else {
                fault
            };
            fault.within(step())
        })
    }

    /// Records that a type reads this object as a whole. Its errors may then not name the entry at fault.
    fn visit_whole(&self) {
        if let (Some(diagnostics), Some(Value::Object(map))) = (self.diagnostics, self.value()) {
            diagnostics.visit_whole(map.keys());
        }
    }

    fn value(&self) -> Option<&'a Value> {
        match self.content {
            Content::Value(value) => Some(value),
            Content::Text(_) | Content::Placeholder(_) => None,
        }
    }

    fn str(&self) -> Option<&str> {
        match &self.content {
            Content::Value(value) => value.as_str(),
            Content::Text(text) => Some(text),
            Content::Placeholder(_) => None,
        }
    }

    fn is_null(&self) -> bool {
        self.value().is_some_and(Value::is_null)
    }

    fn expected(&self, expected: impl std::fmt::Display) -> Fault {
        Fault::mismatch(expected, self.got())
    }

    /// Describes the value for an error: its JSON type, or the quoted text.
    fn got(&self) -> String {
        match (self.str(), self.leniency) {
            (Some(text), Leniency::Text) => format!("\"{text}\""),
            (Some(_), _) => "string".to_owned(),
            (None, _) => self.value().map(type_of).unwrap_or_default().to_owned(),
        }
    }

    /// Returns the value as a number. A string is parsed, unless the mode is strict.
    fn number(&self) -> Option<Number> {
        match self.str() {
            Some(text) if self.leniency != Leniency::Strict => {
                serde_json::from_str(text.trim()).ok()
            }
            _ => self.value()?.as_number().cloned(),
        }
    }

    /// Returns the value as a bool. A string is parsed, unless the mode is strict.
    fn boolean(&self) -> Option<bool> {
        match self.str() {
            Some(text) if self.leniency != Leniency::Strict => text.trim().parse().ok(),
            _ => self.value()?.as_bool(),
        }
    }

    fn null(&self) -> Result<(), Fault> {
        self.is_null()
            .then_some(())
            .ok_or_else(|| self.expected("null"))
    }

    /// Describes an array that was expected. Models often send one value for a list, so the
    /// description shows the list that they meant.
    fn list_of_one(&self) -> Option<String> {
        let value = match &self.content {
            Content::Value(value @ (Value::String(_) | Value::Number(_) | Value::Bool(_))) => {
                value.to_string()
            }
            Content::Text(text) => Value::from(text.as_str()).to_string(),
            _ => return None,
        };
        let is_short = value.chars().count() <= MAX_SHOWN;
        Some(if is_short {
            format!("[{value}]")
        } else {
            "[\"…\"]".to_owned()
        })
    }

    fn array(&self, expected: impl std::fmt::Display) -> Result<&'a [Value], Fault> {
        let array = self.value().and_then(Value::as_array);
        array
            .map(Vec::as_slice)
            .ok_or_else(|| self.expected(expected))
    }

    /// Returns the value as an integer. `3.0` is an integer, as in JSON Schema.
    fn integer(&self, min: i128, max: i128) -> Result<i128, Fault> {
        // Clients that read numbers as floats send 2^64 - 1 as 18446744073709552000.
        let is_rounded = |number: &Number| {
            let float = number.as_f64().filter(|_| number.is_f64());
            float.is_some_and(|float| float.fract() == 0.0 && float.abs() >= 9e15)
        };
        let range = || match self.number() {
            Some(number) if is_rounded(&number) => {
                format!("an integer from {min} to {max} that is not rounded")
            }
            _ => integers(min, max),
        };
        let Some(number) = self.number() else {
            return Err(self.expected(range()));
        };
        let integer = number.as_i128().or_else(|| {
            let float = number.as_f64()?;
            #[expect(
                clippy::cast_possible_truncation,
                reason = "it has no fraction and is small"
            )]
            (float.fract() == 0.0 && float.abs() < 9e15).then_some(float as i128)
        });
        integer
            .filter(|integer| (min..=max).contains(integer))
            .ok_or_else(|| Fault::mismatch(range(), number))
    }

    fn float(&self) -> Result<f64, Fault> {
        let number = self.number().and_then(|number| number.as_f64());
        number.ok_or_else(|| self.expected("number"))
    }
}

/// Describes a range of integers. Limits of 64 bits are omitted, because most clients cannot represent
/// them exactly.
fn integers(min: i128, max: i128) -> String {
    match (min, max) {
        (0, max) if max >= i128::from(u64::MAX) => "an integer of at least 0".to_owned(),
        (min, _) if min <= i128::from(i64::MIN) => "integer".to_owned(),
        (min, max) => format!("an integer from {min} to {max}"),
    }
}
