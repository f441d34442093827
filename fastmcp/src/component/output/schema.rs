//! [`OutputSchema`]: the schema of a tool's structured content, and the conversion of values into it.

use std::sync::{Arc, OnceLock};

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::call::argument_schema::ArgumentSchema;
use crate::call::error::CallError;
use crate::call::portable::lint::SchemaLint;
use crate::call::portable::numbers::wide_as_text;
use crate::call::portable::schemas::{SchemaForm, Schemas, WideIntegers};
use crate::call::portable::{defect, output};
use crate::call::schema_generator::output_generator;
use crate::call::{finite, schema};
use crate::component::output::check;
use crate::component::output::check::Mismatch;
use crate::component::output::tool_result::ToolResult;
use crate::mcp::ContentBlock;

/// The key of an output schema whose values are wrapped as `{"result": …}`.
const WRAPPED: &str = "x-fastmcp-wrap-result";

/// The schema of a tool's structured content. It is generated on first use, because schemars cannot
/// generate schemas in constants.
#[doc(hidden)]
pub struct OutputSchema {
    generate: Option<fn() -> Value>,
    origin: Origin,
    built: OnceLock<Built>,
    /// The same with integers of 64 bits as text.
    built_with_text: OnceLock<Built>,
    /// The schema with the formats of numbers, to find these integers in values.
    typed: OnceLock<Option<ArgumentSchema>>,
}

/// The origin of an output schema.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Origin {
    /// The type that the function returns.
    Returned,
    /// The type that the attribute names.
    DeclaredType,
    /// The JSON in the attribute.
    DeclaredJson,
}

#[derive(Default)]
struct Built {
    /// The schema in both forms, if there is one.
    listed: Option<Forms>,
    /// `true` if values are wrapped as `{"result": …}`. If it is `None`, the type does not determine
    /// this, and all values except objects are wrapped.
    wraps: Option<bool>,
    lint: Option<SchemaLint>,
    /// The problem with the type.
    defect: Option<String>,
}

/// A schema in all forms of [`Schemas`].
struct Forms {
    exact: Arc<Map<String, Value>>,
    portable: Arc<Map<String, Value>>,
}

impl OutputSchema {
    /// Creates the schema of a value type. `generate` is `None` if the type has no schema.
    pub const fn new(generate: Option<fn() -> Value>) -> Self {
        Self::with(generate, Origin::Returned)
    }

    /// Creates the schema of a type that the attribute names.
    pub const fn declared_type(generate: fn() -> Value) -> Self {
        Self::with(Some(generate), Origin::DeclaredType)
    }

    /// Creates the schema that the attribute sets.
    pub const fn declared(generate: fn() -> Value) -> Self {
        Self::with(Some(generate), Origin::DeclaredJson)
    }

    const fn with(generate: Option<fn() -> Value>, origin: Origin) -> Self {
        Self {
            generate,
            origin,
            built: OnceLock::new(),
            built_with_text: OnceLock::new(),
            typed: OnceLock::new(),
        }
    }

    fn built(&self, wide_integers: WideIntegers) -> &Built {
        let built = match wide_integers {
            WideIntegers::Number => &self.built,
            WideIntegers::Text => &self.built_with_text,
        };
        built.get_or_init(|| {
            // `{}` and `true` are the schemas of any value, so there is no schema to list.
            let generated = self.generate.map(|generate| generate());
            let Some(Value::Object(mut schema)) = generated else {
                return Built::default();
            };
            if schema.is_empty() && self.origin == Origin::Returned {
                return Built::default();
            }
            if wide_integers == WideIntegers::Text {
                wide_as_text(&mut schema);
            }
            let (lint, defect) = (
                output::wide_integer(&schema),
                defect::of_type(&schema, None),
            );
            if self.origin != Origin::DeclaredJson {
                schema::replace_formats(&mut schema);
            }
            let (schema, wraps) = match self.origin {
                Origin::Returned => object_schema(schema),
                Origin::DeclaredType | Origin::DeclaredJson => (schema, false),
            };
            Built {
                listed: Some(Forms::new(schema)),
                wraps: Some(wraps),
                lint,
                defect,
            }
        })
    }

    /// Returns the schema for `tools/list`.
    pub(crate) fn schema(&self, form: SchemaForm) -> Option<Arc<Map<String, Value>>> {
        let forms = self.built(form.wide_integers).listed.as_ref()?;
        Some(Arc::clone(match form.schemas {
            Schemas::Portable => &forms.portable,
            Schemas::Exact => &forms.exact,
        }))
    }

