//! Decodes JSON values into the type of a parameter.

use serde::de;
use serde::de::{DeserializeOwned, Visitor, value};
use serde_json::Value;

use crate::call::argument_schema::ArgumentSchema;
use crate::call::constraints::Constraints;
use crate::call::decode_error::{DecodeError, MAX_ERRORS};
use crate::call::diagnostics::diagnose;
use crate::call::fault::{Fault, FaultKind};
use crate::call::json::{Json, Leniency};

/// A decoded value, or all errors in it.
pub(crate) type Decoded<T> = Result<T, Vec<DecodeError>>;

/// A function that decodes a value into the type of a parameter.
#[doc(hidden)]
pub type Decode<T> = fn(Value, Reading<'_>) -> Decoded<T>;

/// The rules by which one value is decoded.
#[doc(hidden)]
#[derive(Debug, Clone, Copy)]
pub struct Reading<'a> {
    pub(crate) leniency: Leniency,
    /// Reads integers of 64 bits from text even if nothing else is.
    pub(crate) text_integers: bool,
    /// The schema of the type, if it is the type of a tool's argument.
    pub(crate) schema: Option<&'a ArgumentSchema>,
    /// The limits of the parameter's attribute.
    pub(crate) constraints: Option<&'a Constraints>,
}

impl Reading<'_> {
    /// Reads a value whose JSON type has to match, with the limits of an attribute.
    pub(crate) fn strict(constraints: Option<&Constraints>) -> Reading<'_> {
        Reading {
            leniency: Leniency::Strict,
            text_integers: false,
            schema: None,
            constraints,
        }
    }

    fn has_reread(&self) -> bool {
        self.leniency == Leniency::Lenient || self.text_integers
    }

    fn reread(&self, value: &Value) -> Option<Value> {
        let schema = self.schema?;
        match self.leniency {
            Leniency::Lenient => schema.reread(value),
            Leniency::Strict | Leniency::Text => schema.reread_integers(value),
        }
    }

    /// Merges the result of decoding with the errors of the limits.
    fn checked<T>(&self, value: &Value, decoded: Decoded<T>) -> Decoded<T> {
        let checked = self.constraints.map_or(Ok(()), |it| it.check(value));
        let limits = self.schema.map(|it| it.limits(value)).unwrap_or_default();
        if checked.is_ok() && limits.is_empty() {
            return decoded;
        }
        let mut errors = decoded.err().unwrap_or_default();
        // At one place, the error of the type says more than that of a limit, except for a limit
        // that the attribute sets for the whole value.
        for error in limits {
            if errors.iter().all(|other| other.path != error.path) {
                errors.push(error);
            }
        }
        if errors.len() > MAX_ERRORS {
            errors.truncate(MAX_ERRORS);
            errors.push(DecodeError {
                path: String::new(),
                message: "more errors".to_owned(),
            });
        }
        if let Err(error) = checked {
            errors.retain(|error| !error.path.is_empty());
            errors.insert(0, error);
        }
        Err(errors)
    }
}

/// Decodes `value`. Strings are moved, not copied, unless they may have to be read again.
pub(crate) fn decode<T: DeserializeOwned>(mut value: Value, reading: Reading<'_>) -> Decoded<T> {
    let takes_text = !reading.has_reread() || reading.schema.is_none_or(|it| it.takes(&value));
    if takes_text && let Value::String(text) = value {
        return decode_string(text, reading);
    }
    let first = if reading.has_reread() {
        Leniency::Strict
    } else {
        reading.leniency
    };
    // The first pass collects nothing, so valid values pay nothing for diagnostics. Only a value
    // that fails is decoded again, with diagnostics.
    let mut result = deserialize::<T>(&mut value, first, reading.schema);
    if result.is_err() && reading.has_reread() {
        if let Some(reread) = reading.reread(&value) {
            value = reread;
        }
        result = deserialize::<T>(&mut value, reading.leniency, reading.schema);
    }
    let decoded = result.map_err(|_| {
        diagnose(|diagnostics| {
            let json = Json::new(&value, reading.leniency, Some(diagnostics));
            T::deserialize(json).map(drop)
        })
    });
    reading.checked(&value, decoded)
}

/// Decodes a string that is not read again.
fn decode_string<T: DeserializeOwned>(text: String, reading: Reading<'_>) -> Decoded<T> {
    let decode = |text| {
        let decoded = T::deserialize(Json::text(text, reading.leniency));
        decoded.map_err(|fault| vec![fault.into()])
    };
    let has_limits = reading.schema.is_some_and(|it| it.has_limits);
    if reading.constraints.is_none() && !has_limits {
        return decode(text);
    }
    let decoded = decode(text.clone());
    reading.checked(&Value::String(text), decoded)
}

/// The maximum number of missing members that are added to a value.
const MAX_ADDED: usize = 32;

/// Deserializes a value, with `null` for missing members where the schema promises that.
fn deserialize<T: DeserializeOwned>(
    value: &mut Value,
    leniency: Leniency,
    schema: Option<&ArgumentSchema>,
) -> Result<T, Fault> {
    let mut result = T::deserialize(Json::new(value, leniency, None));
    for _ in 0..MAX_ADDED {
        let is_added = match (&result, schema) {
            (Err(fault), Some(schema)) if fault.kind == FaultKind::MissingField => {
                schema.add_null(value, &fault.place())
            }
            _ => false,
        };
        if !is_added {
            break;
        }
        result = T::deserialize(Json::new(value, leniency, None));
    }
    result
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
/// The constraints apply to the form that is decoded.
pub(crate) fn decode_text<T>(
    decode: Decode<T>,
    text: String,
    constraints: Option<&Constraints>,
) -> Decoded<T> {
    let parsed = serde_json::from_str::<Value>(&text)
        .ok()
        .filter(|value| !value.is_string());
    let as_text = Value::String(text);
    // The string form comes first, in strict mode, so that a `String` keeps text that looks like a
    // number.
    match (decode(as_text.clone(), Reading::strict(None)), parsed) {
        (Ok(value), _) => Reading::strict(constraints).checked(&as_text, Ok(value)),
        (Err(_), Some(parsed)) => decode(parsed, Reading::strict(constraints)),
        // Decoded again only for an error message that quotes the text.
        (Err(_), None) => {
            let reading = Reading {
                leniency: Leniency::Text,
                ..Reading::strict(None)
            };
            decode(as_text, reading)
        }
    }
}

#[cfg(test)]
pub(crate) mod tests;
