//! Decodes one argument of a call, by the encoding of the call.

use serde_json::Value;

use crate::call::argument_error::ArgumentError;
use crate::call::argument_schema::reread::is_empty;
use crate::call::decode;
use crate::call::decode::{Reading, Target};
use crate::call::fault::Fault;
use crate::call::json::{Json, Leniency};
use crate::call::parameter_entry::ParameterEntry;
use crate::call::source::Read;

/// The encoding of the argument values of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Encoding {
    /// JSON: tasks, and strict tools.
    Json,
    /// JSON in which an integer of 64 bits may be text: strict tools that list such integers as text.
    JsonWithTextIntegers,
    /// JSON that may be text where the type takes no text: tools.
    Lenient,
    /// Text, for URI variables, prompts and completions.
    Text,
}

/// An argument's place, and its value if the client sends none.
pub(crate) trait Argument: Target {
    /// Stores the value of an omitted argument. Returns false if the argument is required.
    fn set_absent(&mut self) -> bool;

    /// Removes the stored value.
    fn clear(&mut self);
}

/// The place of a value of type `T`.
pub(crate) struct ArgumentTarget<'a, T> {
    pub(crate) value: &'a mut Option<T>,
    pub(crate) read: Read<T>,
    pub(crate) absent: fn() -> Option<T>,
}

impl<T> Target for ArgumentTarget<'_, T> {
    fn read(&mut self, json: Json<'_>) -> Result<(), Fault> {
        (self.read)(self.value, json)
    }
}

impl<T> Argument for ArgumentTarget<'_, T> {
    fn set_absent(&mut self) -> bool {
        *self.value = (self.absent)();
        self.value.is_some()
    }

    fn clear(&mut self) {
        *self.value = None;
    }
}

/// Decodes the argument of one parameter into `target`, and adds its errors.
pub(crate) fn decode_argument(
    encoding: Encoding,
    value: Option<Value>,
    target: &mut dyn Argument,
    parameter: &ParameterEntry,
    errors: &mut Vec<ArgumentError>,
) {
    let name = parameter.name;
    let Some(value) = value else {
        if !target.set_absent() {
            errors.push(ArgumentError::Missing {
                name: name.to_owned(),
            });
        }
        return;
    };
    let constraints = parameter.constraints.map(|constraints| &**constraints);
    let decoded = match (encoding, value) {
        (Encoding::Text, Value::String(text)) => decode::decode_text(target, text, constraints),
        (Encoding::Text, value) => decode::decode(target, value, Reading::strict(constraints)),
        (encoding, value) => {
            let schema = parameter.schema();
            let is_lenient = encoding == Encoding::Lenient;
            // Strict forms list an optional argument as nullable, and send `null` for none.
            if is_lenient
                && is_empty(&value)
                && schema.is_some_and(|schema| !schema.takes(&value))
                && target.set_absent()
            {
                return;
            }
            let leniency = if is_lenient {
                Leniency::Lenient
            } else {
                Leniency::Strict
            };
            let reading = Reading {
                leniency,
                text_integers: encoding == Encoding::JsonWithTextIntegers,
                schema,
                constraints,
            };
            decode::decode(target, value, reading)
        }
    };
    if let Err(faults) = decoded {
        let faults = faults.into_iter().map(|error| ArgumentError::Invalid {
            name: name.to_owned(),
            error,
        });
        errors.extend(faults);
        target.clear();
    }
}
