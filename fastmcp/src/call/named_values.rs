//! [`NamedValues`]: the arguments of a call by name.

use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::{Map, Value};

/// The number of arguments up to which a name is found faster by comparing than by hashing.
const FEW: usize = 16;

/// The arguments of a call by name. Most calls have few of them, and each is looked up once, so they are kept in a list.
#[derive(Debug, Default)]
pub(crate) struct NamedValues(Vec<(String, Value)>);

impl NamedValues {
    /// Returns the values as the text of a JSON object.
    pub(crate) fn to_json(&self) -> Option<String> {
        let map: Map<String, Value> = self.0.iter().cloned().collect();
        serde_json::to_string(&map).ok()
    }

    /// Returns a value.
    pub(crate) fn get(&self, name: &str) -> Option<&Value> {
        let named = self.0.iter().find(|(other, _)| other == name);
        named.map(|(_, value)| value)
    }

    /// Removes a value. The last value takes its place, as in a [`Map`].
    pub(crate) fn remove(&mut self, name: &str) -> Option<Value> {
        let index = self.0.iter().position(|(other, _)| other == name)?;
        Some(self.0.swap_remove(index).1)
    }

    /// Returns the names of all values.
    pub(crate) fn into_names(self) -> impl Iterator<Item = String> {
        self.0.into_iter().map(|(name, _)| name)
    }
}

impl From<Map<String, Value>> for NamedValues {
    fn from(map: Map<String, Value>) -> Self {
        Self(map.into_iter().collect())
    }
}

/// Of two values of one name, the last one counts, at the place of the first, as in a [`Map`].
impl<'de> Deserialize<'de> for NamedValues {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(ValuesVisitor)
    }
}

struct ValuesVisitor;

impl<'de> Visitor<'de> for ValuesVisitor {
    type Value = NamedValues;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<NamedValues, A::Error> {
        let mut values: Vec<(String, Value)> = Vec::new();
        while let Some((name, value)) = access.next_entry::<String, Value>()? {
            if values.len() == FEW {
                // Comparing all names would take quadratic time.
                let mut map: Map<String, Value> = values.into_iter().collect();
                map.insert(name, value);
                while let Some((name, value)) = access.next_entry()? {
                    map.insert(name, value);
                }
                return Ok(map.into());
            }
            match values.iter_mut().find(|(other, _)| *other == name) {
                Some((_, before)) => *before = value,
                None => values.push((name, value)),
            }
        }
        Ok(NamedValues(values))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_those_of_a_map() {
        let many: Vec<String> = (0..40)
            .map(|number| format!("\"k{}\":{number}", number % 30))
            .collect();
        let mut texts = vec!["{}".to_owned(), r#"{"a":1,"b":[2],"a":3}"#.to_owned()];
        texts.push(format!("{{{}}}", many.join(",")));
        for text in texts {
            let mut values: NamedValues = serde_json::from_str(&text).expect("it is an object");
            let mut map: Map<String, Value> = serde_json::from_str(&text).expect("it is an object");
            for name in ["a", "k3", "k29", "missing"] {
                assert_eq!(
                    values.remove(name),
                    map.swap_remove(name),
                    "{name} in {text}"
                );
            }
            let names: Vec<String> = values.into_names().collect();
            assert_eq!(
                names,
                map.into_iter().map(|it| it.0).collect::<Vec<_>>(),
                "{text}"
            );
        }
        for text in ["[]", "1", "{", "{\"a\":1e999}", "{\"a\":1}x"] {
            assert!(serde_json::from_str::<NamedValues>(text).is_err(), "{text}");
        }
    }
}
