//! Documents with faults.

use fastmcp::FastMcp;
use fastmcp::openapi::{OpenApi, OpenApiError, SkipReason};
use serde_json::{Value, json};

use crate::stage::{api, document};

fn error(text: &str) -> String {
    OpenApi::new(text).unwrap_err().to_string()
}

#[test]
fn a_text_that_is_no_document_is_an_error_with_the_fix() {
    for (text, expected) in [
        (
            "openapi: 3.1.0\npaths: {}\n",
            "the OpenAPI document is not JSON: expected value (line 1, column 1); convert YAML to JSON, or parse it \
             and call `OpenApi::from_value`",
        ),
        (
            "{\"openapi\": \"3.1.0\",\n \"paths\": {\"/a\": }}",
            "the OpenAPI document is not JSON: expected value (line 2, column 18); convert YAML to JSON, or parse it \
             and call `OpenApi::from_value`",
        ),
        (
            "[]",
            "the OpenAPI document is invalid at ``: it is not an object; pass the whole document",
        ),
        (
            r#"{"swagger": "2.0", "paths": {}}"#,
            "the OpenAPI document has the version Swagger 2.0, and 3.0 and 3.1 are supported: convert it, for \
             example with `npx swagger2openapi`",
        ),
        (
            r#"{"openapi": "4.0.0"}"#,
            "the OpenAPI document has the version `4.0.0`, and 3.0 and 3.1 are supported: convert it, for example \
             with `npx swagger2openapi`",
        ),
        (
            r#"{"openapi": "3.1.0", "webhooks": {}}"#,
            "the OpenAPI document is invalid at `/paths`: it is missing or not an object; without paths, there are \
             no tools",
        ),
    ] {
        assert_eq!(error(text), expected);
    }
    assert!(OpenApi::new("\u{feff}{\"openapi\": \"3.0.4\", \"paths\": {}}").is_ok());
}

#[test]
fn a_text_that_is_too_large_or_too_deep_is_an_error() {
    let large = format!("{{\"openapi\": \"{}\"}}", "3".repeat(50_000_000));
    let error = OpenApi::new(&large).unwrap_err();
    assert!(
        matches!(
            error,
            OpenApiError::TooLarge {
                bytes: 50_000_015,
                ..
            }
        ),
        "{error}"
    );
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    assert!(matches!(
        OpenApi::new(&deep),
        Err(OpenApiError::Json { .. })
    ));
}

fn skipped(document: &Value) -> String {
    let api = api(document);
    let skipped: Vec<String> = api.skipped().iter().map(ToString::to_string).collect();
    skipped.join("\n")
}

#[test]
fn a_fault_of_an_operation_names_its_place_and_the_fix() {
    let parameter = |name: &str, place: &str| json!({ "name": name, "in": place, "schema": {} });
    for (operation, expected) in [
        (
            json!({ "parameters": [{ "$ref": "#/components/parameters/gone" }] }),
            "`/paths/~1a/post/parameters/0`: its `$ref` names `#/components/parameters/gone`, which the document does \
             not have; add it, or correct the name",
        ),
        (
            json!({ "parameters": [{ "$ref": "common.yaml#/limit" }] }),
            "`/paths/~1a/post/parameters/0`: its `$ref` names another document, `common.yaml#/limit`, which is not \
             loaded: bundle the document first, for example with `npx @redocly/cli bundle`",
        ),
        (
            json!({ "parameters": [parameter("n", "query"), parameter("n", "query")] }),
            "`/paths/~1a/post/parameters/1`: a second parameter `n` in the query: remove one of them",
        ),
        (
            json!({ "parameters": [parameter("id", "path")] }),
            "`/paths/~1a/post/parameters/0`: the parameter `id` is in the path, and the path has no `{id}`",
        ),
        (
            json!({ "parameters": [parameter("n", "body")] }),
            "`/paths/~1a/post/parameters/0`: the parameter's `in` is not `path`, `query`, `header` or `cookie`",
        ),
        (
            json!({ "parameters": [{ "name": "n", "in": "query", "style": "matrix" }] }),
            "`/paths/~1a/post/parameters/0`: a parameter in the query cannot have the style `matrix`",
        ),
        (
            json!({ "requestBody": { "content": { "application/json": { "schema": { "$ref": "#/x" } } } } }),
            "`/paths/~1a/post/requestBody/content/application~1json/schema`: its `$ref` names `#/x`, which the \
             document does not have; add it, or correct the name",
        ),
        (
            json!({ "parameters": [{ "name": "n", "in": "query", "schema": [] }] }),
            "`/paths/~1a/post/parameters/0/schema`: the schema is not an object",
        ),
    ] {
        let document = document("post", "/a", operation);
        let expected = format!("POST /a: the OpenAPI document is invalid at {expected}");
        assert_eq!(skipped(&document), expected);
    }
    let missing = document("get", "/{id}", json!({}));
    assert_eq!(
        skipped(&missing),
        "GET /{id}: the OpenAPI document is invalid at `/paths/~1{id}`: the path has `{id}`, and no parameter declares \
         it; add one"
    );
}

