//! Writes integers of 64 bits as text, where the schema of a value says that they are.

use serde_json::{Map, Value};

use crate::call::argument_schema::ArgumentSchema;
use crate::call::argument_schema::walk::{CHOICES, Walk, element, member};
use crate::call::portable::numbers::is_wide;

impl ArgumentSchema {
    /// Returns the value with all integers of 64 bits as text; `None` if there are none.
    pub(crate) fn wide_as_text(&self, value: &Value) -> Option<Value> {
        let mut value = value.clone();
        let walk = Walk::new(self, &value);
        walk.wide_as_text(&self.root, &mut value).then_some(value)
    }
}

impl Walk<'_> {
    /// Replaces the integers in a value, and returns whether there were any.
    fn wide_as_text(&self, schema: &Value, value: &mut Value) -> bool {
        let Some(keywords) = schema.as_object().filter(|_| self.step()) else {
            return false;
        };
        let is_integer = value.is_i64() || value.is_u64();
        if is_integer && is_wide(keywords) && !keywords.contains_key("enum") {
            *value = value.to_string().into();
            return true;
        }
        let mut changed = false;
        if let Some(referent) = self.referent(keywords) {
            changed |= self.wide_as_text(referent, value);
        }
        let lists = |keyword: &str| keywords.get(keyword).and_then(Value::as_array);
        for part in lists("allOf").into_iter().flatten() {
            changed |= self.wide_as_text(part, value);
        }
        // Before the fields of this schema: a value that is text already matches no branch.
        for choices in CHOICES.iter().filter_map(|keyword| lists(keyword)) {
            let matching = choices.iter().find(|choice| self.matches(choice, value));
            if let Some(choice) = matching {
                changed |= self.wide_as_text(choice, value);
            }
        }
        changed | self.wide_inside(keywords, value)
    }

    fn wide_inside(&self, schema: &Map<String, Value>, value: &mut Value) -> bool {
        let mut changed = false;
        match value {
            Value::Array(values) => {
                for (index, value) in values.iter_mut().enumerate() {
                    if let Some(schema) = element(schema, index) {
                        changed |= self.wide_as_text(schema, value);
                    }
                }
            }
            Value::Object(map) => {
                for (name, value) in map.iter_mut() {
                    if let Some(schema) = member(schema, name) {
                        changed |= self.wide_as_text(schema, value);
                    }
                }
            }
            _ => {}
        }
        changed
    }
}
