//! Reads text as JSON where the type takes no text, because models often send `"[1, 2]"` for a list
//! and `"3"` for a number.
//!
//! It runs only for a value that the type rejects, and changes only places where the schema accepts
//! no other reading, so nothing is guessed:
//!
//! | sent | where the schema takes | read as |
//! |---|---|---|
//! | text that contains JSON | the type of that JSON, and not the text | that JSON |
//! | `""`, `"null"` | `null`, and not the text | `null` |
//! | `null`, `""`, `"null"` for a field that is not required | neither | nothing: the field is omitted |

use serde_json::{Map, Value};

use crate::call::argument_schema::ArgumentSchema;
use crate::call::argument_schema::walk::{CHOICES, Walk, element, field, member, required};
use crate::call::fault::Step;
use crate::call::portable::numbers::is_wide;

/// Returns whether hosts send this value for an argument that they omit.
pub(crate) fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => matches!(text.trim(), "" | "null"),
        _ => false,
    }
}

impl ArgumentSchema {
    /// Returns whether the type takes this JSON type, and this text if it takes only some.
    pub(crate) fn takes(&self, value: &Value) -> bool {
        Walk::new(self, &Value::Null).takes(&self.root, value)
    }

    /// Returns the value with all text read again that has one other reading; `None` if there is
    /// none.
    pub(crate) fn reread(&self, value: &Value) -> Option<Value> {
        Walk::new(self, value).reread(&self.root, value)
    }

    /// Returns the value with integers of 64 bits read from text; `None` if there are none.
    pub(crate) fn reread_integers(&self, value: &Value) -> Option<Value> {
        let mut walk = Walk::new(self, value);
        walk.only_wide_integers = true;
        walk.reread(&self.root, value)
    }

    /// Adds `null` for a missing member, if the schema does not require the member and allows
    /// `null`; otherwise returns `false`. The place stands for all elements of an array and all values
    /// of a map, so that a long array needs no pass for each element.
    ///
    /// Serde reports a missing `Option` that has a `deserialize_with` and no `default`, although
    /// schemars lists it as optional.
    pub(crate) fn add_null(&self, value: &mut Value, place: &[Step]) -> bool {
        let Some((Step::Field(name), outer)) = place.split_last() else {
            return false;
        };
        Walk::new(self, value).add_null(&self.root, value, outer, name)
    }
}

impl<'a> Walk<'a> {
    fn add_null(&self, schema: &Value, value: &mut Value, outer: &[Step], name: &str) -> bool {
        let mut added = false;
        for schema in self.parts(schema, value) {
            match (outer.split_first(), &mut *value) {
                (None, Value::Object(map)) => {
                    let is_optional = required(schema).all(|it| it != name)
                        && field(schema, name).is_some_and(|it| self.takes(it, &Value::Null));
                    if is_optional && !map.contains_key(name) {
                        map.insert(name.to_owned(), Value::Null);
                        added = true;
                    }
                }
                (Some((Step::Index(_), outer)), Value::Array(values)) => {
                    for (index, value) in values.iter_mut().enumerate() {
                        if let Some(schema) = element(schema, index) {
                            added |= self.add_null(schema, value, outer, name);
                        }
                    }
                }
                (Some((Step::Field(of), outer)), Value::Object(map)) => {
                    let is_map = field(schema, of).is_none();
                    for (key, value) in map.iter_mut().filter(|(key, _)| is_map || *key == of) {
                        if let Some(schema) = member(schema, key) {
                            added |= self.add_null(schema, value, outer, name);
                        }
                    }
                }
                _ => {}
            }
        }
        added
    }