#[test]
fn references_in_a_circle_end() {
    let circle = json!({
        "openapi": "3.1.0",
        "paths": {
            "/a": { "$ref": "#/paths/~1b" },
            "/b": { "$ref": "#/paths/~1a" },
            "/c": { "get": { "parameters": [{ "$ref": "#/components/parameters/x" }] } },
            "/d": { "post": { "requestBody": { "content": { "application/json": {
                "schema": { "$ref": "#/components/schemas/x" },
            } } } } },
        },
        "components": {
            "parameters": { "x": { "$ref": "#/components/parameters/x" } },
            "schemas": { "x": { "$ref": "#/components/schemas/x" } },
        },
    });
    let skipped = skipped(&circle);
    assert_eq!(
        skipped
            .matches("lead from one to the next without an end")
            .count(),
        4,
        "{skipped}"
    );
}

/// Any value at any place: an error or a reason, and no panic.
#[test]
fn no_document_causes_a_panic() {
    let valid = json!({
        "openapi": "3.1.0",
        "servers": [{ "url": "https://{r}.example.com", "variables": { "r": { "default": "eu" } } }],
        "security": [{ "key": [] }],
        "paths": { "/a/{id}": {
            "parameters": [{ "name": "id", "in": "path", "required": true, "schema": { "type": "string" } }],
            "post": {
                "operationId": "a", "tags": ["t"], "summary": "s",
                "parameters": [{ "name": "q", "in": "query", "content": { "application/json": { "schema": {} } } }],
                "requestBody": { "required": true, "content": { "application/x-www-form-urlencoded": {
                    "schema": { "allOf": [{ "$ref": "#/components/schemas/s" }], "properties": { "x": {} } },
                    "encoding": { "x": { "style": "deepObject", "contentType": "text/plain" } },
                } } },
                "responses": { "200": { "content": { "application/json": {
                    "schema": { "type": "object", "properties": { "s": { "$ref": "#/components/schemas/s" } } },
                } } } },
            },
        } },
        "components": {
            "schemas": { "s": { "type": "object", "required": ["n"], "properties": {
                "n": { "type": "array", "items": { "$ref": "#/components/schemas/s" } },
                "@m": { "type": "string", "enum": ["a"], "nullable": true },
            } } },
            "securitySchemes": { "key": { "type": "apiKey", "in": "query", "name": "k" } },
        },
    });
    let mut places = Vec::new();
    collect(&valid, String::new(), &mut places);
    assert!(places.len() > 60);
    let wrong = [
        json!(null),
        json!(true),
        json!(-1),
        json!(""),
        json!("#/paths"),
        json!([]),
        json!([null]),
        json!({}),
        json!({ "$ref": "#" }),
        json!({ "$ref": "#/paths/~1a~1{id}/post" }),
        json!({ "a": { "a": [] } }),
    ];
    let mut usable = 0;
    for place in &places {
        for value in &wrong {
            let mut document = valid.clone();
            if let Some(at) = document.pointer_mut(place) {
                *at = value.clone();
            }
            if let Ok(api) = OpenApi::from_value(document) {
                // A client of its own reads the certificates of the machine at each start.
                let api =
                    api.client(|_| async { Err(fastmcp::ToolError::new("no request").into()) });
                usable += api.operations().count();
                let _ = format!("{api:?} {:?}", api.skipped());
                // The tools are made at the start.
                let runtime = tokio::runtime::Builder::new_current_thread()
                    .enable_all()
                    .build();
                let start = FastMcp::new("api").openapi(api).start();
                if let Ok(server) = runtime.unwrap().block_on(start) {
                    let _ = server.lints();
                }
            }
        }
    }
    assert!(usable > 100, "{usable}");
}

fn collect(value: &Value, place: String, places: &mut Vec<String>) {
    let escaped = |name: &str| name.replace('~', "~0").replace('/', "~1");
    match value {
        Value::Object(members) => {
            for (name, value) in members {
                collect(value, format!("{place}/{}", escaped(name)), places);
            }
        }
        Value::Array(items) => {
            for (index, value) in items.iter().enumerate() {
                collect(value, format!("{place}/{index}"), places);
            }
        }
        _ => {}
    }
    places.push(place);
}

#[tokio::test]
async fn a_strict_api_has_no_operation_left_out() {
    let document = document("trace", "/a", json!({}));
    let start = |api| FastMcp::new("api").openapi(api).start();
    assert!(start(api(&document)).await.is_ok());
    let error = start(api(&document).strict()).await.err().unwrap();
    assert_eq!(
        error.to_string(),
        "1 operations cannot become tools, the first is TRACE /a: a tool cannot send TRACE requests: correct the \
         document, or leave the operation out with `OpenApi::select`"
    );
}

#[tokio::test]
async fn an_optional_parameter_of_another_media_type_is_left_out_alone() {
    let content = json!({ "application/xml": { "schema": {} } });
    let operation = |required: bool| {
        let declared =
            json!({ "name": "x", "in": "query", "required": required, "content": content });
        api(&document("get", "/", json!({ "parameters": [declared] })))
    };
    let optional = operation(false);
    assert_eq!(optional.operations().count(), 1);
    assert_eq!(optional.skipped()[0].parameter.as_deref(), Some("x"));
    let required = operation(true);
    assert_eq!(required.operations().count(), 0);
    let reason = SkipReason::Parameter("application/xml".to_owned());
    assert_eq!(required.skipped()[0].reason, reason);
}
