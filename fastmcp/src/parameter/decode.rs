//! Turns JSON values into a parameter's type, and says where in the value it went wrong.

use std::fmt;

use serde::de::{self, DeserializeOwned, Visitor, value};
use serde_json::Value;

use super::json::{Json, Leniency};

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

/// How a parameter's type is decoded.
#[doc(hidden)]
pub type Decode<T> = fn(Value, Leniency) -> Result<T, DecodeError>;

/// Decodes `value`, by move.
pub(crate) fn decode<T: DeserializeOwned>(
    value: Value,
    leniency: Leniency,
) -> Result<T, DecodeError> {
    T::deserialize(Json { value, leniency }).map_err(|fault| DecodeError {
        path: fault.path(),
        message: fault.message,
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
) -> Result<T, DecodeError> {
    let parsed = serde_json::from_str::<Value>(&text)
        .ok()
        .filter(|value| !value.is_string());
    let as_text = Value::String(text);
    // A text is tried as it is first, and strictly, so that a `String` keeps what looks like a
    // number.
    match (decode(as_text.clone(), Leniency::Strict), parsed) {
        (Ok(value), _) => rules(&as_text).map(|()| value),
        (Err(_), Some(parsed)) => {
            rules(&parsed)?;
            decode(parsed, Leniency::Strict)
        }
        // Once more, for words that fit a text.
        (Err(_), None) => decode(as_text, Leniency::Text),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, HashMap};
    use std::num::NonZeroU8;

    use serde_json::json;

    use super::Leniency::{Lenient, Strict};
    use super::*;

    #[derive(Debug, serde::Deserialize, PartialEq)]
    struct Item {
        price: f64,
    }

    #[derive(Debug, serde::Deserialize, PartialEq)]
    #[serde(rename_all = "snake_case", deny_unknown_fields)]
    enum Shape {
        Point,
        Circle(f64),
        Box { width: u8, height: Option<u8> },
    }

    #[derive(Debug, serde::Deserialize, PartialEq)]
    #[serde(tag = "kind", rename_all = "snake_case")]
    enum Tagged {
        Text { body: String },
    }

    #[derive(Debug, serde::Deserialize, PartialEq)]
    #[serde(untagged)]
    enum Either {
        Number(u8),
        Text(String),
    }

    fn wrong<T: DeserializeOwned + fmt::Debug>(value: Value) -> String {
        decode::<T>(value, Strict).unwrap_err().to_string()
    }

    #[test]
    fn errors_name_the_path_and_use_the_words_of_json() {
        let items = json!([{"price": 1.0}, {"price": "2"}]);
        assert_eq!(
            wrong::<Vec<Item>>(items),
            "[1].price: expected number, got string"
        );
        assert_eq!(wrong::<Item>(json!({})), "price: missing, and required");
        assert_eq!(
            wrong::<u32>(json!("10")),
            "expected an integer from 0 to 4294967295, got string"
        );
        assert_eq!(
            wrong::<u8>(json!(300)),
            "expected an integer from 0 to 255, got 300"
        );
        assert_eq!(
            wrong::<u8>(json!(1.5)),
            "expected an integer from 0 to 255, got 1.5"
        );
        assert_eq!(wrong::<i64>(json!(null)), "expected integer, got null");
        assert_eq!(
            wrong::<u64>(json!(-1)),
            "expected an integer of at least 0, got -1"
        );
        assert_eq!(
            wrong::<NonZeroU8>(json!(0)),
            "expected an integer other than 0, got 0"
        );
        assert_eq!(wrong::<String>(json!(["a"])), "expected string, got array");
        assert_eq!(wrong::<bool>(json!("true")), "expected boolean, got string");
        assert_eq!(
            wrong::<char>(json!("ab")),
            "expected a string of one character"
        );
        assert_eq!(wrong::<Item>(json!([1])), "expected object, got array");
        assert_eq!(wrong::<Vec<u8>>(json!({})), "expected array, got object");
        assert_eq!(
            wrong::<(u8, u8)>(json!([1, 2, 3])),
            "expected an array of 2 elements, got 3"
        );
        assert_eq!(
            wrong::<BTreeMap<String, u8>>(json!({"a b": true})),
            "[\"a b\"]: expected an integer from 0 to 255, got boolean"
        );
        assert_eq!(
            wrong::<Option<Vec<bool>>>(json!([0])),
            "[0]: expected boolean, got number"
        );
    }

    #[test]
    fn errors_of_enums_say_what_there_is() {
        assert_eq!(
            wrong::<Shape>(json!("sphere")),
            "expected one of \"point\", \"circle\", \"box\", got \"sphere\""
        );
        assert_eq!(
            wrong::<Shape>(json!(3)),
            "expected one of \"point\", \"circle\", \"box\", got number"
        );
        assert_eq!(
            wrong::<Shape>(json!("circle")),
            "expected an object {\"circle\": …}, got \"circle\" alone"
        );
        assert_eq!(
            wrong::<Shape>(json!({"circle": "wide"})),
            "circle: expected number, got string"
        );
        assert_eq!(
            wrong::<Shape>(json!({"box": {"width": 1, "heigth": 2}})),
            "box.heigth: unknown; did you mean `height`?"
        );
        assert_eq!(
            wrong::<Tagged>(json!({"kind": "text"})),
            "body: missing, and required"
        );
        assert_eq!(
            wrong::<Either>(json!([])),
            "fits none of the forms that the schema allows"
        );
    }

    #[test]
    fn what_serde_json_decodes_is_decoded() {
        let shapes = json!(["point", {"point": null}, {"circle": 1}, {"box": {"width": 3}}]);
        assert_eq!(
            decode::<Vec<Shape>>(shapes.clone(), Strict).unwrap(),
            serde_json::from_value::<Vec<Shape>>(shapes).unwrap()
        );
        assert_eq!(decode::<u8>(json!(3.0), Strict), Ok(3));
        assert_eq!(decode::<u64>(json!(u64::MAX), Strict), Ok(u64::MAX));
        assert_eq!(decode::<f32>(json!(1), Strict), Ok(1.0));
        assert_eq!(
            decode::<Value>(json!({"a": [1, null]}), Strict),
            Ok(json!({"a": [1, null]}))
        );
        assert_eq!(
            decode::<HashMap<u8, bool>>(json!({"7": true}), Strict),
            Ok(HashMap::from([(7, true)]))
        );
        assert_eq!(
            decode::<Either>(json!("x"), Strict),
            Ok(Either::Text("x".into()))
        );
        assert_eq!(decode::<()>(json!(null), Strict), Ok(()));
        assert_eq!(decode::<Option<Option<u8>>>(json!(null), Strict), Ok(None));
        assert_eq!(
            decode::<Item>(json!({"price": 1, "other": []}), Strict),
            Ok(Item { price: 1.0 })
        );
    }

    #[test]
    fn lenient_takes_numbers_and_bools_from_strings_and_nothing_else() {
        assert_eq!(decode::<u32>(json!("10"), Lenient), Ok(10));
        assert_eq!(decode::<f64>(json!("1.5"), Lenient), Ok(1.5));
        assert_eq!(decode::<bool>(json!("true"), Lenient), Ok(true));
        assert_eq!(
            decode::<Vec<Item>>(json!([{"price": "2"}]), Lenient),
            Ok(vec![Item { price: 2.0 }])
        );
        assert_eq!(decode::<String>(json!("10"), Lenient), Ok("10".into()));
        assert!(decode::<String>(json!(10), Lenient).is_err());
        assert!(decode::<bool>(json!(1), Lenient).is_err());
        assert!(decode::<Vec<u8>>(json!("[1]"), Lenient).is_err());
        assert!(decode::<u32>(json!("ten"), Lenient).is_err());
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
        fn read<T: DeserializeOwned>(text: &str) -> Result<T, DecodeError> {
            decode_text(decode::<T>, text.to_owned(), |_| Ok(()))
        }
        assert_eq!(read::<u32>("42"), Ok(42));
        assert_eq!(read::<String>("42"), Ok("42".into()));
        assert_eq!(read::<Option<bool>>("true"), Ok(Some(true)));
        assert_eq!(read::<Vec<u8>>("[1,2]"), Ok(vec![1, 2]));
        assert_eq!(
            read::<u32>("forty").unwrap_err().message,
            "expected an integer from 0 to 4294967295, got \"forty\""
        );
    }
}
