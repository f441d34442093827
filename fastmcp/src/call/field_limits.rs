//! [`FieldLimits`]: the limits of a field that schemars does not list, because they do not fit its type.
//!
//! `#[data]` adds it to the fields with `#[schemars(length(…))]`, `range`, `regex`, `contains` and `inner`.
//! schemars lists a length of text and of lists only, and drops all other combinations without a word.

use schemars::Schema;
use schemars::transform::Transform;
use serde_json::{Map, Value};

/// The key of a schema under which the names of the limits are that cannot be listed.
pub(crate) const UNLISTED: &str = "x-fastmcp-unlisted";

/// The limits in the attributes of one field.
#[doc(hidden)]
#[derive(Debug, Clone, Copy, Default)]
pub struct FieldLimits {
    /// The minimum and the maximum length.
    pub length: Option<(Option<u64>, Option<u64>)>,
    /// `true` if the field has a range.
    pub range: bool,
    /// `true` if the field has a pattern, or text that it must contain.
    pub pattern: bool,
    /// `true` if the field has limits of its items.
    pub inner: bool,
}

impl Transform for FieldLimits {
    fn transform(&mut self, schema: &mut Schema) {
        let has_type = |schema: &Schema, kind: &str| match schema.get("type") {
            Some(Value::Array(kinds)) => kinds.iter().any(|it| it == kind),
            Some(only) => only == kind,
            None => false,
        };
        let mut unlisted = Vec::new();
        if let Some((min, max)) = self.length {
            if has_type(schema, "object") {
                for (key, limit) in [("minProperties", min), ("maxProperties", max)] {
                    if let Some(limit) = limit {
                        schema.insert(key.to_owned(), limit.into());
                    }
                }
            } else if !has_type(schema, "string") && !has_type(schema, "array") {
                unlisted.push("length");
            }
        }
        let is_number = has_type(schema, "number") || has_type(schema, "integer");
        if self.range && !is_number {
            unlisted.push("range");
        }
        if self.pattern && !has_type(schema, "string") {
            unlisted.push("regex");
        }
        if self.inner && !schema.get("items").is_some_and(Value::is_object) {
            unlisted.push("inner");
        }
        if !unlisted.is_empty() {
            schema.insert(UNLISTED.to_owned(), unlisted.into());
        }
    }
}

/// Removes the names of the limits that a schema cannot list, and returns them.
pub(crate) fn take_unlisted(schema: &mut Map<String, Value>) -> Vec<String> {
    let Some(Value::Array(names)) = schema.remove(UNLISTED) else {
        return Vec::new();
    };
    let names = names
        .into_iter()
        .filter_map(|name| Some(name.as_str()?.to_owned()));
    names.collect()
}
