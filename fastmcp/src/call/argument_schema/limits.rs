//! Enforces the limits that a schema lists, at every depth of a value. Types are left to the decoder.

use serde_json::{Map, Number, Value};

use crate::call::argument_schema::ArgumentSchema;
use crate::call::argument_schema::walk::{CHOICES, Walk, element, field, member};
use crate::call::constraints::{Constraints, less};
use crate::call::decode_error::{DecodeError, MAX_ERRORS};
use crate::call::fault::{Step, path};

impl ArgumentSchema {
    /// Returns the errors of all limits that the value exceeds.
    pub(crate) fn limits(&self, value: &Value) -> Vec<DecodeError> {
        if !self.has_limits {
            return Vec::new();
        }
        let mut errors = Vec::new();
        let walk = Walk::new(self, value);
        walk.limits(&self.root, value, &mut Vec::new(), &mut errors);
        if walk.is_exhausted() {
            errors.truncate(0);
            errors.push(DecodeError {
                path: String::new(),
                message: "too many variants of its parts are possible to check its limits".into(),
            });
        }
        errors
    }
}

impl Walk<'_> {
    fn limits(
        &self,
        schema: &Value,
        value: &Value,
        place: &mut Vec<Step>,
        errors: &mut Vec<DecodeError>,
    ) {
        let Value::Object(keywords) = schema else {
            return;
        };
        if !self.step() || errors.len() > MAX_ERRORS {
            return;
        }
        if let Some(referent) = self.referent(keywords) {
            self.limits(referent, value, place, errors);
        }
        let lists = |keyword: &str| keywords.get(keyword).and_then(Value::as_array);
        for part in lists("allOf").into_iter().flatten() {
            self.limits(part, value, place, errors);
        }
        if let Some(message) = self.exceeded(keywords, value) {
            errors.push(DecodeError {
                path: path(&*place),
                message,
            });
        }
        for choices in CHOICES.iter().filter_map(|keyword| lists(keyword)) {
            self.limits_of_choice(choices, value, place, errors);
        }
        match value {
            Value::Array(values) => {
                for (index, value) in values.iter().enumerate() {
                    if let Some(schema) = element(keywords, index) {
                        place.push(Step::Index(index));
                        self.limits(schema, value, place, errors);
                        place.pop();
                    }
                }
            }
            Value::Object(map) => self.limits_of_members(keywords, map, place, errors),
            _ => {}
        }
    }

    fn limits_of_members(
        &self,
        schema: &Map<String, Value>,
        map: &Map<String, Value>,
        place: &mut Vec<Step>,
        errors: &mut Vec<DecodeError>,
    ) {
        let is_closed = schema.get("additionalProperties") == Some(&Value::Bool(false))
            && !schema.contains_key("patternProperties");
        let fields = schema.get("properties").and_then(Value::as_object);
        for (name, value) in map {
            place.push(Step::Field(name.clone()));
            if let Some(schema) = member(schema, name) {
                self.limits(schema, value, place, errors);
            } else if is_closed && field(schema, name).is_none() {
                let names = fields.into_iter().flat_map(Map::keys).map(String::as_str);
                let hint = crate::text::nearest(name, names);
                let hint = hint.map(|nearest| format!("; did you mean `{nearest}`?"));
                errors.push(DecodeError {
                    path: path(&*place),
                    message: format!("unknown field{}", hint.unwrap_or_default()),
                });
            }
            place.pop();
        }
    }

    /// Adds the errors of the choice that the value matches. If it matches several, one that has no
    /// errors is enough.
    fn limits_of_choice(
        &self,
        choices: &[Value],
        value: &Value,
        place: &mut Vec<Step>,
        errors: &mut Vec<DecodeError>,
    ) {
        let matching = choices.iter().filter(|choice| self.matches(choice, value));
        let fewest = matching
            .map(|choice| {
                let mut errors = Vec::new();
                self.limits(choice, value, place, &mut errors);
                errors
            })
            .min_by_key(Vec::len);
        errors.extend(fewest.into_iter().flatten());
    }

    /// Returns the error of the limits of one schema, without those of what it contains.
    fn exceeded(&self, schema: &Map<String, Value>, value: &Value) -> Option<String> {
        if let Value::Number(number) = value
            && let Some(message) = exclusive(schema, number)
        {
            return Some(message);
        }
        let constraints = Constraints::of_schema(schema, value, &self.schema.patterns);
        constraints.check(value).err().map(|error| error.message)
    }
}

/// Returns the error of the limits that `#[arg(…)]` does not have.
fn exclusive(schema: &Map<String, Value>, number: &Number) -> Option<String> {
    let limit = |keyword: &str| match schema.get(keyword) {
        Some(Value::Number(limit)) => Some(limit),
        _ => None,
    };
    if let Some(min) = limit("exclusiveMinimum").filter(|min| !less(min, number)) {
        return Some(format!(
            "expected a number greater than {min}, got {number}"
        ));
    }
    if let Some(max) = limit("exclusiveMaximum").filter(|max| !less(number, max)) {
        return Some(format!("expected a number less than {max}, got {number}"));
    }
    let factor = limit("multipleOf")?;
    let is_multiple = match (number.as_i128(), factor.as_i128()) {
        (Some(number), Some(factor)) => factor == 0 || number % factor == 0,
        // Decimal fractions such as 0.1 are not exact, so a small error is allowed.
        _ => {
            let quotient = number.as_f64()? / factor.as_f64()?;
            (quotient - quotient.round()).abs() < 1e-9
        }
    };
    (!is_multiple).then(|| format!("expected a multiple of {factor}, got {number}"))
}
