//! Turns JSON values into a parameter's type, and says where in the value it went wrong.

use std::fmt;

use serde::de;
use serde::de::{DeserializeOwned, Visitor, value};
use serde_json::Value;

use crate::call::diagnostics::survey;
use crate::call::fault::{Fault, path};
use crate::call::json::{Json, Leniency};

/// Why a value could not be decoded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DecodeError {
    /// The path inside the value, such as `items[3].price`; empty at its root.
    pub path: String,
    /// What was wrong there.
    pub message: String,
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.path.is_empty() {
            write!(f, "{}: ", self.path)?;
        }
        f.write_str(&self.message)
    }
}

impl std::error::Error for DecodeError {}

impl From<Fault> for DecodeError {
    fn from(fault: Fault) -> Self {
        Self {
            path: path(&fault.place()),
            message: fault.message,
        }
    }
}

/// A value, or all that is wrong with it.
pub(crate) type Decoded<T> = Result<T, Vec<DecodeError>>;

/// How a parameter's type is decoded.
#[doc(hidden)]
pub type Decode<T> = fn(Value, Leniency) -> Decoded<T>;

/// Decodes `value`; a string by move.
pub(crate) fn decode<T: DeserializeOwned>(value: Value, leniency: Leniency) -> Decoded<T> {
    let value = match value {
        Value::String(text) => {
            let decoded = T::deserialize(Json::text(text, leniency));
            return decoded.map_err(|fault| vec![fault.into()]);
        }
        value => value,
    };
    T::deserialize(Json::new(&value, leniency, None)).map_err(|_| {
        survey(|survey| T::deserialize(Json::new(&value, leniency, Some(survey))).map(drop))
    })
}

/// The value of an argument that was not sent, for the types that have one: `Option` is `None`.
pub(crate) fn absent<T: DeserializeOwned>() -> Option<T> {
    T::deserialize(Absent).ok()
}

/// Answers only those who ask for an `Option`, as serde's derive does for a missing field.
struct Absent;

impl<'de> de::Deserializer<'de> for Absent {
    type Error = value::Error;

    fn deserialize_any<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Self::Error> {
        Err(de::Error::custom("missing"))
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Self::Error> {
        visitor.visit_none()
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit
        unit_struct newtype_struct seq tuple tuple_struct map struct enum identifier ignored_any
    }
}

/// Reads the text of a URI variable or of a prompt's argument as JSON where it is not wanted as
/// a string: `42` for a number, `true` for a bool, `[1, 2]` for a list.
///
/// `rules` sees the form that was taken.
pub(crate) fn decode_text<T>(
    decode: Decode<T>,
    text: String,
    rules: impl Fn(&Value) -> Result<(), DecodeError>,
) -> Decoded<T> {
    let parsed = serde_json::from_str::<Value>(&text)
        .ok()
        .filter(|value| !value.is_string());
    let as_text = Value::String(text);
    // A text is tried as it is first, and strictly, so that a `String` keeps what looks like a
    // number.
    match (decode(as_text.clone(), Leniency::Strict), parsed) {
        (Ok(value), _) => rules(&as_text).map(|()| value).map_err(|error| vec![error]),
        (Err(_), Some(parsed)) => ruled(rules(&parsed), || decode(parsed, Leniency::Strict)),
        // Once more, for words that fit a text.
        (Err(_), None) => decode(as_text, Leniency::Text),
    }
}

/// What is decoded of a value that rules have judged: both are told, and of the value as a whole
/// the rules' word counts.
pub(crate) fn ruled<T>(
    rules: Result<(), DecodeError>,
    decode: impl FnOnce() -> Decoded<T>,
) -> Decoded<T> {
    match (rules, decode()) {
        (Ok(()), decoded) => decoded,
        (Err(error), Ok(_)) => Err(vec![error]),
        (Err(error), Err(mut errors)) => {
            errors.retain(|error| !error.path.is_empty());
            errors.insert(0, error);
            Err(errors)
        }
    }
}

#[cfg(test)]
pub(crate) mod tests;
