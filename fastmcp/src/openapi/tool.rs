//! Makes the tools of the operations, and runs their calls.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use serde_json::{Map, Value};

use crate::call::argument_schema::ArgumentSchema;
use crate::call::host_arguments;
use crate::component::dynamic::DynamicTool;
use crate::component::output::check::mismatch;
use crate::component::output::tool_result::ToolResult;
use crate::error::{Result, ToolError};
use crate::middleware::request::ToolCall;
use crate::openapi::answer;
use crate::openapi::api::Api;
use crate::openapi::arguments::{Inputs, Target};
use crate::openapi::credential;
use crate::openapi::document::Document;
use crate::openapi::error::Fault;
use crate::openapi::listing::Listing;
use crate::openapi::operation::{Endpoint, Operation};
use crate::openapi::request::Draft;
use crate::openapi::results::Results;
use crate::openapi::wire_names::to_wire;

/// The longest description of a tool in characters, which all hosts show in full.
const MAX_DESCRIPTION: usize = 1_024;

/// An operation as a tool.
struct Tool {
    api: Arc<Api>,
    document: Arc<Document>,
    endpoint: Endpoint,
    inputs: Inputs,
    /// The address of the API.
    address: String,
    output: Option<Map<String, Value>>,
    checker: OnceLock<Checker>,
}

/// Checks the arguments of calls against the schema of the document. It is made at the first call, because the schemas
/// of all operations of a large document together take much memory.
struct Checker {
    /// With the definitions under `$defs`.
    root: Map<String, Value>,
    schema: ArgumentSchema,
}

/// Makes the tool of an operation.
pub(crate) fn of<'d>(
    api: &Arc<Api>,
    document: &'d Arc<Document>,
    listing: &mut Listing<'d>,
    results: &mut Results<'d>,
    endpoint: &Endpoint,
    name: String,
    address: String,
) -> Result<DynamicTool, Fault> {
    let inputs = Inputs::of(document, endpoint, |parameter| {
        credential::is_key(&api.schemes, parameter.place, &parameter.name)
            || api.sets_header(parameter)
    })?;
    let input_schema = listing.input(&inputs)?;
    let at = document.at(&endpoint.pointer);
    let output = at.and_then(|at| results.output(&at));
    let operation = endpoint.operation.clone();
    let tool = Arc::new(Tool {
        api: Arc::clone(api),
        document: Arc::clone(document),
        endpoint: endpoint.clone(),
        inputs,
        address,
        output: output.as_ref().and_then(Value::as_object).cloned(),
        checker: OnceLock::new(),
    });
    let mut made = DynamicTool::new(name, move |call: ToolCall| {
        let tool = Arc::clone(&tool);
        async move { tool.call(call).await }
    })
    .description(description(&operation))
    .input_schema(input_schema)
    .tags(operation.tags.iter().map(|it| interned(it)));
    if let Some(output) = output {
        made = made.output_schema(output);
    }
    if operation.is_read_only() {
        made = made.read_only();
    }
    Ok(match operation.method.as_str() {
        "PUT" | "DELETE" => made.idempotent().destructive(true),
        _ => made,
    })
}

/// Returns the summary and the description, or what else is known.
fn description(operation: &Operation) -> String {
    let parts = [&operation.summary, &operation.description];
    let mut text = String::new();
    for part in parts.into_iter().flatten().map(|it| it.trim()) {
        if part.is_empty() || text.contains(part) {
            continue;
        }
        if !text.is_empty() {
            text.push_str(if text.ends_with(['.', '!', '?']) {
                "\n\n"
            } else {
                ".\n\n"
            });
        }
        text.push_str(part);
    }
    if text.is_empty() {
        text = format!("Calls {} {} of the API.", operation.method, operation.path);
    }
    if operation.is_deprecated {
        text.insert_str(0, "Deprecated. ");
    }
    match text.char_indices().nth(MAX_DESCRIPTION - 1) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

/// Returns a tag that lives as long as the process, as those of attributes do. Each tag is kept once, so a program that
/// loads a document again does not grow.
fn interned(tag: &str) -> &'static str {
    static TAGS: Mutex<BTreeSet<&'static str>> = Mutex::new(BTreeSet::new());
    let mut tags = TAGS.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(tag) = tags.get(tag) {
        return tag;
    }
    let tag: &'static str = Box::leak(tag.to_owned().into_boxed_str());
    tags.insert(tag);
    tag
}

