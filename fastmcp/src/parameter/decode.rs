//! Turns JSON values into a parameter's type, and says where in the value it went wrong.

use std::fmt;

use serde::de::{self, DeserializeOwned, Visitor, value};
use serde_json::Value;

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
            write!(f, "at `{}`: ", self.path)?;
        }
        f.write_str(&self.message)
    }
}

impl std::error::Error for DecodeError {}

/// Decodes `value`, by move.
pub(crate) fn decode<T: DeserializeOwned>(value: Value) -> Result<T, DecodeError> {
    serde_path_to_error::deserialize(value).map_err(|error| {
        let path = match error.path().to_string() {
            root if root == "." => String::new(),
            path => path,
        };
        DecodeError {
            path,
            message: error.into_inner().to_string(),
        }
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
pub(crate) fn decode_text<T>(
    decode: fn(Value) -> Result<T, DecodeError>,
    text: String,
) -> Result<T, DecodeError> {
    let parsed = serde_json::from_str::<Value>(&text)
        .ok()
        .filter(|value| !value.is_string());
    match (decode(Value::String(text)), parsed) {
        (Ok(value), _) => Ok(value),
        (Err(_), Some(parsed)) => decode(parsed),
        (Err(error), None) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[derive(Debug, serde::Deserialize, PartialEq)]
    struct Item {
        price: f64,
    }

    #[test]
    fn an_error_names_the_path() {
        let error = decode::<Vec<Item>>(json!([{"price": 1.0}, {"price": "2"}])).unwrap_err();
        assert_eq!(error.path, "[1].price");
        assert_eq!(error.message, "invalid type: string \"2\", expected f64");
    }

    #[test]
    fn an_error_at_the_root_has_no_path() {
        let error = decode::<u32>(json!("10")).unwrap_err();
        assert_eq!(
            error.to_string(),
            "invalid type: string \"10\", expected u32"
        );
    }

    #[test]
    fn only_options_have_a_value_when_absent() {
        assert_eq!(absent::<Option<u32>>(), Some(None));
        assert_eq!(absent::<u32>(), None);
        assert_eq!(absent::<Value>(), None);
        assert_eq!(absent::<Vec<u32>>(), None);
    }

    #[test]
    fn text_is_read_as_the_type_asks() {
        assert_eq!(decode_text(decode::<u32>, "42".into()), Ok(42));
        assert_eq!(decode_text(decode::<String>, "42".into()), Ok("42".into()));
        assert_eq!(
            decode_text(decode::<Option<bool>>, "true".into()),
            Ok(Some(true))
        );
        assert_eq!(
            decode_text(decode::<Vec<u8>>, "[1,2]".into()),
            Ok(vec![1, 2])
        );
        let error = decode_text(decode::<u32>, "forty".into()).unwrap_err();
        assert_eq!(
            error.message,
            "invalid type: string \"forty\", expected u32"
        );
    }
}
