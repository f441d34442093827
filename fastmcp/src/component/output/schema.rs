//! The schema of what a tool returns, and the structured content that keeps to it.

use std::sync::{Arc, OnceLock};

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::call::error::CallError;
use crate::call::{finite, schema};
use crate::component::output::ToolResult;

/// The schema of a tool's structured content: made when it is first asked for, and then kept.
#[doc(hidden)]
pub struct OutputSchema {
    make: Option<fn() -> Value>,
    /// Whether the attribute gives it, in the place of the type's.
    is_declared: bool,
    built: OnceLock<Built>,
}

struct Built {
    /// What clients are told.
    schema: Option<Arc<Map<String, Value>>>,
    /// Whether values are wrapped as `{"result": …}`; where the schema does not tell, each value
    /// that is no object is.
    wraps: Option<bool>,
}

impl OutputSchema {
    /// The schema of the value type, if it has one.
    pub const fn new(make: Option<fn() -> Value>) -> Self {
        Self {
            make,
            is_declared: false,
            built: OnceLock::new(),
        }
    }

    /// The schema that the attribute gives.
    pub const fn declared(make: fn() -> Value) -> Self {
        Self {
            make: Some(make),
            is_declared: true,
            built: OnceLock::new(),
        }
    }

    fn built(&self) -> &Built {
        self.built.get_or_init(|| {
            let of_any = Built {
                schema: None,
                wraps: None,
            };
            match self.make.map(|make| make()) {
                Some(Value::Object(schema)) if self.is_declared => Built {
                    schema: Some(Arc::new(schema)),
                    wraps: Some(false),
                },
                // `{}` and `true` are the schema of anything: there is nothing to tell.
                Some(Value::Object(schema)) if !schema.is_empty() => {
                    let (schema, wraps) = object_schema(schema);
                    Built {
                        schema: Some(Arc::new(schema)),
                        wraps: Some(wraps),
                    }
                }
                _ => of_any,
            }
        })
    }

    /// What `tools/list` says.
    pub(crate) fn schema(&self) -> Option<Arc<Map<String, Value>>> {
        self.built().schema.clone()
    }

    /// Why a schema that the attribute gives is none.
    pub(crate) fn defect(&self) -> Option<String> {
        let make = self.make.filter(|_| self.is_declared)?;
        let schema = make();
        let is_object = schema.get("type").is_some_and(|kind| kind == "object");
        (!is_object).then(|| {
            format!(
                "its `output_schema` has to describe an object: write `\"type\": \"object\"` at \
                 its root; it is {schema}"
            )
        })
    }

    /// The result that holds `value` as structured content, and as text.
    pub(crate) fn structured(&self, value: &impl Serialize) -> Result<ToolResult, CallError> {
        let value = finite::to_value(value)?;
        let text = serde_json::to_string(&value)?;
        let wraps = self.built().wraps.unwrap_or(!value.is_object());
        if !wraps && !value.is_object() {
            let message = format!("its output schema promises an object, and it is {text}");
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

/// The schema of the values of `T`, with the definitions that could not be inlined.
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

fn is_object(schema: &Map<String, Value>) -> bool {
    let none = Map::new();
    let definitions = schema.get("$defs").and_then(Value::as_object);
    schema::is_object(schema, definitions.unwrap_or(&none))
}

/// The schema of an object: of the value itself, or of `{"result": …}` around it.
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