impl Tool {
    async fn call(&self, call: ToolCall) -> Result<ToolResult> {
        let arguments = self.checked(call.arguments().clone())?;
        let mut draft = Draft::new(
            &self.endpoint.operation,
            self.endpoint.body.as_ref(),
            &self.inputs.arguments,
            arguments,
        )?;
        self.api
            .authorize(&mut draft, &self.endpoint, &call)
            .await?;
        let operation = &self.endpoint.operation;
        let request = draft.into_request(&operation.method, &self.address, &self.api.headers)?;
        let (limit, timeout) = (self.api.max_response, self.api.timeout);
        match self.api.client.send(request, limit, timeout).await {
            Ok(answer) => Ok(answer::result(
                operation,
                &answer,
                self.output.as_ref(),
                limit,
            )),
            Err(error) => {
                let (method, path) = (&operation.method, &operation.path);
                tracing::warn!(method, path, %error, "a call of the API failed");
                Ok(ToolResult::error(format!(
                    "{method} {path}: the API cannot be used: {error}"
                )))
            }
        }
    }

    /// Returns the arguments as the API names them, or the first error.
    fn checked(&self, mut arguments: Map<String, Value>) -> Result<Map<String, Value>, ToolError> {
        let checker = self.checker()?;
        let known = checker.root.get("properties").and_then(Value::as_object);
        let is_known = |name: &str| known.is_some_and(|it| it.contains_key(name));
        arguments.retain(|name, _| is_known(name) || !host_arguments::is_added_by_host(name));
        // Strict hosts send null for what they leave out.
        let required = checker.root.get("required").and_then(Value::as_array);
        let is_required = |name: &str| required.is_some_and(|it| it.iter().any(|it| it == name));
        arguments.retain(|name, value| {
            !value.is_null() || is_required(name) || {
                let schema = known.and_then(|it| it.get(name));
                schema.is_some_and(|schema| self.takes_null(schema, name))
            }
        });
        if let Some(name) = arguments.keys().find(|name| !is_known(name)) {
            let names = known.into_iter().flat_map(Map::keys).map(String::as_str);
            let hint = crate::text::did_you_mean(crate::text::nearest(name, names));
            return Err(ToolError::new(format!("unknown argument `{name}`{hint}")));
        }
        let value = Value::Object(arguments);
        let value = checker.schema.reread(&value).unwrap_or(value);
        if let Some(found) = mismatch(&checker.root, &value) {
            return Err(ToolError::new(format!(
                "argument `{}`: {}",
                found.path, found.message
            )));
        }
        let Value::Object(arguments) = value else {
            return Err(ToolError::new("the arguments are not an object"));
        };
        let definitions = &checker.schema.definitions;
        let to_wire = |(name, value): (String, Value)| {
            let schema = known.and_then(|it| it.get(&name)).unwrap_or(&Value::Null);
            let value = to_wire(value, schema, definitions);
            (name, value)
        };
        Ok(arguments.into_iter().map(to_wire).collect())
    }

    /// Returns whether null is a value of its own: a property of the body that the API can set to null.
    fn takes_null(&self, schema: &Value, name: &str) -> bool {
        let mut arguments = self.inputs.arguments.iter();
        let argument = arguments.find(|it| it.name == name);
        let is_of_body = argument.is_some_and(|it| !matches!(it.target, Target::Parameter(_)));
        let allows_null = || match schema.get("type") {
            Some(Value::Array(kinds)) => kinds.iter().any(|it| it == "null"),
            Some(kind) => kind == "null",
            None => true,
        };
        is_of_body && allows_null()
    }

    fn checker(&self) -> Result<&Checker, ToolError> {
        if let Some(checker) = self.checker.get() {
            return Ok(checker);
        }
        let made = self.inputs.schema(&self.document);
        let made = made.map_err(|fault| ToolError::new(fault.to_string()))?;
        let mut root = made.root.clone();
        root.insert("$defs".to_owned(), made.definitions.clone().into());
        let schema = ArgumentSchema::new(Value::Object(made.root), made.definitions);
        Ok(self.checker.get_or_init(|| Checker { root, schema }))
    }
}
