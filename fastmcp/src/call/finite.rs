//! Finds the number in a value that JSON cannot say: one that is not finite.
//!
//! `serde_json` writes `NaN` and the infinities as `null`, so that a client would get a success that
//! breaks the schema it was promised. A value that became JSON with a `null` in it is serialised once
//! more, by a serializer that writes nothing and looks at numbers.

pub(crate) mod serializer;

use std::fmt;
use std::fmt::Display;

use serde::ser;
use serde::ser::Serialize;
use serde_json::Value;

use crate::call::fault::{Step, path};

/// A value as JSON; an error if that would lose a number.
pub(crate) fn to_value(value: &impl Serialize) -> Result<Value, serde_json::Error> {
    let json = serde_json::to_value(value)?;
    if has_null(&json) {
        check(value)?;
    }
    Ok(json)
}

/// A value as the bytes of JSON; an error if that would lose a number.
pub(crate) fn to_vec(value: &impl Serialize) -> Result<Vec<u8>, serde_json::Error> {
    let json = serde_json::to_vec(value)?;
    if json.windows(4).any(|word| word == b"null") {
        check(value)?;
    }
    Ok(json)
}

fn check(value: &impl Serialize) -> Result<(), serde_json::Error> {
    match value.serialize(&mut Finite::default()) {
        Err(Fault::Lost(message)) => Err(ser::Error::custom(message)),
        // It has been serialised before: what fails now only is no number.
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

/// Where serialising is.
#[derive(Default)]
struct Finite {
    place: Vec<Step>,
    key: String,
}

#[derive(Debug)]
pub(crate) enum Fault {
    /// A number that JSON cannot say.
    Lost(String),
    Other,
}

impl Finite {
    fn float(&self, number: f64) -> Result<(), Fault> {
        if number.is_finite() {
            return Ok(());
        }
        let place = match path(&self.place) {
            place if place.is_empty() => "it".to_owned(),
            place => format!("`{place}`"),
        };
        Err(Fault::Lost(format!(
            "{place} is {number}, and JSON has no such number; make it an `Option`, which is `None` \
             then"
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
            Self::Lost(message) => f.write_str(message),
            Self::Other => f.write_str("cannot be serialised"),
        }
    }
}

impl std::error::Error for Fault {}

#[cfg(test)]
pub(crate) mod tests;
