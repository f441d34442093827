//! Serializes values to JSON, and rejects numbers that JSON cannot represent: NaN and the infinities.
//! With debug assertions, results whose fields have the same name twice are rejected too.
//!
//! `serde_json` writes them as `null`, so the client would receive a successful result that violates
//! its output schema. A value whose JSON contains `null` is therefore serialized again, by a
//! serializer that writes nothing and only checks numbers. All other values are serialized once.

pub(crate) mod serializer;

use std::fmt;
use std::fmt::Display;

use serde::ser;
use serde::ser::Serialize;
use serde_json::Value;

use crate::call::fault::{Step, path};

/// Converts a result to JSON. Returns an error if a number would become `null`.
pub(crate) fn to_value(value: &impl Serialize) -> Result<Value, serde_json::Error> {
    let json = serde_json::to_value(value)?;
    if cfg!(debug_assertions) {
        check(value, Finite::unique())?;
    } else if has_null(&json) {
        check(value, Finite::default())?;
    }
    Ok(json)
}

/// Converts a value to the bytes of JSON. Returns an error if a number would become `null`.
pub(crate) fn to_vec(value: &impl Serialize) -> Result<Vec<u8>, serde_json::Error> {
    let json = serde_json::to_vec(value)?;
    // This also matches inside a string. The check then finds nothing, which only costs time.
    if json.windows(4).any(|word| word == b"null") {
        check(value, Finite::default())?;
    }
    Ok(json)
}

fn check(value: &impl Serialize, mut finite: Finite) -> Result<(), serde_json::Error> {
    match value.serialize(&mut finite) {
        Err(Fault::Invalid(message)) => Err(ser::Error::custom(message)),
        // `serde_json` has already serialized the value, so any other failure is a limitation of the
        // checking serializer and not an error.
        Ok(()) | Err(Fault::Other) => Ok(()),
    }
}

fn has_null(json: &Value) -> bool {
    match json {
        Value::Null => true,
        Value::Array(values) => values.iter().any(has_null),
        Value::Object(map) => map.values().any(has_null),
        Value::Bool(_) | Value::Number(_) | Value::String(_) => false,
    }
}

/// A serializer that writes nothing and fails at the first number that is not finite.
#[derive(Default)]
struct Finite {
    /// The place that is being serialized.
    place: Vec<Step>,
    /// The last primitive, which may be the key of a map entry.
    key: String,
    /// Reports an error if a map contains a key twice with different values. serde writes flattened structs as one map,
    /// and JSON readers keep only the last value of a key.
    has_unique_keys: bool,
}

#[derive(Debug)]
pub(crate) enum Fault {
    /// A number is NaN or infinite, or a field exists twice.
    Invalid(String),
    /// Any other failure.
    Other,
}

impl Finite {
    fn unique() -> Self {
        Self {
            has_unique_keys: true,
            ..Self::default()
        }
    }

    /// Returns the error about a key that exists twice in the map at the present place.
    fn repeated(&self, key: &str) -> Fault {
        let mut place = self.place.clone();
        place.push(Step::Field(key.to_owned()));
        Fault::Invalid(format!(
            "`{}` exists twice, so one value would be lost: two structs with `#[serde(flatten)]`, or one \
             and the struct around it, have a field of this name",
            path(&place)
        ))
    }

    fn float(&self, number: f64) -> Result<(), Fault> {
        if number.is_finite() {
            return Ok(());
        }
        let place = match path(&self.place) {
            place if place.is_empty() => "the value".to_owned(),
            place => format!("`{place}`"),
        };
        Err(Fault::Invalid(format!(
            "{place} is {number}, which JSON cannot represent; make it an `Option` and return `None` \
             instead"
        )))
    }

    fn within(&mut self, step: Step, value: &(impl Serialize + ?Sized)) -> Result<(), Fault> {
        self.place.push(step);
        value.serialize(&mut *self)?;
        self.place.pop();
        Ok(())
    }
}

impl ser::Error for Fault {
    fn custom<T: Display>(_: T) -> Self {
        Self::Other
    }
}

impl Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Invalid(message) => f.write_str(message),
            Self::Other => f.write_str("cannot be serialized"),
        }
    }
}

impl std::error::Error for Fault {}

#[cfg(test)]
pub(crate) mod tests;
