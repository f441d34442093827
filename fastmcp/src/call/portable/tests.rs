//! Unit tests of the rewriter, on schemas as schemars makes them.

use schemars::{JsonSchema, schema_for};
use serde_json::{Map, Value, json};

use crate::call::portable::lint::SchemaLint;
use crate::call::portable::rewrite::input;
use crate::call::portable::rules::{self, Remedy};

mod choices;

fn listed<T: JsonSchema>() -> (Value, Vec<SchemaLint>) {
    rewritten(schema_for!(T).to_value())
}

fn rewritten(schema: Value) -> (Value, Vec<SchemaLint>) {
    let Value::Object(mut schema) = schema else {
        panic!("not an object");
    };
    let lints = input(&mut schema);
    for lint in &lints {
        assert!(rules::find(lint.code).is_some(), "{lint:?} names no rule");
    }
    (Value::Object(schema), lints)
}

#[allow(dead_code, reason = "only its schema is read")]
#[derive(JsonSchema)]
enum Size {
    Small,
    /// As usual
    Medium,
}

#[allow(dead_code, reason = "only its schema is read")]
#[derive(JsonSchema)]
struct Node {
    name: String,
    children: Vec<Node>,
}

#[allow(dead_code, reason = "only its schema is read")]
#[derive(JsonSchema)]
struct Everything {
    title: Option<String>,
    limits: Option<Vec<u8>>,
    size: Option<Size>,
    point: (f64, f64),
    pair: Option<(String, i64)>,
    anything: Value,
    list: Vec<Value>,
    map: std::collections::BTreeMap<String, Value>,
    by_number: std::collections::BTreeMap<u64, bool>,
    tree: Node,
}

#[test]
fn options_lose_null_and_stay_optional() {
    let (schema, _) = listed::<Everything>();
    assert_eq!(schema["properties"]["title"], json!({ "type": "string" }));
    assert_eq!(schema["properties"]["limits"]["type"], "array");
    let size = &schema["properties"]["size"];
    assert_eq!(size["type"], "string");
    assert_eq!(size["enum"], json!(["Small", "Medium"]));
    assert!(
        !schema["required"]
            .as_array()
            .unwrap()
            .contains(&json!("title"))
    );
    assert!(!schema.to_string().contains("null"));
}

#[test]
fn a_property_named_title_stays() {
    let (schema, _) = rewritten(
        json!({ "title": "X", "type": "object", "properties": { "title": { "title": "T", "type": "string" } } }),
    );
    assert_eq!(
        schema,
        json!({ "type": "object", "properties": { "title": { "type": "string" } } })
    );
}

#[test]
fn documented_variants_are_lines_of_the_description() {
    let (schema, lints) = listed::<Size>();
    assert_eq!(
        schema,
        json!({ "type": "string", "enum": ["Small", "Medium"], "description": "- `Medium`: As usual" })
    );
    assert!(lints.is_empty());
}

#[test]
fn tuples_have_items_and_their_order_in_words() {
    let (schema, _) = listed::<Everything>();
    let point = &schema["properties"]["point"];
    assert_eq!(point["items"], json!({ "type": "number" }));
    assert_eq!(
        (&point["minItems"], &point["maxItems"]),
        (&json!(2), &json!(2))
    );
    assert_eq!(
        point["description"],
        "A list in this order: number, number."
    );
    assert_eq!(
        schema["properties"]["pair"]["items"],
        json!({ "anyOf": [{ "type": "string" }, { "type": "integer" }] })
    );
}

#[test]
fn any_json_is_an_object_with_a_description() {
    let (schema, lints) = listed::<Everything>();
    let linted = lints.iter().filter(|lint| lint.code == "any-json");
    let linted: Vec<&str> = linted.map(|lint| &*lint.path).collect();
    assert_eq!(linted, ["anything", "list[]"]);
    let any = json!({ "description": "Any JSON." });
    assert_eq!(schema["properties"]["anything"], any);
    assert_eq!(schema["properties"]["list"]["items"], any);
    assert!(
        schema["properties"]["map"]
            .get("additionalProperties")
            .is_none()
    );
    assert_eq!(
        schema["properties"]["by_number"]["additionalProperties"],
        json!({ "type": "boolean" })
    );
}

