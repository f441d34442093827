//! The `Deserializer` implementation of [`Json`].

use serde::de;
use serde::de::Visitor;
use serde_json::{Number, Value};

use crate::call::fault::{Fault, one_of};
use crate::call::json::access::{visit_array, visit_object};
use crate::call::json::variant::Variant;
use crate::call::json::{Content, Json};

/// The placeholder for an integer. It is not 0, so that the `NonZero` types accept it too.
const INTEGER_PLACEHOLDER: i128 = 1;

macro_rules! integer {
    ($($method:ident: $type:ident, $visit:ident;)*) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
            // The usual element of a long array, without 128-bit arithmetic.
            if let Content::Value(Value::Number(number)) = &self.content
                && let Some(integer) = number.as_i64()
                && let Ok(integer) = $type::try_from(integer)
            {
                return visitor.$visit(integer);
            }
            let read = |json: &Self| json.integer($type::MIN.into(), $type::MAX.into());
            // `integer` checks the range, so the conversion does not fail.
            visitor.$visit($type::try_from(self.or_placeholder(INTEGER_PLACEHOLDER, read)?).unwrap_or_default())
        }
    )*};
}

impl<'de> de::Deserializer<'de> for Json<'_> {
    type Error = Fault;

    integer! {
        deserialize_i8: i8, visit_i8;
        deserialize_i16: i16, visit_i16;
        deserialize_i32: i32, visit_i32;
        deserialize_i64: i64, visit_i64;
        deserialize_u8: u8, visit_u8;
        deserialize_u16: u16, visit_u16;
        deserialize_u32: u32, visit_u32;
        deserialize_u64: u64, visit_u64;
    }

    fn deserialize_i128<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        visitor.visit_i128(self.or_placeholder(INTEGER_PLACEHOLDER, |json| {
            json.integer(i128::MIN, i128::MAX)
        })?)
    }

    fn deserialize_u128<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        let integer =
            self.or_placeholder(INTEGER_PLACEHOLDER, |json| json.integer(0, i128::MAX))?;
        visitor.visit_u128(integer.unsigned_abs())
    }

    fn deserialize_f64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        visitor.visit_f64(self.or_placeholder(1.0, Self::float)?)
    }

    fn deserialize_f32<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        self.deserialize_f64(visitor)
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        let read = |json: &Self| json.boolean().ok_or_else(|| json.expected("boolean"));
        visitor.visit_bool(self.or_placeholder(false, read)?)
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        if let Content::Text(text) = self.content {
            return visitor.visit_string(text);
        }
        let read = |json: &Self| match json.value() {
            Some(Value::String(text)) => Ok(text.as_str()),
            _ => Err(json.expected("string")),
        };
        visitor.visit_str(self.or_placeholder("", read)?)
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        self.deserialize_string(visitor)
    }

    fn deserialize_identifier<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        self.deserialize_string(visitor)
    }

    fn deserialize_char<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        let character = self.or_placeholder('-', |json| {
            let Some(text) = json.str() else {
                return Err(json.expected("a string of one character"));
            };
            let mut characters = text.chars();
            match (characters.next(), characters.next()) {
                (Some(character), None) => Ok(character),
                _ => Err(Fault::mismatch(
                    "a string of one character",
                    format_args!("{} characters", text.chars().count()),
                )),
            }
        })?;
        visitor.visit_char(character)
    }

    fn deserialize_bytes<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        match self.str() {
            Some(_) => self.deserialize_string(visitor),
            None => self.deserialize_seq(visitor),
        }
    }

    fn deserialize_byte_buf<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        self.deserialize_bytes(visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        match self.content {
            Content::Placeholder(_) | Content::Value(Value::Null) => visitor.visit_none(),
            Content::Value(_) | Content::Text(_) => visitor.visit_some(self),
        }
    }

    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        self.or_placeholder((), Self::null)?;
        visitor.visit_unit()
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Fault> {
        self.deserialize_unit(visitor)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Fault> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        let values = self.or_placeholder(&[] as &[Value], |json| {
            json.array("array")
                .map_err(|fault| match json.list_of_one() {
                    Some(list) => fault.with_hint(format_args!("; send {list} for one element")),
                    None => fault,
                })
        })?;
        visit_array(&self, values, 0, visitor)
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, len: usize, visitor: V) -> Result<V::Value, Fault> {
        let values = self.or_placeholder(&[] as &[Value], |json| {
            let values = json.array(format_args!("an array of {len} elements"))?;
            if values.len() == len {
                return Ok(values);
            }
            let expected = format_args!("an array of {len} elements");
            Err(Fault::mismatch(expected, values.len()))
        })?;
        visit_array(&self, values, len - values.len(), visitor)
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        len: usize,
        visitor: V,
    ) -> Result<V::Value, Fault> {
        self.deserialize_tuple(len, visitor)
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        self.visit_whole();
        self.deserialize_struct("", &[], visitor)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Fault> {
        let map = self.or_placeholder(None, |json| match json.value() {
            Some(Value::Object(map)) => Ok(Some(map)),
            _ => Err(json.expected("object")),
        })?;
        visit_object(&self, map, fields, visitor)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Fault> {
        let first = variants.first().copied().unwrap_or_default();
        let placeholder = (first.to_owned(), Some(self.placeholder()));
        let (name, content) = self.or_placeholder(placeholder, |json| {
            let content = match json.value() {
                Some(Value::Object(map)) if map.len() == 1 => map.iter().next(),
                _ => None,
            };
            match (json.str(), content) {
                (Some(name), _) => Ok((name.to_owned(), None)),
                (None, Some((name, content))) => Ok((name.clone(), Some(Content::Value(content)))),
                (None, None) => Err(json.expected(one_of(variants))),
            }
        })?;
        visitor.visit_enum(Variant {
            json: &self,
            name,
            content,
        })
    }

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        self.visit_whole();
        let value = match self.content {
            Content::Value(value) => value,
            Content::Text(text) => return visitor.visit_string(text),
            Content::Placeholder(_) => return visitor.visit_unit(),
        };
        match value {
            Value::Null => visitor.visit_unit(),
            Value::Bool(value) => visitor.visit_bool(*value),
            Value::Number(number) => visit_number(number, visitor),
            Value::String(text) => visitor.visit_str(text),
            Value::Array(values) => visit_array(&self, values, 0, visitor),
            Value::Object(map) => visit_object(&self, Some(map), &[], visitor),
        }
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        visitor.visit_unit()
    }
}

fn visit_number<'de, V: Visitor<'de>>(number: &Number, visitor: V) -> Result<V::Value, Fault> {
    if let Some(number) = number.as_u64() {
        visitor.visit_u64(number)
    } else if let Some(number) = number.as_i64() {
        visitor.visit_i64(number)
    } else {
        visitor.visit_f64(number.as_f64().unwrap_or(f64::NAN))
    }
}
