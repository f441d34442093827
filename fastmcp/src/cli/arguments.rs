//! Converts the words of a command line to the arguments of a call, by their schema.

use serde_json::{Map, Number, Value};

/// The maximum depth of references in a schema.
const MAX_DEPTH: usize = 32;

/// The schema of the arguments.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ArgumentSchema<'a> {
    root: &'a Value,
}

impl<'a> ArgumentSchema<'a> {
    pub(crate) fn new(root: &'a Value) -> Self {
        Self { root }
    }

    /// Adds `key=value` and `key:=json` pairs to `arguments`. A key with dots sets a field of an object, and a key that
    /// is repeated adds items to a list. Returns every problem.
    pub(crate) fn add(
        self,
        pairs: &[String],
        arguments: &mut Map<String, Value>,
    ) -> Result<(), Vec<String>> {
        let problems: Vec<String> = pairs
            .iter()
            .filter_map(|pair| self.add_pair(pair, arguments).err())
            .collect();
        if problems.is_empty() {
            Ok(())
        } else {
            Err(problems)
        }
    }

    fn add_pair(self, pair: &str, arguments: &mut Map<String, Value>) -> Result<(), String> {
        let Some((key, text)) = pair.split_once('=') else {
            return Err(format!(
                "`{pair}` is not an argument; write `key=value`, or `key:=json` for JSON"
            ));
        };
        let (key, is_json) = match key.strip_suffix(':') {
            Some(key) => (key, true),
            None => (key, false),
        };
        if key.is_empty() {
            return Err(format!("`{pair}` has no key; write `key=value`"));
        }
        let (path, schema) = self.find(key)?;
        let value = if is_json {
            let parsed = serde_json::from_str(text);
            parsed.map_err(|error| format!("`{key}`: the value is not JSON: {error}"))?
        } else {
            let value = match schema {
                Some(schema) => self
                    .convert(schema, text)
                    .map_err(|expected| format!("`{key}`: `{text}` is not {expected}"))?,
                None => untyped(text),
            };
            let is_list = schema.is_some_and(|it| self.is_list(it));
            appended(lookup(arguments, &path), value, is_list)
        };
        insert(arguments, &path, value).map_err(|part| {
            format!("`{key}`: `{part}` has another value already, which is not an object")
        })
    }

    /// Finds the schema of a key. `None` is a key that the schema does not describe, and allows.
    fn find(self, key: &str) -> Result<(Vec<String>, Option<&'a Value>), String> {
        let mut schema = self.resolve(self.root);
        // A name may contain dots.
        if let Some(found) = schema["properties"].get(key) {
            return Ok((vec![key.to_owned()], Some(found)));
        }
        let mut path = Vec::new();
        let mut parts = key.split('.').peekable();
        while let Some(part) = parts.next() {
            path.push(part.to_owned());
            let Some(found) = self.property(schema, part) else {
                if self.is_open(schema) {
                    path.extend(parts.map(str::to_owned));
                    return Ok((path, None));
                }
                let names = self.names(schema);
                let nearest = crate::text::nearest(part, names.iter().map(String::as_str));
                let suggestion = crate::text::did_you_mean(nearest);
                let known = match (nearest, names.is_empty()) {
                    (Some(_), _) => String::new(),
                    (None, true) => "; there are no arguments".to_owned(),
                    (None, false) => format!("; the arguments are {}", names.join(", ")),
                };
                return Err(format!("unknown argument `{key}`{suggestion}{known}"));
            };
            if parts.peek().is_none() {
                return Ok((path, Some(found)));
            }
            schema = self.resolve(found);
        }
        Ok((path, None))
    }

