//! [`Walk`]: one walk through a value and its schema, and which values match a schema.

use std::cell::Cell;

use serde_json::{Map, Value};

use crate::call::argument_schema::ArgumentSchema;

/// The steps of one walk for each part of the value. The limit bounds the work for a recursive type
/// with ambiguous variants, where every level can try all of them.
const STEPS_PER_PART: usize = 100;

/// The keywords whose value is a list of alternatives.
pub(crate) const CHOICES: [&str; 2] = ["anyOf", "oneOf"];

/// One walk through a value and its schema.
pub(crate) struct Walk<'a> {
    pub(crate) schema: &'a ArgumentSchema,
    /// Reads nothing else from text than integers of 64 bits.
    pub(crate) only_wide_integers: bool,
    /// The steps that are left.
    steps: Cell<usize>,
}

impl<'a> Walk<'a> {
    pub(crate) fn new(schema: &'a ArgumentSchema, value: &Value) -> Self {
        Self {
            schema,
            only_wide_integers: false,
            steps: Cell::new(STEPS_PER_PART.saturating_mul(100 + parts_of(value))),
        }
    }

    /// Returns whether the walk ended early, so that its result is incomplete.
    pub(crate) fn is_exhausted(&self) -> bool {
        self.steps.get() == 0
    }

    /// Counts a step; `false` if the walk has to end.
    pub(crate) fn step(&self) -> bool {
        self.steps.set(self.steps.get().saturating_sub(1));
        !self.is_exhausted()
    }

    /// Returns the definition that a schema refers to.
    pub(crate) fn referent(&self, schema: &Map<String, Value>) -> Option<&'a Value> {
        let reference = schema.get("$ref")?.as_str()?;
        let name = reference.strip_prefix("#/$defs/")?;
        self.schema.definitions.get(name)
    }

    /// Returns whether the schema accepts the JSON type of a value, and the value itself if the
    /// schema lists its values. It does not look inside of arrays and objects.
    pub(crate) fn takes(&self, schema: &Value, value: &Value) -> bool {
        self.accepts(schema, value, false)
    }

    /// Returns whether a value matches the schema at every depth, apart from its limits.
    pub(crate) fn matches(&self, schema: &Value, value: &Value) -> bool {
        self.accepts(schema, value, true)
    }

    fn accepts(&self, schema: &Value, value: &Value, deep: bool) -> bool {
        let Value::Object(schema) = schema else {
            return schema != &Value::Bool(false);
        };
        if !self.step() {
            return false;
        }
        let accepts = |schema: &Value| self.accepts(schema, value, deep);
        let list = |keyword: &str| schema.get(keyword).and_then(Value::as_array);
        self.referent(schema).is_none_or(accepts)
            && schema.get("type").is_none_or(|kind| is_of(kind, value))
            && schema.get("const").is_none_or(|only| only == value)
            && list("enum").is_none_or(|values| values.contains(value))
            && list("allOf").is_none_or(|all| all.iter().all(accepts))
            && CHOICES
                .iter()
                .all(|keyword| list(keyword).is_none_or(|any| any.iter().any(accepts)))
            && (!deep || self.matches_inside(schema, value))
    }

    fn matches_inside(&self, schema: &Map<String, Value>, value: &Value) -> bool {
        match value {
            Value::Array(values) => {
                let first = schema.get("prefixItems").and_then(Value::as_array);
                first.is_none_or(|first| first.len() == values.len())
                    && values.iter().enumerate().all(|(index, value)| {
                        element(schema, index).is_none_or(|schema| self.matches(schema, value))
                    })
            }
            Value::Object(map) => {
                required(schema).all(|name| map.contains_key(name))
                    && map.iter().all(|(name, value)| {
                        member(schema, name).is_none_or(|schema| self.matches(schema, value))
                    })
            }
            _ => true,
        }
    }
}

/// Returns the number of values that a value consists of.
fn parts_of(value: &Value) -> usize {
    match value {
        Value::Array(values) => 1 + values.iter().map(parts_of).sum::<usize>(),
        Value::Object(map) => 1 + map.values().map(parts_of).sum::<usize>(),
        // Text can contain JSON; its length bounds the number of parts.
        Value::String(text) => 1 + text.len() / 2,
        _ => 1,
    }
}

/// Returns the schema of an array's element.
pub(crate) fn element(schema: &Map<String, Value>, index: usize) -> Option<&Value> {
    let first = schema.get("prefixItems").and_then(Value::as_array);
    first
        .and_then(|first| first.get(index))
        .or_else(|| schema.get("items"))
}

/// Returns the schema of an object's member: a field of a struct, or the value of a map.
pub(crate) fn member<'s>(schema: &'s Map<String, Value>, name: &str) -> Option<&'s Value> {
    if let Some(field) = field(schema, name) {
        return Some(field);
    }
    let is_schema = |schema: &&Value| schema.is_object();
    // schemars describes the keys of a map by patterns. They are not tested here: a key that
    // matches none is an error of the decoder.
    let patterns = schema.get("patternProperties").and_then(Value::as_object);
    let of_map = patterns.and_then(|patterns| patterns.values().next());
    of_map
        .filter(is_schema)
        .or_else(|| schema.get("additionalProperties").filter(is_schema))
}

/// Returns the schema of a field of a struct.
pub(crate) fn field<'s>(schema: &'s Map<String, Value>, name: &str) -> Option<&'s Value> {
    schema.get("properties")?.get(name)
}

/// Returns the members that an object must have.
pub(crate) fn required(schema: &Map<String, Value>) -> impl Iterator<Item = &str> {
    let names = schema.get("required").and_then(Value::as_array);
    names.into_iter().flatten().filter_map(Value::as_str)
}

/// Returns whether a value has the type that the keyword `type` names.
fn is_of(kind: &Value, value: &Value) -> bool {
    match kind {
        Value::Array(kinds) => kinds.iter().any(|kind| is_of(kind, value)),
        kind => match (kind.as_str().unwrap_or_default(), value) {
            ("null", Value::Null)
            | ("boolean", Value::Bool(_))
            | ("number", Value::Number(_))
            | ("string", Value::String(_))
            | ("array", Value::Array(_))
            | ("object", Value::Object(_)) => true,
            // `3.0` is an integer, as in JSON Schema.
            ("integer", Value::Number(number)) => {
                number.as_i128().is_some()
                    || number.as_f64().is_some_and(|number| number.fract() == 0.0)
            }
            _ => false,
        },
    }
}
