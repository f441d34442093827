//! Compares structured content with the output schema that a tool lists: clients refuse content that does
//! not match.
//!
//! It knows the keywords that types and rewritten schemas have. A keyword that it does not know passes, so
//! that it never refuses what a client accepts.

use std::cell::Cell;

use regex::Regex;
use serde_json::{Map, Value};

use crate::call::fault::{Step, path};

/// The most schemas that one check applies: a recursive schema with ambiguous branches would otherwise
/// take a time that grows with the power of the depth of a value.
const MAX_STEPS: usize = 100_000;
/// The longest list whose items are compared with each other.
const MAX_COMPARED: usize = 1_000;
/// The longest value, as JSON, that a message repeats.
const MAX_SHOWN: usize = 80;

/// A part of structured content that does not match the schema.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Mismatch {
    /// The place, such as `items[2].id`; empty for the whole content.
    pub(crate) path: String,
    /// The difference, such as "expected integer, got \"x\"".
    pub(crate) message: String,
}

/// Returns the first part of a value that does not match.
pub(crate) fn mismatch(schema: &Map<String, Value>, value: &Value) -> Option<Mismatch> {
    let check = Check {
        root: schema,
        steps: Cell::new(MAX_STEPS),
    };
    let (mut place, message) = check.object(schema, value, 0)?;
    place.reverse();
    Some(Mismatch {
        path: path(&place),
        message,
    })
}

/// The place of a mismatch, innermost step first, and its message.
type Found = (Vec<Step>, String);

struct Check<'a> {
    root: &'a Map<String, Value>,
    steps: Cell<usize>,
}

impl Check<'_> {
    fn schema(&self, schema: &Value, value: &Value, references: usize) -> Option<Found> {
        match schema {
            Value::Bool(false) => here("unexpected value", value),
            Value::Object(schema) => self.object(schema, value, references),
            _ => None,
        }
    }

    /// `references` counts the references that were followed for this value, so that definitions which
    /// refer to each other alone end.
    fn object(
        &self,
        schema: &Map<String, Value>,
        value: &Value,
        references: usize,
    ) -> Option<Found> {
        self.steps.set(self.steps.get().saturating_sub(1));
        if self.steps.get() == 0 {
            return None;
        }
        if let Some(target) = schema.get("$ref").and_then(|it| self.referent(it))
            && references < 32
            && let Some(found) = self.object(target, value, references + 1)
        {
            return Some(found);
        }
        of_value(schema, value)
            .or_else(|| self.combined(schema, value, references))
            .or_else(|| match value {
                Value::Array(values) => self.elements(schema, values),
                Value::Object(map) => self.members(schema, map),
                _ => None,
            })
    }

    fn referent(&self, reference: &Value) -> Option<&Map<String, Value>> {
        let reference = reference.as_str()?;
        if reference == "#" {
            return Some(self.root);
        }
        let name = reference.strip_prefix("#/$defs/")?;
        self.root.get("$defs")?.get(name)?.as_object()
    }

    fn combined(
        &self,
        schema: &Map<String, Value>,
        value: &Value,
        references: usize,
    ) -> Option<Found> {
        let list = |key: &str| schema.get(key).and_then(Value::as_array);
        for part in list("allOf").into_iter().flatten() {
            if let Some(found) = self.schema(part, value, references) {
                return Some(found);
            }
        }
        for (key, is_exclusive) in [("anyOf", false), ("oneOf", true)] {
            let Some(branches) = list(key) else {
                continue;
            };
            let mut found: Vec<Found> = Vec::new();
            for branch in branches {
                found.extend(self.schema(branch, value, references));
            }
            let matching = branches.len() - found.len();
            if matching == 0 {
                // The branch that matches furthest is the one that was meant.
                let nearest = found.into_iter().max_by_key(|(place, _)| place.len());
                return nearest.filter(|(place, _)| !place.is_empty()).or_else(|| {
                    here(
                        &format!("expected one of the {} forms", branches.len()),
                        value,
                    )
                });
            }
            if is_exclusive && matching > 1 {
                return here("expected exactly one form of `oneOf`, several match", value);
            }
        }
        let forbids = schema.get("not").is_some_and(|not| {
            self.schema(not, value, references).is_none() && self.steps.get() > 0
        });
        if forbids {
            return here("matches the schema under `not`", value);
        }
        None
    }

    fn elements(&self, schema: &Map<String, Value>, values: &[Value]) -> Option<Found> {
        let first = schema.get("prefixItems").and_then(Value::as_array);
        values.iter().enumerate().find_map(|(index, value)| {
            let of_index = first.and_then(|first| first.get(index));
            let of_element = of_index.or_else(|| schema.get("items"))?;
            let (mut place, message) = self.schema(of_element, value, 0)?;
            place.push(Step::Index(index));
            Some((place, message))
        })
    }

    fn members(&self, schema: &Map<String, Value>, map: &Map<String, Value>) -> Option<Found> {
        let required = schema.get("required").and_then(Value::as_array);
        let mut required = required.into_iter().flatten().filter_map(Value::as_str);
        if let Some(name) = required.find(|name| !map.contains_key(*name)) {
            let step = Step::Field(name.to_owned());
            return Some((
                vec![step],
                "the schema requires it, and it is missing".into(),
            ));
        }
        map.iter().find_map(|(name, value)| {
            let (mut place, message) = self.member(schema, name, value)?;
            place.push(Step::Field(name.clone()));
            Some((place, message))
        })
    }

    fn member(&self, schema: &Map<String, Value>, name: &str, value: &Value) -> Option<Found> {
        let mut is_known = false;
        if let Some(of_member) = schema.get("properties").and_then(|it| it.get(name)) {
            is_known = true;
            if let Some(found) = self.schema(of_member, value, 0) {
                return Some(found);
            }
        }
        let patterns = schema.get("patternProperties").and_then(Value::as_object);
        for (pattern, of_member) in patterns.into_iter().flatten() {
            // A pattern that this engine does not read may match.
            let matches = Regex::new(pattern).map(|pattern| pattern.is_match(name));
            is_known |= matches != Ok(false);
            if matches == Ok(true)
                && let Some(found) = self.schema(of_member, value, 0)
            {
                return Some(found);
            }
        }
        if is_known {
            return None;
        }
        match schema.get("additionalProperties") {
            Some(Value::Bool(false)) => {
                Some((Vec::new(), "the schema does not list this field".into()))
            }
            Some(of_member) => self.schema(of_member, value, 0),
            None => None,
        }
    }
}

