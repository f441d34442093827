//! What arrays and objects contain, one after the other.
//!
//! In a [survey](crate::call::diagnostics) some of what was sent is passed over, or has a stand-in:
//! what is known to be wrong.

use serde::de::{DeserializeSeed, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

use crate::call::fault::{Fault, Step};
use crate::call::json::key::Key;
use crate::call::json::{Json, Sent};

/// Visits the values of an array, and as many stand-ins in the place of one that was none.
pub(crate) fn visit_array<'de, V: Visitor<'de>>(
    json: &Json<'_>,
    values: &[Value],
    stand_ins: usize,
    visitor: V,
) -> Result<V::Value, Fault> {
    let mut array = Array {
        json,
        values: values.iter(),
        index: 0,
        stand_ins,
    };
    let value = visitor.visit_seq(&mut array)?;
    if array.values.len() > 0 {
        let taken = array.index;
        return Err(Fault::new(format!(
            "expected an array of {taken} elements, got {}",
            values.len()
        )));
    }
    Ok(value)
}

struct Array<'a> {
    json: &'a Json<'a>,
    values: std::slice::Iter<'a, Value>,
    index: usize,
    /// How many stand-ins come behind the values.
    stand_ins: usize,
}

impl<'de> SeqAccess<'de> for &mut Array<'_> {
    type Error = Fault;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, Fault> {
        let sent = loop {
            let Some(value) = self.values.next() else {
                if self.stand_ins == 0 {
                    return Ok(None);
                }
                self.stand_ins -= 1;
                break self.json.stand_in();
            };
            let index = self.index;
            self.index += 1;
            if let Some(sent) = self.json.treated(|| Step::Index(index), value) {
                break sent;
            }
        };
        let index = self.index.saturating_sub(1);
        self.json
            .within(|| Step::Index(index), sent, |json| seed.deserialize(json))
            .map(Some)
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.values.len() + self.stand_ins)
    }
}

/// Visits the entries of an object; `fields` are those of the struct that is wanted, if one is.
pub(crate) fn visit_object<'de, V: Visitor<'de>>(
    json: &Json<'_>,
    map: Option<&Map<String, Value>>,
    fields: &[&str],
    visitor: V,
) -> Result<V::Value, Fault> {
    let missing = map.map(|map| json.missing(map)).unwrap_or_default();
    let missing: Vec<&str> = missing.iter().map(String::as_str).collect();
    visitor.visit_map(Object {
        json,
        entries: map.map(Map::iter),
        stand_ins: match map {
            Some(_) => missing.iter(),
            // In the place of what was no object.
            None => fields.iter(),
        },
        pending: None,
    })
}

struct Object<'a> {
    json: &'a Json<'a>,
    entries: Option<serde_json::map::Iter<'a>>,
    /// The keys that come behind the entries, with stand-ins for their values.
    stand_ins: std::slice::Iter<'a, &'a str>,
    /// The entry whose key was read.
    pending: Option<(&'a str, Sent<'a>)>,
}

impl<'a> Object<'a> {
    fn next(&mut self) -> Option<(&'a str, Sent<'a>)> {
        for (key, value) in self.entries.as_mut().into_iter().flatten() {
            if let Some(sent) = self.json.treated(|| Step::Field(key.clone()), value) {
                return Some((key, sent));
            }
        }
        let key = self.stand_ins.next()?;
        Some((key, self.json.stand_in()))
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
        let (key, sent) = pending.unwrap_or_else(|| ("", self.json.stand_in()));
        self.json.within(
            || Step::Field(key.to_owned()),
            sent,
            |json| seed.deserialize(json),
        )
    }

    fn size_hint(&self) -> Option<usize> {
        let entries = self.entries.as_ref().map_or(0, ExactSizeIterator::len);
        Some(entries + self.stand_ins.len())
    }
}
