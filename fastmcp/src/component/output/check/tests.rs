//! Mismatches of structured content, with their places.

use serde_json::json;

use super::*;

fn found(schema: Value, value: Value) -> Option<String> {
    let found = mismatch(schema.as_object().expect("an object"), &value)?;
    Some(format!("{}: {}", found.path, found.message))
}

#[test]
fn the_first_mismatch_is_named_with_its_place() {
    let schema = json!({
        "type": "object",
        "properties": {
            "items": { "type": "array", "items": { "$ref": "#/$defs/item" } },
            "pair": { "prefixItems": [{ "type": "string" }, { "type": "integer" }], "items": false },
            "shape": { "oneOf": [
                { "properties": { "kind": { "const": "a" } }, "required": ["kind"] },
                { "properties": { "kind": { "const": "b" }, "size": { "maximum": 3 } }, "required": ["kind"] },
            ] },
        },
        "required": ["items"],
        "additionalProperties": false,
        "$defs": { "item": { "type": ["object", "null"], "properties": { "id": { "type": "integer", "minimum": 1 } } } },
    });
    assert_eq!(
        found(
            schema.clone(),
            json!({ "items": [null, { "id": 1.0 }], "pair": ["a", 1] })
        ),
        None
    );
    for (value, expected) in [
        (
            json!({}),
            "items: the schema requires it, and it is missing",
        ),
        (
            json!({ "items": [7] }),
            "items[0]: expected object or null, got 7",
        ),
        (
            json!({ "items": [{ "id": 1 }, { "id": "x" }] }),
            "items[1].id: expected integer, got \"x\"",
        ),
        (
            json!({ "items": [{ "id": 0 }] }),
            "items[0].id: the schema has `minimum: 1`, got 0",
        ),
        (
            json!({ "items": [], "more": 1 }),
            "more: the schema does not list this field",
        ),
        (
            json!({ "items": [], "pair": ["a", 1, 2] }),
            "pair[2]: unexpected value, got 2",
        ),
        (
            json!({ "items": [], "shape": { "kind": "b", "size": 4 } }),
            "shape.size: the schema has `maximum: 3`, got 4",
        ),
        (
            json!({ "items": [], "shape": 7 }),
            "shape: expected exactly one form of `oneOf`, several match, got 7",
        ),
    ] {
        assert_eq!(found(schema.clone(), value).as_deref(), Some(expected));
    }
}

#[test]
fn unknown_keywords_and_patterns_pass_and_loops_end() {
    for schema in [
        json!({ "format": "email", "unevaluatedProperties": false, "x-more": 1 }),
        json!({ "pattern": "(?<=a)b" }),
        json!({ "patternProperties": { "(?<=a)b": { "type": "null" } }, "additionalProperties": false }),
        json!({ "$ref": "#" }),
        json!({ "$ref": "#/$defs/a", "$defs": { "a": { "$ref": "#/$defs/b" }, "b": { "$ref": "#/$defs/a" } } }),
        json!({ "$ref": "https://example.com/schema" }),
    ] {
        assert_eq!(found(schema, json!({ "b": "text" })), None);
    }
}
