//! A deserializer of JSON values whose errors are written for the person, or the model, that sent
//! the value: in JSON's words for types, with the path to the place.
//!
//! | serde would say | a client reads |
//! |---|---|
//! | invalid type: string "2", expected f64 | expected number, got string |
//! | invalid value: integer `-1`, expected u32 | expected an integer from 0 to 4294967295, got -1 |
//! | missing field `price` | missing, and required |
//! | unknown variant `fastt`, expected … | expected one of "fast", "slow", got "fastt" |

pub(crate) mod access;
pub(crate) mod deserializer;
pub(crate) mod key;
pub(crate) mod variant;

use serde_json::{Map, Number, Value};

use crate::call::diagnostics::{Survey, Treatment, WORD};
use crate::call::fault::{Fault, Step, got};

/// How much a value may differ from what its type asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Leniency {
    /// Not at all.
    Strict,
    /// A number or a bool may be sent as a string.
    Lenient,
    /// Everything is text: a URI variable, or a prompt's argument.
    Text,
}

/// A value that is being decoded.
pub(crate) struct Json<'a> {
    sent: Sent<'a>,
    leniency: Leniency,
    /// Where all that is wrong is gathered, if that is being done.
    survey: Option<&'a Survey>,
}

/// What there is to decode.
pub(crate) enum Sent<'a> {
    Value(&'a Value),
    /// A string, by move.
    Text(String),
    /// Something of the type that is wanted, whatever it is: in the place of what is wrong, so
    /// that a survey sees the rest. It is so many steps inside of that place.
    StandIn(u8),
}

/// How deep a stand-in may be: an enum's first variant may contain the enum.
const DEEPEST: u8 = 12;

impl<'a> Json<'a> {
    pub(crate) fn new(value: &'a Value, leniency: Leniency, survey: Option<&'a Survey>) -> Self {
        Self {
            sent: Sent::Value(value),
            leniency,
            survey,
        }
    }

    pub(crate) fn text(text: String, leniency: Leniency) -> Self {
        Self {
            sent: Sent::Text(text),
            leniency,
            survey: None,
        }
    }

    /// What a type reads of the value. Where that is wrong, it is an error; in a survey it is
    /// noted, and a stand-in takes its place.
    fn or_stand_in<T>(
        &self,
        stand_in: T,
        read: impl FnOnce(&Self) -> Result<T, Fault>,
    ) -> Result<T, Fault> {
        if let Sent::StandIn(_) = self.sent {
            return Ok(stand_in);
        }
        match (read(self), self.survey) {
            (Err(fault), Some(survey)) => {
                survey.note(fault);
                Ok(stand_in)
            }
            (read, _) => read,
        }
    }

    fn stand_in<'b>(&self) -> Sent<'b> {
        Sent::StandIn(match self.sent {
            Sent::StandIn(depth) => depth + 1,
            _ => 0,
        })
    }

    /// What is decoded of `value`, one step inside of this: nothing, if a survey is to pass it
    /// over.
    fn treated<'b>(&self, step: impl FnOnce() -> Step, value: &'b Value) -> Option<Sent<'b>> {
        match self.survey {
            Some(survey) if survey.has_treatments() => match survey.treatment(step()) {
                None => Some(Sent::Value(value)),
                Some(Treatment::StandIn) => Some(self.stand_in()),
                Some(Treatment::Nothing) => None,
                Some(Treatment::Word) => Some(Sent::Text(WORD.to_owned())),
            },
            _ => Some(Sent::Value(value)),
        }
    }

    /// The fields that a survey has found to be missing, and that are to have a stand-in.
    fn missing(&self, map: &Map<String, Value>) -> Vec<String> {
        let mut missing = self.survey.map(Survey::missing).unwrap_or_default();
        missing.retain(|field| !map.contains_key(field));
        missing
    }

    /// Decodes what is one step inside of this.
    fn within<T>(
        &self,
        step: impl Fn() -> Step,
        sent: Sent<'_>,
        decode: impl FnOnce(Json<'_>) -> Result<T, Fault>,
    ) -> Result<T, Fault> {
        let is_stand_in = match sent {
            Sent::StandIn(depth) if depth > DEEPEST => {
                return Err(Fault::new("is too deep").within(step()));
            }
            Sent::StandIn(_) => true,
            Sent::Value(_) | Sent::Text(_) => false,
        };
        if let Some(survey) = self.survey {
            survey.enter(step());
        }
        let decoded = decode(Json {
            sent,
            leniency: self.leniency,
            survey: self.survey,
        });
        if let Some(survey) = self.survey {
            survey.leave();
        }
        decoded.map_err(|fault| {
            // Whatever a stand-in says is about itself.
            let fault = if is_stand_in {
                Fault::new("has no stand-in")
            } else {
                fault
            };
            fault.within(step())
        })
    }

    /// Tells the survey that a type takes an object as a whole, so that it may not say of which
    /// entry it speaks.
    fn hand_on(&self) {
        if let (Some(survey), Some(Value::Object(map))) = (self.survey, self.value()) {
            survey.hand_on(map.keys());
        }
    }

    fn value(&self) -> Option<&'a Value> {
        match self.sent {
            Sent::Value(value) => Some(value),
            Sent::Text(_) | Sent::StandIn(_) => None,
        }
    }

    fn str(&self) -> Option<&str> {
        match &self.sent {
            Sent::Value(value) => value.as_str(),
            Sent::Text(text) => Some(text),
            Sent::StandIn(_) => None,
        }
    }

    fn is_null(&self) -> bool {
        self.value().is_some_and(Value::is_null)
    }

    fn expected(&self, expected: impl std::fmt::Display) -> Fault {
        Fault::new(format!("expected {expected}, got {}", self.got()))
    }

    fn got(&self) -> String {
        match (self.str(), self.leniency) {
            (Some(text), Leniency::Text) => format!("\"{text}\""),
            (Some(_), _) => "string".to_owned(),
            (None, _) => self.value().map(got).unwrap_or_default().to_owned(),
        }
    }

    /// The number that was sent; a string is read as one where that is allowed.
    fn number(&self) -> Option<Number> {
        match self.str() {
            Some(text) if self.leniency != Leniency::Strict => {
                serde_json::from_str(text.trim()).ok()
            }
            _ => self.value()?.as_number().cloned(),
        }
    }

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

    fn array(&self, expected: impl std::fmt::Display) -> Result<&'a [Value], Fault> {
        let array = self.value().and_then(Value::as_array);
        array
            .map(Vec::as_slice)
            .ok_or_else(|| self.expected(expected))
    }

    /// The integer that was sent. `3.0` is one, as in JSON Schema.
    fn integer(&self, least: i128, most: i128) -> Result<i128, Fault> {
        let range = || integers(least, most);
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
            .filter(|integer| (least..=most).contains(integer))
            .ok_or_else(|| Fault::new(format!("expected {}, got {number}", range())))
    }

    fn float(&self) -> Result<f64, Fault> {
        let number = self.number().and_then(|number| number.as_f64());
        number.ok_or_else(|| self.expected("number"))
    }
}

/// The integers of a range, in words. Beyond 53 bits only the sign is worth saying.
fn integers(least: i128, most: i128) -> String {
    match (least, most) {
        (0, most) if most >= i128::from(u64::MAX) => "an integer of at least 0".to_owned(),
        (least, _) if least <= i128::from(i64::MIN) => "integer".to_owned(),
        (least, most) => format!("an integer from {least} to {most}"),
    }
}