#[test]
fn a_recursive_type_is_written_out_to_a_depth_and_reported() {
    let (schema, lints) = listed::<Everything>();
    assert!(!schema.to_string().contains("$ref") && !schema.to_string().contains("$defs"));
    let mut node = &schema["properties"]["tree"];
    for _ in 0..3 {
        assert_eq!(node["properties"]["name"]["type"], "string");
        node = &node["properties"]["children"]["items"];
    }
    assert_eq!(
        *node,
        json!({ "type": "object", "description": "Of the same form as `Node`." })
    );
    let mut codes: Vec<_> = lints.iter().map(|lint| lint.code).collect();
    codes.retain(|code| !["any-json", "mixed-list"].contains(code));
    assert_eq!(codes, ["recursive-type"]);
    let (root, lints) = listed::<Node>();
    assert!(!root.to_string().contains("$ref"));
    assert_eq!(lints.len(), 1);
}

#[test]
fn limits_and_defaults_are_said_in_words_once() {
    let schema = json!({ "type": "integer", "minimum": 1, "maximum": 50, "default": 10, "format": "uint8", "description": "How many" });
    let (schema, _) = rewritten(schema);
    assert_eq!(
        schema["description"],
        "How many. From 1 to 50. Default: 10."
    );
    assert!(schema.get("format").is_none());
    let again = rewritten(schema.clone()).0;
    assert_eq!(again, schema, "a second rewrite changes nothing");
    let plain = rewritten(json!({ "type": "integer", "minimum": 0, "maximum": 255 })).0;
    assert!(
        plain.get("description").is_none(),
        "the range of a type needs no words"
    );
}

#[test]
fn limits_that_are_not_enforced_are_reported() {
    let (schema, lints) = rewritten(json!({
        "type": "object",
        "properties": {
            "map": { "type": "boolean", "x-fastmcp-unlisted": ["length"] },
            "text": { "type": "string", "pattern": "(?<=a)b" },
        },
    }));
    let found: Vec<_> = lints.iter().map(|lint| (&*lint.path, lint.code)).collect();
    assert_eq!(
        found,
        [("map", "unenforced-limit"), ("text", "unenforced-limit")]
    );
    assert_eq!(schema["properties"]["map"], json!({ "type": "boolean" }));
}

#[test]
fn integer_constants_are_words() {
    let (schema, _) = rewritten(json!({ "enum": [1, 2], "type": "integer" }));
    assert_eq!(
        schema,
        json!({ "type": "integer", "description": "One of 1, 2." })
    );
}

#[test]
fn a_limit_that_the_description_states_is_not_repeated() {
    for (description, expected) in [
        ("How many, from 1 to 50", "How many, from 1 to 50"),
        ("How many (1-50)", "How many (1-50)"),
        ("Top 50 of them", "Top 50 of them. From 1 to 50."),
    ] {
        let schema =
            json!({ "type": "integer", "minimum": 1, "maximum": 50, "description": description });
        assert_eq!(rewritten(schema).0["description"], expected);
    }
    for (description, expected) in [
        ("At most 50 words", "At most 50 words"),
        ("The 50 words", "The 50 words. At most 50 characters."),
    ] {
        let schema = json!({ "type": "string", "maxLength": 50, "description": description });
        assert_eq!(rewritten(schema).0["description"], expected);
    }
    let schema =
        json!({ "type": "integer", "default": 3, "description": "How many; 3 by default" });
    assert_eq!(rewritten(schema).0["description"], "How many; 3 by default");
}

#[test]
fn an_exclusive_limit_is_inclusive_and_stated() {
    let (schema, _) = rewritten(json!({ "type": "number", "exclusiveMinimum": 0 }));
    assert_eq!(
        schema,
        json!({ "type": "number", "minimum": 0, "description": "More than 0." })
    );
    let (schema, _) = rewritten(json!({ "type": "integer", "exclusiveMaximum": 10 }));
    assert_eq!(
        schema,
        json!({ "type": "integer", "maximum": 9, "description": "At most 9." })
    );
}

