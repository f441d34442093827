//! A deserializer of JSON values whose errors are written for the person, or the model, that sent
//! the value: in JSON's words for types, with the path to the place.
//!
//! | serde would say | a client reads |
//! |---|---|
//! | invalid type: string "2", expected f64 | expected number, got string |
//! | invalid value: integer `-1`, expected u32 | expected an integer from 0 to 4294967295, got -1 |
//! | missing field `price` | missing, and required |
//! | unknown variant `fastt`, expected … | expected one of "fast", "slow", got "fastt" |

use serde::de::value::StringDeserializer;
use serde::de::{self, DeserializeSeed, EnumAccess, MapAccess, SeqAccess, VariantAccess, Visitor};
use serde::forward_to_deserialize_any;
use serde_json::{Map, Number, Value};

use super::fault::{Fault, Step, got, listed};

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
pub(crate) struct Json {
    pub(crate) value: Value,
    pub(crate) leniency: Leniency,
}

impl Json {
    fn expected(&self, expected: impl std::fmt::Display) -> Fault {
        Fault::new(format!("expected {expected}, got {}", self.got()))
    }

    fn got(&self) -> String {
        match (&self.value, self.leniency) {
            (Value::String(text), Leniency::Text) => format!("\"{text}\""),
            (value, _) => got(value).to_owned(),
        }
    }

    /// The number that was sent; a string is read as one where that is allowed.
    fn number(&self) -> Option<Number> {
        match &self.value {
            Value::Number(number) => Some(number.clone()),
            Value::String(text) if self.leniency != Leniency::Strict => {
                serde_json::from_str(text.trim()).ok()
            }
            _ => None,
        }
    }

    fn boolean(&self) -> Option<bool> {
        match &self.value {
            Value::Bool(value) => Some(*value),
            Value::String(text) if self.leniency != Leniency::Strict => text.trim().parse().ok(),
            _ => None,
        }
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
}

/// The integers of a range, in words. Beyond 53 bits only the sign is worth saying.
fn integers(least: i128, most: i128) -> String {
    match (least, most) {
        (0, most) if most >= i128::from(u64::MAX) => "an integer of at least 0".to_owned(),
        (least, _) if least <= i128::from(i64::MIN) => "integer".to_owned(),
        (least, most) => format!("an integer from {least} to {most}"),
    }
}

macro_rules! integer {
    ($($method:ident: $type:ident, $visit:ident;)*) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
            let integer = self.integer($type::MIN.into(), $type::MAX.into())?;
            // In the range of the type, so it is not lost.
            visitor.$visit($type::try_from(integer).unwrap_or_default())
        }
    )*};
}

