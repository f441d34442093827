//! [`Variant`]: a deserializer of enum variants.

use serde::de;
use serde::de::value::StringDeserializer;
use serde::de::{DeserializeSeed, EnumAccess, VariantAccess, Visitor};

use crate::call::fault::{Fault, FaultKind, Step};
use crate::call::json::{Content, Json};

/// A variant of an enum: `"name"`, or `{"name": content}`.
pub(crate) struct Variant<'a> {
    pub(crate) json: &'a Json<'a>,
    pub(crate) name: String,
    pub(crate) content: Option<Content<'a>>,
}

impl<'de> EnumAccess<'de> for Variant<'_> {
    type Error = Fault;
    type Variant = Self;

    fn variant_seed<V: DeserializeSeed<'de>>(self, seed: V) -> Result<(V::Value, Self), Fault> {
        let value = seed.deserialize(StringDeserializer::new(self.name.clone()))?;
        Ok((value, self))
    }
}

impl Variant<'_> {
    /// Reads the content of the variant.
    fn content<T>(self, read: impl FnOnce(Json<'_>) -> Result<T, Fault>) -> Result<T, Fault> {
        let Self {
            json,
            name,
            content,
        } = self;
        let content = match content {
            Some(content) => content,
            None => json.or_placeholder(json.placeholder(), |_| {
                Err(Fault::mismatch(
                    format_args!("an object {{\"{name}\": …}}"),
                    format_args!("string \"{name}\""),
                ))
            })?,
        };
        let step = || Step::Field(name.clone());
        let content = match content {
            Content::Value(value) => json.substituted(step, value),
            content => Some(content),
        };
        match content {
            Some(content) => json.within(step, content, read),
            None => Err(Fault::new(FaultKind::NoValue, "the content is omitted").within(step())),
        }
    }
}

impl<'de> VariantAccess<'de> for Variant<'_> {
    type Error = Fault;

    fn unit_variant(self) -> Result<(), Fault> {
        if self.content.is_none() {
            return Ok(());
        }
        self.content(|json| json.or_placeholder((), Json::null))
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value, Fault> {
        self.content(|json| seed.deserialize(json))
    }

    fn tuple_variant<V: Visitor<'de>>(self, len: usize, visitor: V) -> Result<V::Value, Fault> {
        self.content(|json| de::Deserializer::deserialize_tuple(json, len, visitor))
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Fault> {
        self.content(|json| de::Deserializer::deserialize_struct(json, "", fields, visitor))
    }
}
