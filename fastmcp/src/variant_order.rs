//! Restores the declared order of an enum's variants.
//!
//! schemars lists variants that have a doc comment after all others. serde's derive passes the
//! variants to `Deserializer::deserialize_enum` in the order of their declaration, so a
//! deserializer that walks to the enum along one path of the schema can read the order there. It
//! stops with an error at that point, so no value is ever made.

use std::cell::Cell;

use serde::de::value::StrDeserializer;
use serde::de::{
    self, DeserializeOwned, DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor,
};
use serde_json::{Map, Value};

/// Sorts every list of constants in `schema`, the schema of a `T`, into the order of declaration where
/// it can be read.
pub(crate) fn restore<T: DeserializeOwned>(schema: &mut Map<String, Value>) {
    walk(schema, &mut Vec::new(), &declared::<T>);
}

/// One step from a schema to a schema inside it.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Step {
    Field(String),
    Item,
    /// The value of a map, under a key of any name.
    Entry,
}

type Declared<'a> = &'a dyn Fn(&[Step]) -> Option<&'static [&'static str]>;

fn walk(schema: &mut Map<String, Value>, path: &mut Vec<Step>, declared: Declared<'_>) {
    for key in ["enum", "oneOf", "anyOf"] {
        if let Some(Value::Array(values)) = schema.get_mut(key)
            && values.len() > 1
            && values.iter().all(|value| constant(value).is_some())
            && let Some(order) = declared(path)
        {
            let place = |name: &str| order.iter().position(|it| *it == name);
            values.sort_by_key(|value| constant(value).and_then(place).unwrap_or(usize::MAX));
        }
    }
    let mut descend = |child: &mut Value, step: Step| {
        if let Value::Object(child) = child {
            path.push(step);
            walk(child, path, declared);
            path.pop();
        }
    };
    if let Some(Value::Object(properties)) = schema.get_mut("properties") {
        for (name, child) in properties {
            descend(child, Step::Field(name.clone()));
        }
    }
    if let Some(child) = schema.get_mut("items") {
        descend(child, Step::Item);
    }
    if let Some(child) = schema.get_mut("additionalProperties") {
        descend(child, Step::Entry);
    }
}

/// Returns the text that a choice stands for: the choice itself, or its `const`.
fn constant(choice: &Value) -> Option<&str> {
    choice.as_str().or_else(|| choice.get("const")?.as_str())
}

/// Returns the variants of the enum at the end of `path` inside a `T`.
fn declared<T: DeserializeOwned>(path: &[Step]) -> Option<&'static [&'static str]> {
    let walk = Walk {
        found: Cell::new(None),
        wrappers: Cell::new(0),
    };
    let _: Result<T, Stop> = T::deserialize(Probe { path, walk: &walk });
    walk.found.get()
}

/// The most newtypes and options that one walk opens. `struct Chain(Option<Box<Chain>>)` would
/// otherwise never end, because its schema has no level of its own.
const MAX_WRAPPERS: usize = 100;

/// The state of one walk.
struct Walk {
    found: Cell<Option<&'static [&'static str]>>,
    wrappers: Cell<usize>,
}

/// The error that ends a walk.
#[derive(Debug)]
struct Stop;

impl std::fmt::Display for Stop {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("the walk has ended")
    }
}

impl std::error::Error for Stop {}

impl de::Error for Stop {
    fn custom<T: std::fmt::Display>(_: T) -> Self {
        Self
    }
}

struct Probe<'a> {
    path: &'a [Step],
    walk: &'a Walk,
}

impl<'a> Probe<'a> {
    fn open_wrapper(&self) -> Result<(), Stop> {
        let wrappers = self.walk.wrappers.get() + 1;
        self.walk.wrappers.set(wrappers);
        if wrappers > MAX_WRAPPERS {
            return Err(Stop);
        }
        Ok(())
    }