#[test]
fn a_limit_of_the_type_is_not_stated_and_another_is() {
    let limits = |format: &str, maximum: i64| {
        let schema =
            json!({ "type": "integer", "format": format, "minimum": 0, "maximum": maximum });
        rewritten(schema).0
    };
    assert!(limits("uint8", 255).get("description").is_none());
    assert_eq!(limits("uint32", 255)["description"], "From 0 to 255.");
    let (schema, _) = rewritten(json!({ "type": "integer", "format": "uint32", "minimum": 0 }));
    assert_eq!(schema["maximum"], u32::MAX);
}

#[test]
fn parts_that_all_apply_are_merged() {
    let (schema, lints) = rewritten(json!({ "allOf": [
        { "type": "object", "properties": { "a": { "type": "string" } }, "required": ["a"] },
        { "allOf": [{ "properties": { "b": { "type": "boolean" } } }] },
    ] }));
    assert_eq!(
        schema,
        json!({
            "type": "object",
            "properties": { "a": { "type": "string" }, "b": { "type": "boolean" } },
            "required": ["a"],
        })
    );
    assert!(lints.is_empty(), "{lints:?}");
}

#[test]
fn keywords_without_another_form_are_removed_and_reported() {
    let (schema, lints) = rewritten(json!({ "type": "object", "not": {}, "propertyNames": {} }));
    assert_eq!(schema, json!({ "type": "object" }));
    assert_eq!(lints[0].code, "unsupported-keyword");
    assert!(
        lints[0].message.contains("`not` and `propertyNames`"),
        "{lints:?}"
    );
}

#[test]
fn types_that_all_contain_each_other_stay_small() {
    let names: Vec<String> = (0..12).map(|index| format!("T{index}")).collect();
    let fields: Map<String, Value> = names
        .iter()
        .map(|name| (name.clone(), json!({ "$ref": format!("#/$defs/{name}") })))
        .collect();
    let definitions: Map<String, Value> = names
        .iter()
        .map(|name| {
            (
                name.clone(),
                json!({ "type": "object", "properties": fields }),
            )
        })
        .collect();
    let (schema, lints) = rewritten(json!({ "$ref": "#/$defs/T0", "$defs": definitions }));
    assert!(schema.to_string().len() < 20_000);
    assert!(lints.iter().any(|lint| lint.code == "recursive-type"));
}

#[test]
fn no_schema_panics() {
    for schema in [
        json!({ "type": [] }),
        json!({ "type": ["null"] }),
        json!({ "anyOf": [] }),
        json!({ "anyOf": [{ "type": "null" }] }),
        json!({ "$ref": "#/$defs/X" }),
        json!({ "$ref": "#" }),
        json!({ "$ref": 3 }),
        json!({ "prefixItems": [] }),
        json!({ "properties": 3, "oneOf": [{ "properties": { "a": true } }] }),
        json!({ "$defs": { "X": { "$ref": "#/$defs/X" } }, "$ref": "#/$defs/X" }),
        json!({ "properties": { "a": {} }, "anyOf": [{ "type": "object" }, { "properties": { "a": { "type": "null" } } }] }),
    ] {
        let _ = rewritten(schema);
    }
}

#[test]
fn the_guide_explains_every_rule_and_every_lint() {
    let page = include_str!("../../../docs/what_models_see.md");
    for rule in rules::RULES {
        let row = format!("| `{}` | {} | {} | ", rule.id, rule.subject, rule.hosts);
        assert!(page.contains(&row), "the table lacks the row {row}");
        assert!(
            !rule.source.is_empty() && rule.date.starts_with("2026-"),
            "{rule:?}"
        );
        let is_lint = matches!(rule.remedy, Remedy::Linted | Remedy::Allowed);
        let section = format!("\n## `{}`\n", rule.id);
        assert_eq!(page.contains(&section), is_lint, "section of `{}`", rule.id);
    }
}