/// Returns the mismatch of a value with the keywords that do not look inside it.
fn of_value(schema: &Map<String, Value>, value: &Value) -> Option<Found> {
    if let Some(kind) = schema.get("type")
        && !is_of(kind, value)
    {
        return here(&format!("expected {}", kinds(kind)), value);
    }
    if let Some(only) = schema.get("const").filter(|only| !equals(only, value)) {
        return here(&format!("expected {only}"), value);
    }
    if let Some(values) = schema.get("enum").and_then(Value::as_array)
        && !values.iter().any(|it| equals(it, value))
    {
        let values: Vec<String> = values.iter().map(Value::to_string).collect();
        return here(&format!("expected one of {}", values.join(", ")), value);
    }
    let limit = |key: &str| schema.get(key).and_then(Value::as_f64);
    let breaks = |key: &str, holds: &dyn Fn(f64) -> bool| {
        let limit = limit(key).filter(|limit| !holds(*limit))?;
        here(&format!("the schema has `{key}: {limit}`"), value)
    };
    match value {
        Value::Number(number) => {
            let number = number.as_f64()?;
            breaks("minimum", &|limit| number >= limit)
                .or_else(|| breaks("maximum", &|limit| number <= limit))
                .or_else(|| breaks("exclusiveMinimum", &|limit| number > limit))
                .or_else(|| breaks("exclusiveMaximum", &|limit| number < limit))
                .or_else(|| {
                    breaks("multipleOf", &|step| {
                        let quotient = number / step;
                        (quotient - quotient.round()).abs() < 1e-9
                    })
                })
        }
        Value::String(text) => {
            let count = count(text.chars().count());
            let pattern = schema.get("pattern").and_then(Value::as_str);
            breaks("minLength", &|limit| count >= limit)
                .or_else(|| breaks("maxLength", &|limit| count <= limit))
                .or_else(|| {
                    let pattern = pattern?;
                    let is_match = Regex::new(pattern).ok()?.is_match(text);
                    (!is_match).then(|| here(&format!("expected a match of `{pattern}`"), value))?
                })
        }
        Value::Array(values) => {
            let count = count(values.len());
            let is_unique = || (1..values.len()).all(|it| !values[..it].contains(&values[it]));
            breaks("minItems", &|limit| count >= limit)
                .or_else(|| breaks("maxItems", &|limit| count <= limit))
                .or_else(|| {
                    let unique = schema.get("uniqueItems") == Some(&Value::Bool(true));
                    let is_short = values.len() <= MAX_COMPARED;
                    (unique && is_short && !is_unique())
                        .then(|| here("an item is repeated", value))?
                })
        }
        Value::Object(map) => {
            let count = count(map.len());
            breaks("minProperties", &|limit| count >= limit)
                .or_else(|| breaks("maxProperties", &|limit| count <= limit))
        }
        Value::Null | Value::Bool(_) => None,
    }
}

#[expect(
    clippy::cast_precision_loss,
    reason = "limits are numbers, which are floats"
)]
fn count(count: usize) -> f64 {
    count as f64
}

/// Returns a mismatch of the value itself.
#[expect(clippy::unnecessary_wraps, reason = "all callers return an option")]
fn here(message: &str, value: &Value) -> Option<Found> {
    let mut shown = value.to_string();
    if shown.chars().count() > MAX_SHOWN {
        shown = shown.chars().take(MAX_SHOWN).chain(['…']).collect();
    }
    Some((Vec::new(), format!("{message}, got {shown}")))
}

fn is_of(kind: &Value, value: &Value) -> bool {
    match kind {
        Value::Array(kinds) => kinds.iter().any(|kind| is_of(kind, value)),
        kind => match kind.as_str().unwrap_or_default() {
            "null" => value.is_null(),
            "boolean" => value.is_boolean(),
            "number" => value.is_number(),
            "integer" => {
                value.is_i64()
                    || value.is_u64()
                    || value.as_f64().is_some_and(|number| number.fract() == 0.0)
            }
            "string" => value.is_string(),
            "array" => value.is_array(),
            "object" => value.is_object(),
            _ => true,
        },
    }
}

fn kinds(kind: &Value) -> String {
    match kind {
        Value::Array(all) => {
            let names: Vec<&str> = all.iter().filter_map(Value::as_str).collect();
            names.join(" or ")
        }
        kind => kind.as_str().unwrap_or_default().to_owned(),
    }
}

/// Compares as JSON Schema does: `1` and `1.0` are equal.
fn equals(one: &Value, other: &Value) -> bool {
    one == other
        || matches!((one, other), (Value::Number(_), Value::Number(_)))
            && one.as_f64() == other.as_f64()
}

#[cfg(test)]
mod tests;
