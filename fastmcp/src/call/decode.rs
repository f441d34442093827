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

/// All errors in a value that cannot be decoded.
pub(crate) type Decoded = Result<(), Vec<DecodeError>>;

/// The place for the value of a parameter. Everything else in this file works on the trait object, so that
/// a program compiles only these methods for each type of its parameters.
pub(crate) trait Target {
    /// Decodes `json` and stores the value. After an error, the stored value has no meaning.
    fn read(&mut self, json: Json<'_>) -> Result<(), Fault>;
}

/// Decodes `json` and stores the value in `target`.
pub(crate) fn read<T: DeserializeOwned>(
    target: &mut Option<T>,
    json: Json<'_>,
) -> Result<(), Fault> {
    *target = Some(T::deserialize(json)?);
    Ok(())
}

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
    fn checked(&self, value: &Value, decoded: Decoded) -> Decoded {
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

/// Decodes `value` into `target`. Strings are moved, not copied, unless they may have to be read again.
pub(crate) fn decode(target: &mut dyn Target, mut value: Value, reading: Reading<'_>) -> Decoded {
    // The walk through the schema costs more than decoding a number.
    let takes_text = value.is_string()
        && (!reading.has_reread() || reading.schema.is_none_or(|it| it.takes(&value)));
    if takes_text && let Value::String(text) = value {
        return decode_string(target, text, reading);
    }
    let first = if reading.has_reread() {
        Leniency::Strict
    } else {
        reading.leniency
    };
    // The first pass collects nothing, so valid values pay nothing for diagnostics. Only a value
    // that fails is decoded again, with diagnostics.
    let mut result = deserialize(target, &mut value, first, reading.schema);
    if result.is_err() && reading.has_reread() {
        if let Some(reread) = reading.reread(&value) {
            value = reread;
        }
        result = deserialize(target, &mut value, reading.leniency, reading.schema);
    }
    let decoded = result.map_err(|_| {
        diagnose(|diagnostics| target.read(Json::new(&value, reading.leniency, Some(diagnostics))))
    });
    reading.checked(&value, decoded)
}

/// Decodes a string that is not read again.
fn decode_string(target: &mut dyn Target, text: String, reading: Reading<'_>) -> Decoded {
    let mut decode = |text| {
        let decoded = target.read(Json::text(text, reading.leniency));
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
fn deserialize(
    target: &mut dyn Target,
    value: &mut Value,
    leniency: Leniency,
    schema: Option<&ArgumentSchema>,
) -> Result<(), Fault> {
    let mut result = target.read(Json::new(value, leniency, None));
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
        result = target.read(Json::new(value, leniency, None));
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
pub(crate) fn decode_text(
    target: &mut dyn Target,
    text: String,
    constraints: Option<&Constraints>,
) -> Decoded {
    let parsed = serde_json::from_str::<Value>(&text)
        .ok()
        .filter(|value| !value.is_string());
    let as_text = Value::String(text);
    // The string form comes first, in strict mode, so that a `String` keeps text that looks like a
    // number.
    match (
        decode(target, as_text.clone(), Reading::strict(None)),
        parsed,
    ) {
        (Ok(()), _) => Reading::strict(constraints).checked(&as_text, Ok(())),
        (Err(_), Some(parsed)) => decode(target, parsed, Reading::strict(constraints)),
        // Decoded again only for an error message that quotes the text.
        (Err(_), None) => {
            let reading = Reading {
                leniency: Leniency::Text,
                ..Reading::strict(None)
            };
            decode(target, as_text, reading)
        }
    }
}

#[cfg(test)]
impl<T: DeserializeOwned> Target for Option<T> {
    fn read(&mut self, json: Json<'_>) -> Result<(), Fault> {
        read(self, json)
    }
}

/// Decodes `value` as a `T`.
#[cfg(test)]
pub(crate) fn decode_as<T: DeserializeOwned>(
    value: Value,
    reading: Reading<'_>,
) -> Result<T, Vec<DecodeError>> {
    let mut target = None::<T>;
    decode(&mut target, value, reading)?;
    Ok(target.expect("a decoded value is stored"))
}

#[cfg(test)]
pub(crate) mod tests;