    /// Serves one entry or element, and nothing after it.
    fn inside(&self) -> Option<(&'a Step, Inside<'a>)> {
        let (step, path) = self.path.split_first()?;
        let probe = Probe {
            path,
            walk: self.walk,
        };
        Some((
            step,
            Inside {
                step,
                probe: Some(probe),
            },
        ))
    }
}

struct Inside<'a> {
    step: &'a Step,
    probe: Option<Probe<'a>>,
}

impl<'de> Deserializer<'de> for Probe<'_> {
    type Error = Stop;

    fn deserialize_any<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Stop> {
        Err(Stop)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Stop> {
        self.open_wrapper()?;
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Stop> {
        self.open_wrapper()?;
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Stop> {
        self.deserialize_map(visitor)
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Stop> {
        match self.inside() {
            Some((Step::Field(_) | Step::Entry, inside)) => visitor.visit_map(inside),
            _ => Err(Stop),
        }
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Stop> {
        match self.inside() {
            Some((Step::Item, inside)) => visitor.visit_seq(inside),
            _ => Err(Stop),
        }
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, Stop> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        variants: &'static [&'static str],
        _: V,
    ) -> Result<V::Value, Stop> {
        if self.path.is_empty() {
            self.walk.found.set(Some(variants));
        }
        Err(Stop)
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit
        unit_struct tuple_struct identifier ignored_any
    }
}

impl<'de> MapAccess<'de> for Inside<'_> {
    type Error = Stop;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, Stop> {
        let name = match self.step {
            Step::Field(name) => name,
            _ => "key",
        };
        seed.deserialize(StrDeserializer::<Stop>::new(name))
            .map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Stop> {
        seed.deserialize(self.probe.take().ok_or(Stop)?)
    }
}

impl<'de> SeqAccess<'de> for Inside<'_> {
    type Error = Stop;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, Stop> {
        seed.deserialize(self.probe.take().ok_or(Stop)?).map(Some)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde::Deserialize;
    use serde_json::json;

    use super::*;

    #[derive(Deserialize)]
    #[serde(rename_all = "lowercase")]
    #[allow(dead_code, reason = "only its variants are read")]
    enum Size {
        Small,
        Medium,
        Large,
        Huge,
    }

    #[derive(Deserialize)]
    #[allow(dead_code, reason = "only its fields are read")]
    struct Order {
        size: Size,
        more: Vec<Option<Size>>,
        by_name: BTreeMap<String, Size>,
        inner: Option<Box<Inner>>,
    }

    #[derive(Deserialize)]
    #[allow(dead_code, reason = "only its fields are read")]
    struct Inner {
        text: String,
        size: Size,
    }

    #[test]
    fn variants_are_sorted_by_declaration_at_every_depth() {
        let shuffled = json!({ "enum": ["small", "large", "medium", "huge"] });
        let titled = json!({ "oneOf": [{ "const": "huge" }, { "const": "small" }] });
        let mut schema = json!({ "properties": {
            "size": shuffled,
            "more": { "items": shuffled },
            "by_name": { "additionalProperties": shuffled },
            "inner": { "properties": { "text": {}, "size": titled } },
        } });
        restore::<Order>(schema.as_object_mut().unwrap());
        let order = json!(["small", "medium", "large", "huge"]);
        let properties = &schema["properties"];
        assert_eq!(properties["size"]["enum"], order);
        assert_eq!(properties["more"]["items"]["enum"], order);
        assert_eq!(properties["by_name"]["additionalProperties"]["enum"], order);
        assert_eq!(
            properties["inner"]["properties"]["size"]["oneOf"],
            json!([{ "const": "small" }, { "const": "huge" }])
        );
    }

    #[test]
    fn a_type_that_wraps_itself_ends_the_walk() {
        #[derive(Deserialize)]
        #[allow(dead_code, reason = "only its shape is read")]
        struct Chain(Option<Box<Chain>>);
        let mut schema = json!({ "enum": ["b", "a"] });
        restore::<Chain>(schema.as_object_mut().unwrap());
        assert_eq!(schema, json!({ "enum": ["b", "a"] }));
    }
}
