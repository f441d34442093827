//! The listed schemas.

use fastmcp::mcp::Tool;
use serde_json::{Value, json};

use crate::stage::{api, document, start};

async fn listed(document: &Value) -> (Tool, Vec<&'static str>) {
    let (server, client) = start(api(document).base_url("http://127.0.0.1:9")).await;
    let tool = client.list_tools().await.unwrap().remove(0);
    let lints = server.lints().into_iter().map(|lint| lint.code).collect();
    (tool, lints)
}

async fn input(schema: Value) -> Value {
    let mut document = document(
        "post",
        "/",
        json!({ "requestBody": { "required": true, "content": { "application/json": {
            "schema": { "type": "object", "properties": { "x": schema } },
        } } } }),
    );
    document["components"] = json!({ "schemas": {
        "node": { "type": "object", "properties": {
            "id": { "type": "integer", "format": "int64", "readOnly": true },
            "name": { "type": "string", "example": "a", "xml": { "attribute": true } },
            "children": { "type": "array", "items": { "$ref": "#/components/schemas/node" } },
        }, "required": ["id", "name"] },
        "cat": { "type": "object", "required": ["kind"], "properties": {
            "kind": { "type": "string", "enum": ["cat"] }, "lives": { "type": "integer" } } },
        "dog": { "type": "object", "required": ["kind"], "properties": {
            "kind": { "type": "string", "enum": ["dog"] }, "bark": { "type": "boolean" } } },
    } });
    let (tool, _) = listed(&document).await;
    tool.input_schema["properties"]["x"].clone()
}

#[tokio::test]
async fn schemas_are_portable() {
    for (declared, expected) in [
        (
            json!({ "type": "string", "nullable": true }),
            json!({ "type": "string" }),
        ),
        (
            json!({ "type": ["integer", "null"], "example": 1 }),
            json!({ "type": "integer" }),
        ),
        (
            json!({ "type": "string", "enum": ["a", "b"], "nullable": true, "title": "T" }),
            json!({ "type": "string", "enum": ["a", "b"] }),
        ),
        (
            json!({ "nullable": true, "allOf": [{ "type": "string" }] }),
            json!({ "type": "string" }),
        ),
        (
            json!({ "type": "integer", "minimum": 0, "exclusiveMinimum": true }),
            json!({ "type": "integer", "minimum": 1, "description": "At least 1." }),
        ),
    ] {
        assert_eq!(input(declared.clone()).await, expected, "{declared}");
    }
}

#[tokio::test]
async fn references_are_inlined_and_recursion_ends() {
    let node = input(json!({ "$ref": "#/components/schemas/node" })).await;
    let text = node.to_string();
    assert!(!text.contains("$ref") && !text.contains("$defs"), "{text}");
    assert!(
        !text.contains("\"id\""),
        "read-only properties are not sent: {text}"
    );
    assert_eq!(node["required"], json!(["name"]));
    assert_eq!(node["properties"]["name"], json!({ "type": "string" }));
    let children = &node["properties"]["children"]["items"]["properties"]["children"];
    assert_eq!(children["type"], "array");
}

#[tokio::test]
async fn a_choice_with_a_tag_is_one_object() {
    let choice = input(json!({
        "oneOf": [{ "$ref": "#/components/schemas/cat" }, { "$ref": "#/components/schemas/dog" }],
        "discriminator": { "propertyName": "kind" },
    }))
    .await;
    assert_eq!(choice["type"], "object");
    assert_eq!(choice["properties"]["kind"]["enum"], json!(["cat", "dog"]));
    assert!(choice["properties"]["lives"].is_object() && choice["properties"]["bark"].is_object());
}

#[tokio::test]
async fn large_schemas_are_cut_at_a_level() {
    let leaf = json!({ "type": "object", "properties": { "text": {
        "type": "string", "description": "a long description ".repeat(10),
    } } });
    let mut schema = leaf;
    for _ in 0..4 {
        let properties: serde_json::Map<String, Value> = (0..5)
            .map(|index| (format!("p{index}"), schema.clone()))
            .collect();
        schema = json!({ "type": "object", "properties": properties });
    }
    let listed = input(schema).await;
    assert!(listed.to_string().len() < 16_384);
    assert!(listed["properties"]["p0"]["type"] == "object", "{listed}");
}

#[tokio::test]
async fn no_tool_breaks_a_rule_that_hosts_enforce() {
    let document = json!({ "openapi": "3.0.3", "paths": { "/a/{$id}": { "post": {
        "operationId": "Things: create/a thing (v2)!".repeat(4),
        "description": "d".repeat(5_000),
        "parameters": [{ "name": "$id", "in": "path", "required": true, "schema": { "type": "string" } }],
        "requestBody": { "required": true, "content": { "application/json": { "schema": {
            "oneOf": [{ "type": "object", "properties": { "bad name": { "type": "array" } } }, { "type": "string" }],
        } } } },
    } } } });
    let (tool, _) = listed(&document).await;
    let is_legal = |name: &str| {
        name.bytes()
            .all(|it| it.is_ascii_alphanumeric() || b"_-".contains(&it))
    };
    assert!(
        is_legal(&tool.name) && tool.name.len() <= 64,
        "{}",
        tool.name
    );
    assert!(tool.description.as_ref().unwrap().chars().count() <= 1_024);
    let schema = Value::Object((*tool.input_schema).clone());
    assert_eq!(schema["type"], "object");
    let text = schema.to_string();
    for refused in [
        "oneOf",
        "$ref",
        "\"$id\"",
        "bad name",
        "x-wire-name",
        "nullable",
    ] {
        assert!(!text.contains(refused), "{refused}: {text}");
    }
}

#[tokio::test]
async fn an_output_schema_requires_nothing() {
    let mut document = document(
        "get",
        "/",
        json!({ "responses": { "201": { "content": { "application/json": { "schema": {
            "$ref": "#/components/schemas/page",
        } } } } } }),
    );
    document["components"] = json!({ "schemas": { "page": {
        "allOf": [{ "type": "object", "properties": { "next": { "$ref": "#/components/schemas/page" } } }],
        "required": ["items"],
        "properties": {
            "items": { "type": "array", "items": { "type": "string", "format": "uri", "pattern": "^h" } },
            "total": { "type": "integer", "minimum": 0 },
            "secret": { "type": "string", "writeOnly": true },
            "any": { "oneOf": [{ "type": "string" }, { "type": "object" }] },
        },
    } } });
    let (tool, _) = listed(&document).await;
    let output = Value::Object((**tool.output_schema.as_ref().unwrap()).clone());
    assert_eq!(output["type"], "object");
    assert_eq!(output["required"], Value::Null);
    let items = json!({ "type": ["array", "null"], "items": { "type": ["string", "null"] } });
    assert_eq!(output["properties"]["items"], items);
    assert_eq!(
        output["properties"]["total"],
        json!({ "type": ["number", "null"] })
    );
    assert_eq!(output["properties"]["secret"], Value::Null);
    assert_eq!(output["properties"]["any"], json!({}));
    assert!(output["properties"]["next"]["properties"]["next"].is_object());
}