impl<'de> de::Deserializer<'de> for Json {
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
        visitor.visit_i128(self.integer(i128::MIN, i128::MAX)?)
    }

    fn deserialize_u128<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        visitor.visit_u128(self.integer(0, i128::MAX)?.unsigned_abs())
    }

    fn deserialize_f64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        match self.number().and_then(|number| number.as_f64()) {
            Some(number) => visitor.visit_f64(number),
            None => Err(self.expected("number")),
        }
    }

    fn deserialize_f32<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        self.deserialize_f64(visitor)
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        match self.boolean() {
            Some(value) => visitor.visit_bool(value),
            None => Err(self.expected("boolean")),
        }
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        match self.value {
            Value::String(text) => visitor.visit_string(text),
            _ => Err(self.expected("string")),
        }
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        self.deserialize_string(visitor)
    }

    fn deserialize_identifier<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        self.deserialize_string(visitor)
    }

    fn deserialize_char<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        match &self.value {
            Value::String(text) if text.chars().count() == 1 => visitor.visit_str(text),
            Value::String(_) => Err(Fault::new("expected a string of one character")),
            _ => Err(self.expected("a string of one character")),
        }
    }

    fn deserialize_bytes<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        match &self.value {
            Value::String(_) => self.deserialize_string(visitor),
            _ => self.deserialize_seq(visitor),
        }
    }

    fn deserialize_byte_buf<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        self.deserialize_bytes(visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        match self.value {
            Value::Null => visitor.visit_none(),
            _ => visitor.visit_some(self),
        }
    }

    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        match self.value {
            Value::Null => visitor.visit_unit(),
            _ => Err(self.expected("null")),
        }
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
        let leniency = self.leniency;
        match self.value {
            Value::Array(values) => visit_array(values, leniency, visitor),
            _ => Err(self.expected("array")),
        }
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, len: usize, visitor: V) -> Result<V::Value, Fault> {
        match &self.value {
            Value::Array(values) if values.len() != len => Err(Fault::new(format!(
                "expected an array of {len} elements, got {}",
                values.len()
            ))),
            Value::Array(_) => self.deserialize_seq(visitor),
            _ => Err(self.expected(format_args!("an array of {len} elements"))),
        }
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
        let leniency = self.leniency;
        match self.value {
            Value::Object(map) => visitor.visit_map(Object::new(map, leniency)),
            _ => Err(self.expected("object")),
        }
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Fault> {
        self.deserialize_map(visitor)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Fault> {
        let leniency = self.leniency;
        match self.value {
            Value::String(name) => visitor.visit_enum(Variant {
                name,
                content: None,
            }),
            Value::Object(map) if map.len() == 1 => {
                let mut entries = map.into_iter();
                let (name, value) = entries.next().unwrap_or_default();
                let content = Some(Json { value, leniency });
                visitor.visit_enum(Variant { name, content })
            }
            _ => Err(self.expected(listed(variants))),
        }
    }

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        let leniency = self.leniency;
        match self.value {
            Value::Null => visitor.visit_unit(),
            Value::Bool(value) => visitor.visit_bool(value),
            Value::Number(number) => visit_number(&number, visitor),
            Value::String(text) => visitor.visit_string(text),
            Value::Array(values) => visit_array(values, leniency, visitor),
            Value::Object(map) => visitor.visit_map(Object::new(map, leniency)),
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

fn visit_array<'de, V: Visitor<'de>>(
    values: Vec<Value>,
    leniency: Leniency,
    visitor: V,
) -> Result<V::Value, Fault> {
    let len = values.len();
    let mut array = Array {
        values: values.into_iter(),
        index: 0,
        leniency,
    };
    let value = visitor.visit_seq(&mut array)?;
    if array.values.len() > 0 {
        let taken = array.index;
        return Err(Fault::new(format!(
            "expected an array of {taken} elements, got {len}"
        )));
    }
    Ok(value)
}

struct Array {
    values: std::vec::IntoIter<Value>,
    index: usize,
    leniency: Leniency,
}

impl<'de> SeqAccess<'de> for &mut Array {
    type Error = Fault;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, Fault> {
        let Some(value) = self.values.next() else {
            return Ok(None);
        };
        let index = self.index;
        self.index += 1;
        let leniency = self.leniency;
        seed.deserialize(Json { value, leniency })
            .map(Some)
            .map_err(|fault| fault.within(Step::Index(index)))
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.values.len())
    }
}

struct Object {
    entries: serde_json::map::IntoIter,
    /// The entry whose key was read.
    pending: Option<(String, Value)>,
    leniency: Leniency,
}

impl Object {
    fn new(map: Map<String, Value>, leniency: Leniency) -> Self {
        Self {
            entries: map.into_iter(),
            pending: None,
            leniency,
        }
    }
}

impl<'de> MapAccess<'de> for Object {
    type Error = Fault;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, Fault> {
        self.pending = self.entries.next();
        let Some((key, _)) = &self.pending else {
            return Ok(None);
        };
        seed.deserialize(Key(key.clone())).map(Some)
    }

    fn next_value_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<T::Value, Fault> {
        let (key, value) = self.pending.take().unwrap_or_default();
        let leniency = self.leniency;
        seed.deserialize(Json { value, leniency })
            .map_err(|fault| fault.within(Step::Field(key)))
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.entries.len())
    }
}

/// The key of an object: text, which is read as a number or a bool where a map has such keys.
struct Key(String);

impl Key {
    fn parsed(self) -> Json {
        Json {
            value: Value::String(self.0),
            leniency: Leniency::Text,
        }
    }
}

macro_rules! parsed_keys {
    ($($method:ident)*) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
            self.parsed().$method(visitor)
        }
    )*};
}

impl<'de> de::Deserializer<'de> for Key {
    type Error = Fault;

    parsed_keys! {
        deserialize_bool deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64
        deserialize_i128 deserialize_u8 deserialize_u16 deserialize_u32 deserialize_u64
        deserialize_u128 deserialize_f32 deserialize_f64
    }

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        visitor.visit_string(self.0)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Fault> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Fault> {
        self.parsed().deserialize_enum(name, variants, visitor)
    }

    forward_to_deserialize_any! {
        char str string bytes byte_buf unit unit_struct seq tuple tuple_struct map struct
        identifier ignored_any
    }
}

/// A variant of an enum: `"name"`, or `{"name": content}`.
struct Variant {
    name: String,
    content: Option<Json>,
}

impl<'de> EnumAccess<'de> for Variant {
    type Error = Fault;
    type Variant = Self;

    fn variant_seed<V: DeserializeSeed<'de>>(self, seed: V) -> Result<(V::Value, Self), Fault> {
        let value = seed.deserialize(StringDeserializer::new(self.name.clone()))?;
        Ok((value, self))
    }
}

impl Variant {
    /// What is sent with the variant.
    fn content(self) -> Result<(String, Json), Fault> {
        let Self { name, content } = self;
        match content {
            Some(content) => Ok((name, content)),
            None => Err(Fault::new(format!(
                "expected an object {{\"{name}\": …}}, got \"{name}\" alone"
            ))),
        }
    }
}

impl<'de> VariantAccess<'de> for Variant {
    type Error = Fault;

    fn unit_variant(self) -> Result<(), Fault> {
        match self.content {
            None => Ok(()),
            Some(content) if content.value.is_null() => Ok(()),
            Some(content) => {
                let fault = content.expected("null");
                Err(fault.within(Step::Field(self.name)))
            }
        }
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value, Fault> {
        let (name, content) = self.content()?;
        seed.deserialize(content)
            .map_err(|fault| fault.within(Step::Field(name)))
    }

    fn tuple_variant<V: Visitor<'de>>(self, len: usize, visitor: V) -> Result<V::Value, Fault> {
        let (name, content) = self.content()?;
        de::Deserializer::deserialize_tuple(content, len, visitor)
            .map_err(|fault| fault.within(Step::Field(name)))
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Fault> {
        let (name, content) = self.content()?;
        de::Deserializer::deserialize_map(content, visitor)
            .map_err(|fault| fault.within(Step::Field(name)))
    }
}
