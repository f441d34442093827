//! Decodes JSON values into the type of a parameter.

use serde::de;
use serde::de::{DeserializeOwned, Visitor, value};
use serde_json::Value;

use crate::call::decode_error::DecodeError;
use crate::call::diagnostics::diagnose;
use crate::call::json::{Json, Leniency};

/// A decoded value, or all errors in it.
pub(crate) type Decoded<T> = Result<T, Vec<DecodeError>>;

/// A function that decodes a value into the type of a parameter.
#[doc(hidden)]
pub type Decode<T> = fn(Value, Leniency) -> Decoded<T>;

/// Decodes `value`. A string is moved into a `String`, not copied.
pub(crate) fn decode<T: DeserializeOwned>(value: Value, leniency: Leniency) -> Decoded<T> {
    let value = match value {
        Value::String(text) => {
            let decoded = T::deserialize(Json::text(text, leniency));
            return decoded.map_err(|fault| vec![fault.into()]);
        }
        value => value,
    };
    // The first pass runs without diagnostics, so they cost nothing for a valid value. An invalid
    // value is decoded again, with diagnostics.
    T::deserialize(Json::new(&value, leniency, None)).map_err(|_| {
        diagnose(|diagnostics| {
            T::deserialize(Json::new(&value, leniency, Some(diagnostics))).map(drop)
        })
    })
}

/// Returns the value of an argument that the client did not send: `Some(None)` for an `Option`, and
/// `None` for a type that requires a value.
pub(crate) fn absent<T: DeserializeOwned>() -> Option<T> {
    T::deserialize(Absent).ok()
}

/// Deserializes only an `Option`, like serde's derive for a missing field.
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

/// Decodes the text of a URI variable or of a prompt's argument. Unless the type accepts a string,
/// the text is parsed as JSON: `42` for a number, `true` for a bool, `[1, 2]` for a list.
///
/// `check` gets the form that was decoded: the string or the parsed JSON.
pub(crate) fn decode_text<T>(
    decode: Decode<T>,
    text: String,
    check: impl Fn(&Value) -> Result<(), DecodeError>,
) -> Decoded<T> {
    let parsed = serde_json::from_str::<Value>(&text)
        .ok()
        .filter(|value| !value.is_string());
    let as_text = Value::String(text);
    // The text is tried as a string first, in strict mode, so that a `String` keeps text that looks
    // like a number.
    match (decode(as_text.clone(), Leniency::Strict), parsed) {
        (Ok(value), _) => check(&as_text).map(|()| value).map_err(|error| vec![error]),
        (Err(_), Some(parsed)) => {
            decode_checked(check(&parsed), || decode(parsed, Leniency::Strict))
        }
        // Decoded again to get an error message that quotes the text.
        (Err(_), None) => decode(as_text, Leniency::Text),
    }
}

/// Decodes a value whose constraints have been checked, and merges the errors of both steps. An error
/// of the constraints replaces the errors of the type about the value as a whole.
pub(crate) fn decode_checked<T>(
    checked: Result<(), DecodeError>,
    decode: impl FnOnce() -> Decoded<T>,
) -> Decoded<T> {
    match (checked, decode()) {
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