    /// Returns the schemas that describe a value together: the schema, those that it refers to, and
    /// the choices that the value can be of.
    fn parts<'s>(&self, schema: &'s Value, value: &Value) -> Vec<&'s Map<String, Value>>
    where
        'a: 's,
    {
        let mut parts = Vec::new();
        let mut pending = vec![schema];
        while let Some(schema) = pending.pop() {
            let Value::Object(keywords) = schema else {
                continue;
            };
            if !self.step() {
                break;
            }
            parts.push(keywords);
            pending.extend(self.referent(keywords));
            let list = |keyword: &str| keywords.get(keyword).and_then(Value::as_array);
            pending.extend(list("allOf").into_iter().flatten());
            let choices = CHOICES.iter().filter_map(|keyword| list(keyword)).flatten();
            pending.extend(choices.filter(|choice| self.takes_tag(choice, value)));
        }
        parts
    }

    fn reread(&self, schema: &Value, value: &Value) -> Option<Value> {
        let Value::Object(keywords) = schema else {
            return None;
        };
        if !self.step() {
            return None;
        }
        if let Value::String(text) = value {
            return self.reread_text(schema, text);
        }
        // Each part of the schema can read other places of the value again.
        let mut reread = None;
        let mut apply = |read: &dyn Fn(&Value) -> Option<Value>| {
            if let Some(value) = read(reread.as_ref().unwrap_or(value)) {
                reread = Some(value);
            }
        };
        if let Some(referent) = self.referent(keywords) {
            apply(&|value| self.reread(referent, value));
        }
        for part in keywords
            .get("allOf")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
        {
            apply(&|value| self.reread(part, value));
        }
        apply(&|value| self.reread_inside(keywords, value));
        for choices in CHOICES
            .iter()
            .filter_map(|it| keywords.get(*it)?.as_array())
        {
            apply(&|value| self.reread_choice(choices, value));
        }
        reread
    }

    fn reread_text(&self, schema: &Value, text: &str) -> Option<Value> {
        if self.takes(schema, &Value::String(text.to_owned())) {
            return None;
        }
        if self.only_wide_integers {
            return self.wide_integer(schema, text);
        }
        if matches!(text.trim(), "" | "null") {
            return self.takes(schema, &Value::Null).then_some(Value::Null);
        }
        let parsed: Value = serde_json::from_str(text).ok()?;
        // Text inside of text would be read as often as it is quoted.
        if parsed.is_string() || !self.takes(schema, &parsed) {
            return None;
        }
        self.reread(schema, &parsed).or(Some(parsed))
    }

    /// Reads text as an integer of 64 bits, if the schema describes one.
    fn wide_integer(&self, schema: &Value, text: &str) -> Option<Value> {
        let keywords = schema.as_object().filter(|_| self.step())?;
        if is_wide(keywords) {
            let number: Value = serde_json::from_str(text).ok()?;
            return (number.is_i64() || number.is_u64()).then_some(number);
        }
        let lists = ["allOf", CHOICES[0], CHOICES[1]].map(|it| keywords.get(it)?.as_array());
        let mut parts = self
            .referent(keywords)
            .into_iter()
            .chain(lists.into_iter().flatten().flatten());
        parts.find_map(|part| self.wide_integer(part, text))
    }

    fn reread_inside(&self, schema: &Map<String, Value>, value: &Value) -> Option<Value> {
        match value {
            Value::Array(values) => {
                let mut reread = None;
                for (index, value) in values.iter().enumerate() {
                    let schema = element(schema, index);
                    if let Some(value) = schema.and_then(|it| self.reread(it, value)) {
                        reread.get_or_insert_with(|| values.clone())[index] = value;
                    }
                }
                reread.map(Value::Array)
            }
            Value::Object(map) => {
                let mut reread: Option<Map<String, Value>> = None;
                for (name, value) in map {
                    let Some(of_member) = member(schema, name) else {
                        continue;
                    };
                    if let Some(value) = self.reread(of_member, value) {
                        let reread = reread.get_or_insert_with(|| map.clone());
                        reread.insert(name.clone(), value);
                    } else if !self.only_wide_integers
                        && is_empty(value)
                        && field(schema, name).is_some()
                        && required(schema).all(|it| it != name)
                        && !self.takes(of_member, value)
                    {
                        reread.get_or_insert_with(|| map.clone()).remove(name);
                    }
                }
                reread.map(Value::Object)
            }
            _ => None,
        }
    }

    /// Reads a value again that has to match one of several schemas.
    fn reread_choice(&self, choices: &[Value], value: &Value) -> Option<Value> {
        if choices.iter().any(|choice| self.matches(choice, value)) {
            return None;
        }
        let possible = choices
            .iter()
            .filter(|choice| self.takes_tag(choice, value));
        let read: Vec<(&Value, Option<Value>)> = possible
            .map(|choice| (choice, self.reread(choice, value)))
            .collect();
        let matching: Vec<&Value> = read
            .iter()
            .filter_map(|(choice, reread)| {
                let reread = reread.as_ref()?;
                self.matches(choice, reread).then_some(reread)
            })
            .collect();
        match (&*matching, &*read) {
            // Two choices with the same reading leave nothing to guess; two readings would.
            ([first, others @ ..], _) => {
                let is_same = others.iter().all(|other| other == first);
                is_same.then(|| (*first).clone())
            }
            // The value has other errors, which the decoder reports.
            ([], [(_, only)]) => only.clone(),
            ([], _) => None,
        }
    }

    /// Returns whether the value can be of this choice: its type fits, and so do the fields that have
    /// only one value, which are the tags of enums.
    fn takes_tag(&self, choice: &Value, value: &Value) -> bool {
        let Value::Object(map) = value else {
            return self.takes(choice, value);
        };
        let is_tag = |schema: &Value| schema.get("const").is_some();
        self.takes(choice, value)
            && self.parts(choice, value).into_iter().all(|schema| {
                let fields = schema.get("properties").and_then(Value::as_object);
                let mut tags = fields.into_iter().flatten().filter(|(_, it)| is_tag(it));
                tags.all(|(name, tag)| match map.get(name) {
                    Some(value) => self.takes(tag, value),
                    None => required(schema).all(|it| it != name),
                })
            })
    }
}
