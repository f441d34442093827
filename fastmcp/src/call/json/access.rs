//! Access to the elements of arrays and the entries of objects.
//!
//! With [diagnostics](crate::call::diagnostics), places where an earlier pass found an error are omitted
//! or replaced by placeholders.

use serde::de::{DeserializeSeed, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

use crate::call::fault::{Fault, Step};
use crate::call::json::key::Key;
use crate::call::json::{Content, Json};

/// Visits the values of an array, followed by `placeholders` placeholders.
pub(crate) fn visit_array<'de, V: Visitor<'de>>(
    json: &Json<'_>,
    values: &[Value],
    placeholders: usize,
    visitor: V,
) -> Result<V::Value, Fault> {
    let mut array = Array {
        json,
        values: values.iter(),
        index: 0,
        placeholders,
    };
    let value = visitor.visit_seq(&mut array)?;
    if array.values.len() > 0 {
        let taken = array.index;
        return Err(Fault::mismatch(
            format_args!("an array of {taken} elements"),
            values.len(),
        ));
    }
    Ok(value)
}

struct Array<'a> {
    json: &'a Json<'a>,
    values: std::slice::Iter<'a, Value>,
    index: usize,
    /// The number of placeholders after the values.
    placeholders: usize,
}

impl<'de> SeqAccess<'de> for &mut Array<'_> {
    type Error = Fault;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, Fault> {
        let content = loop {
            let Some(value) = self.values.next() else {
                if self.placeholders == 0 {
                    return Ok(None);
                }
                self.placeholders -= 1;
                break self.json.placeholder();
            };
            let index = self.index;
            self.index += 1;
            if let Some(content) = self.json.substituted(|| Step::Index(index), value) {
                break content;
            }
        };
        let index = self.index.saturating_sub(1);
        self.json
            .within(
                || Step::Index(index),
                content,
                |json| seed.deserialize(json),
            )
            .map(Some)
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.values.len() + self.placeholders)
    }
}

/// Visits the entries of an object. Without a `map`, visits placeholders for `fields`, the fields of the
/// expected struct.
pub(crate) fn visit_object<'de, V: Visitor<'de>>(
    json: &Json<'_>,
    map: Option<&Map<String, Value>>,
    fields: &[&str],
    visitor: V,
) -> Result<V::Value, Fault> {
    let missing = map.map(|map| json.missing_fields(map));
    let missing = missing.unwrap_or_default();
    let missing: Vec<&str> = missing.iter().map(String::as_str).collect();
    visitor.visit_map(Object {
        json,
        entries: map.map(Map::iter),
        placeholders: match map {
            Some(_) => missing.iter(),
            // The value was not an object, so the whole struct is a placeholder.
            None => fields.iter(),
        },
        pending: None,
    })
}

struct Object<'a> {
    json: &'a Json<'a>,
    entries: Option<serde_json::map::Iter<'a>>,
    /// The keys that follow the entries, with placeholders for their values.
    placeholders: std::slice::Iter<'a, &'a str>,
    /// The entry whose key has been read and whose value has not been read yet.
    pending: Option<(&'a str, Content<'a>)>,
}

impl<'a> Object<'a> {
    fn next(&mut self) -> Option<(&'a str, Content<'a>)> {
        for (key, value) in self.entries.as_mut().into_iter().flatten() {
            if let Some(content) = self.json.substituted(|| Step::Field(key.clone()), value) {
                return Some((key, content));
            }
        }
        let key = self.placeholders.next()?;
        Some((key, self.json.placeholder()))
    }
}

impl<'de> MapAccess<'de> for Object<'_> {
    type Error = Fault;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, Fault> {
        self.pending = self.next();
        match &self.pending {
            Some((key, _)) => seed.deserialize(Key(key)).map(Some),
            None => Ok(None),
        }
    }

    fn next_value_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<T::Value, Fault> {
        let pending = self.pending.take();
        let (key, content) = pending.unwrap_or_else(|| ("", self.json.placeholder()));
        self.json.within(
            || Step::Field(key.to_owned()),
            content,
            |json| seed.deserialize(json),
        )
    }

    fn size_hint(&self) -> Option<usize> {
        let entries = self.entries.as_ref().map_or(0, ExactSizeIterator::len);
        Some(entries + self.placeholders.len())
    }
}