    /// Returns the schema that `schema` refers to.
    fn resolve(self, mut schema: &'a Value) -> &'a Value {
        for _ in 0..MAX_DEPTH {
            let Some(reference) = schema["$ref"].as_str() else {
                break;
            };
            let pointer = reference.strip_prefix('#').unwrap_or_default();
            match self.root.pointer(pointer) {
                Some(target) => schema = target,
                None => break,
            }
        }
        schema
    }

    /// Returns the alternatives of a schema; a value matches one of them.
    fn choices(self, schema: &'a Value, depth: usize) -> Vec<&'a Value> {
        let schema = self.resolve(schema);
        let lists = ["anyOf", "oneOf", "allOf"].into_iter();
        let nested = lists.filter_map(|key| schema[key].as_array());
        let nested: Vec<&Value> = nested.flatten().collect();
        if nested.is_empty() || depth >= MAX_DEPTH {
            return vec![schema];
        }
        let nested = nested.into_iter();
        let mut all: Vec<&Value> = nested.flat_map(|it| self.choices(it, depth + 1)).collect();
        all.push(schema);
        all
    }

    fn property(self, schema: &'a Value, name: &str) -> Option<&'a Value> {
        let mut choices = self.choices(schema, 0).into_iter();
        choices.find_map(|it| it["properties"].get(name))
    }

    fn names(self, schema: &'a Value) -> Vec<String> {
        let choices = self.choices(schema, 0).into_iter();
        let properties = choices.filter_map(|it| it["properties"].as_object());
        properties.flat_map(Map::keys).cloned().collect()
    }

    /// Returns whether an object may have fields that the schema does not name.
    fn is_open(self, schema: &'a Value) -> bool {
        let choices = self.choices(schema, 0);
        choices.iter().any(|it| {
            let additional = &it["additionalProperties"];
            additional == true || additional.is_object()
        }) || choices.iter().all(|it| it["properties"].is_null())
    }

    fn types(self, schema: &'a Value) -> Vec<&'a str> {
        let mut types = Vec::new();
        for choice in self.choices(schema, 0) {
            match &choice["type"] {
                Value::String(name) => types.push(name.as_str()),
                Value::Array(names) => types.extend(names.iter().filter_map(Value::as_str)),
                _ => {}
            }
        }
        types
    }

    fn is_list(self, schema: &'a Value) -> bool {
        self.types(schema).contains(&"array")
    }

    /// Converts text to a value of the schema. The error is the expected kind of value.
    pub(crate) fn convert(self, schema: &'a Value, text: &str) -> Result<Value, String> {
        let choices = self.choices(schema, 0);
        let listed = choices.iter().flat_map(|choice| {
            let values = choice["enum"].as_array().into_iter().flatten();
            values.chain(choice.get("const"))
        });
        let listed: Vec<&Value> = listed.filter(|value| !value.is_null()).collect();
        let as_text = |value: &Value| match value {
            Value::String(text) => text.clone(),
            value => value.to_string(),
        };
        if let Some(value) = listed.iter().find(|value| as_text(value) == text) {
            return Ok((*value).clone());
        }
        let types = self.types(schema);
        for name in ["null", "boolean", "integer", "number", "array", "object"] {
            if types.contains(&name)
                && let Some(value) = self.convert_to(name, schema, text)
            {
                return Ok(value);
            }
        }
        if !listed.is_empty() && (types.is_empty() || types.iter().all(|it| *it == "string")) {
            let values: Vec<String> = listed.iter().map(|it| as_text(it)).collect();
            return Err(format!("one of {}", values.join(", ")));
        }
        if types.is_empty() {
            return Ok(untyped(text));
        }
        if types.contains(&"string") {
            return Ok(text.into());
        }
        Err(expected(&types))
    }

    fn convert_to(self, name: &str, schema: &'a Value, text: &str) -> Option<Value> {
        match name {
            "null" => (text == "null").then_some(Value::Null),
            "boolean" => match text.to_ascii_lowercase().as_str() {
                "true" | "yes" | "y" | "on" | "1" => Some(true.into()),
                "false" | "no" | "n" | "off" | "0" => Some(false.into()),
                _ => None,
            },
            "integer" => {
                let unsigned = || text.parse::<u64>().ok().map(Value::from);
                text.parse::<i64>().ok().map(Value::from).or_else(unsigned)
            }
            "number" => Number::from_f64(text.parse().ok()?).map(Value::Number),
            "array" => match serde_json::from_str(text) {
                Ok(list @ Value::Array(_)) => Some(list),
                _ => {
                    let mut choices = self.choices(schema, 0).into_iter();
                    let item = choices.find_map(|it| it.get("items"));
                    let item = match item {
                        Some(item) => self.convert(item, text).ok()?,
                        None => untyped(text),
                    };
                    Some(vec![item].into())
                }
            },
            "object" => match serde_json::from_str(text) {
                Ok(object @ Value::Object(_)) => Some(object),
                _ => None,
            },
            _ => None,
        }
    }
}

/// Describes a value of these types.
fn expected(types: &[&str]) -> String {
    let describe = |name: &&str| match *name {
        "integer" => "a whole number",
        "number" => "a number",
        "boolean" => "`true` or `false`",
        "array" => "a list in JSON",
        "object" => "an object in JSON; set its fields with `key.field=value`",
        "null" => "`null`",
        _ => "text",
    };
    let types: Vec<&str> = types.iter().map(describe).collect();
    types.join(" or ")
}

/// Converts text without a schema: JSON, or the text itself.
fn untyped(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|_| text.into())
}

/// Returns the value of a pair; a list is added to the one of earlier pairs.
fn appended(current: Option<&Value>, value: Value, is_list: bool) -> Value {
    match (current, value) {
        (Some(Value::Array(first)), Value::Array(second)) if is_list => {
            first.iter().cloned().chain(second).collect()
        }
        (_, value) => value,
    }
}

fn lookup<'a>(arguments: &'a Map<String, Value>, path: &[String]) -> Option<&'a Value> {
    let (first, rest) = path.split_first()?;
    let first = arguments.get(first)?;
    rest.iter().try_fold(first, |value, part| value.get(part))
}

/// Sets the value at a path. The error is the part of the path that is not an object.
fn insert<'a>(
    arguments: &mut Map<String, Value>,
    path: &'a [String],
    value: Value,
) -> Result<(), &'a str> {
    let Some((last, parts)) = path.split_last() else {
        return Ok(());
    };
    let mut object = arguments;
    for part in parts {
        let field = object.entry(part).or_insert_with(|| Map::new().into());
        object = field.as_object_mut().ok_or(part.as_str())?;
    }
    object.insert(last.clone(), value);
    Ok(())
}

#[cfg(test)]
mod tests;
