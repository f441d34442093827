//! [`OutputSchema`]: the schema of a tool's structured content, and the conversion of values into it.

use std::sync::{Arc, OnceLock};

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::call::error::CallError;
use crate::call::{finite, schema};
use crate::component::output::tool_result::ToolResult;

/// The schema of a tool's structured content. It is generated on first use, because schemars cannot
/// generate schemas in constants.
#[doc(hidden)]
pub struct OutputSchema {
    generate: Option<fn() -> Value>,
    /// `true` if the attribute sets the schema, `false` if it is derived from the type.
    is_declared: bool,
    built: OnceLock<Built>,
}

struct Built {
    /// The schema that clients see.
    schema: Option<Arc<Map<String, Value>>>,
    /// `true` if values are wrapped as `{"result": …}`. If it is `None`, the type does not determine
    /// this, and all values except objects are wrapped.
    wraps: Option<bool>,
}

impl OutputSchema {
    /// Creates the schema of a value type. `generate` is `None` if the type has no schema.
    pub const fn new(generate: Option<fn() -> Value>) -> Self {
        Self {
            generate,
            is_declared: false,
            built: OnceLock::new(),
        }
    }

    /// Creates the schema that the attribute sets.
    pub const fn declared(generate: fn() -> Value) -> Self {
        Self {
            generate: Some(generate),
            is_declared: true,
            built: OnceLock::new(),
        }
    }

    fn built(&self) -> &Built {
        self.built.get_or_init(|| {
            let any_value = Built {
                schema: None,
                wraps: None,
            };
            match self.generate.map(|generate| generate()) {
                Some(Value::Object(schema)) if self.is_declared => Built {
                    schema: Some(Arc::new(schema)),
                    wraps: Some(false),
                },
                // The schemas `{}` and `true` allow any value, so they are not listed.
                Some(Value::Object(schema)) if !schema.is_empty() => {
                    let (schema, wraps) = object_schema(schema);
                    Built {
                        schema: Some(Arc::new(schema)),
                        wraps: Some(wraps),
                    }
                }
                _ => any_value,
            }
        })
    }

    /// Returns the schema for `tools/list`.
    pub(crate) fn schema(&self) -> Option<Arc<Map<String, Value>>> {
        self.built().schema.clone()
    }

    /// Returns the problem with a schema that the attribute sets, if there is one.
    pub(crate) fn defect(&self) -> Option<String> {
        let generate = self.generate.filter(|_| self.is_declared)?;
        let schema = generate();
        let is_object = schema.get("type").is_some_and(|kind| kind == "object");
        (!is_object).then(|| {
            format!(
                "its `output_schema` must describe an object, with `\"type\": \"object\"` at its \
                 root; got {schema}"
            )
        })
    }

    /// Converts a value into a result with structured content and the same value as text.
    pub(crate) fn structured(&self, value: &impl Serialize) -> Result<ToolResult, CallError> {
        let value = finite::to_value(value)?;
        let text = serde_json::to_string(&value)?;
        let wraps = self.built().wraps.unwrap_or(!value.is_object());
        if !wraps && !value.is_object() {
            let message = format!("the output schema requires an object, got {text}");
            return Err(CallError::Output(serde::ser::Error::custom(message)));
        }
        let object = if wraps {
            json!({ "result": value })
        } else {
            value
        };
        Ok(ToolResult::text(text).with_structured_content(object))
    }
}

/// Returns the schema of `T`, with the definitions that could not be inlined.
#[doc(hidden)]
pub fn schema_of<T: JsonSchema>() -> Value {
    let mut generator = schema::generator();
    let mut value = generator.subschema_for::<T>().to_value();
    if let Value::Object(schema) = &mut value {
        schema::finish(schema, generator);
        if !schema.contains_key("type") && is_object(schema) {
            schema.insert("type".into(), "object".into());
        }
    }
    value
}

/// Returns `true` if all values of the schema are objects.
fn is_object(schema: &Map<String, Value>) -> bool {
    let empty = Map::new();
    let definitions = schema.get("$defs").and_then(Value::as_object);
    schema::is_object(schema, definitions.unwrap_or(&empty))
}

/// Returns a schema that describes an object: `schema` itself, or the schema of `{"result": …}`.
/// The second value is `true` for the latter.
fn object_schema(mut schema: Map<String, Value>) -> (Map<String, Value>, bool) {
    if schema.get("type").is_some_and(|kind| kind == "object") {
        return (schema, false);
    }
    let definitions = schema.remove("$defs");
    let mut wrapper = Map::new();
    wrapper.insert("type".into(), "object".into());
    wrapper.insert("properties".into(), json!({ "result": schema }));
    wrapper.insert("required".into(), json!(["result"]));
    if let Some(definitions) = definitions {
        wrapper.insert("$defs".into(), definitions);
    }
    (wrapper, true)
}