    /// Returns the part of the schema that clients may misread.
    pub(crate) fn lint(&self, form: SchemaForm) -> Option<&SchemaLint> {
        self.built(form.wide_integers).lint.as_ref()
    }

    /// Returns the problem with the type, or with the schema that the attribute sets.
    pub(crate) fn defect(&self) -> Option<String> {
        if let Some(defect) = &self.built(WideIntegers::Number).defect {
            return Some(format!("its result: {defect}"));
        }
        let generate = self.generate.filter(|_| self.origin != Origin::Returned)?;
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
        self.structured_json(finite::to_value(value)?)
    }

    fn structured_json(&self, value: Value) -> Result<ToolResult, CallError> {
        let text = serde_json::to_string(&value)?;
        let wraps = self
            .built(WideIntegers::Number)
            .wraps
            .unwrap_or(!value.is_object());
        if !wraps && !value.is_object() {
            let message = format!("the output schema requires an object, got {text}");
            return Err(CallError::Output(serde::ser::Error::custom(message)));
        }
        let object = if wraps {
            // Not with `json!`, which copies the value.
            Value::Object(Map::from_iter([("result".to_owned(), value)]))
        } else {
            value
        };
        Ok(ToolResult::text(text).with_structured_content(object))
    }

    /// Returns the difference between a result and the listed schema, with the fix.
    pub(crate) fn mismatch(&self, form: SchemaForm, result: &ToolResult) -> Option<String> {
        let schema = self.schema(form)?;
        let fix = match self.origin {
            Origin::Returned => {
                "make `JsonSchema` and `Serialize` of the result agree, for example by deriving both, \
                 or set an `output_schema`"
            }
            Origin::DeclaredType | Origin::DeclaredJson => {
                "correct the value, or the `output_schema` of the tool"
            }
        };
        let Some(value) = &result.structured_content else {
            return Some(format!(
                "it lists an output schema, and its result has no structured content, so clients \
                 refuse the result: {fix}"
            ));
        };
        let Mismatch { path, message } = check::mismatch(&schema, value)?;
        let place = if path.is_empty() {
            "its structured content".to_owned()
        } else {
            format!("`{path}` in its structured content")
        };
        Some(format!(
            "{place} does not match its output schema, so clients refuse the result: {message}; {fix}"
        ))
    }

    /// Writes the integers of 64 bits in structured content as text, and in the text of the same value.
    pub(crate) fn with_text_integers(&self, mut result: ToolResult) -> ToolResult {
        let typed = self.typed.get_or_init(|| {
            let generated = self.generate.map(|generate| generate());
            let Some(Value::Object(mut schema)) = generated else {
                return None;
            };
            if self.wraps() {
                schema = object_schema(schema).0;
            }
            let definitions = match schema.get("$defs") {
                Some(Value::Object(definitions)) => definitions.clone(),
                _ => Map::new(),
            };
            Some(ArgumentSchema::new(schema.into(), definitions))
        });
        let (Some(typed), Some(value)) = (typed, &result.structured_content) else {
            return result;
        };
        let Some(written) = typed.wide_as_text(value) else {
            return result;
        };
        let text_of = |value: &Value| match value.get("result").filter(|_| self.wraps()) {
            Some(value) => value.to_string(),
            None => value.to_string(),
        };
        let before = ContentBlock::text(text_of(value));
        for block in result.content.iter_mut().filter(|block| **block == before) {
            *block = ContentBlock::text(text_of(&written));
        }
        result.structured_content = Some(written);
        result
    }

    /// Returns `true` if values are wrapped as `{"result": …}` whatever they are.
    fn wraps(&self) -> bool {
        self.built(WideIntegers::Number).wraps == Some(true)
    }
}

impl Forms {
    fn new(exact: Map<String, Value>) -> Self {
        let mut portable = exact.clone();
        output::output(&mut portable);
        Self {
            exact: Arc::new(exact),
            portable: Arc::new(portable),
        }
    }
}

/// Returns the schema of `T`, with the definitions that could not be inlined. The formats of numbers
/// stay, because they tell the size of an integer.
#[doc(hidden)]
pub fn schema_of<T: JsonSchema>() -> Value {
    let mut generator = output_generator();
    let mut value = generator.subschema_for::<T>().to_value();
    if let Value::Object(schema) = &mut value {
        schema::add_definitions(schema, generator);
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
    // The client of Python's FastMCP unwraps values whose schema has this key.
    wrapper.insert(WRAPPED.into(), true.into());
    if let Some(definitions) = definitions {
        wrapper.insert("$defs".into(), definitions);
    }
    (wrapper, true)
}
