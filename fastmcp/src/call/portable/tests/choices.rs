//! Enums with data, as choices and as one object.

use super::*;

#[allow(dead_code, reason = "only its schema is read")]
#[derive(JsonSchema)]
#[schemars(tag = "kind", rename_all = "lowercase")]
enum Shape {
    /// Round
    Circle {
        radius: f64,
    },
    Square {
        side: f64,
        color: Option<String>,
    },
    Nothing,
}

#[test]
fn an_enum_with_a_tag_is_one_object_that_says_which_fields_belong_together() {
    #[allow(dead_code, reason = "only its schema is read")]
    #[derive(JsonSchema)]
    struct Flat {
        #[schemars(flatten)]
        shape: Shape,
        id: u8,
    }

    let expected = json!({
        "type": "object",
        "properties": {
            "kind": {
                "type": "string", "enum": ["circle", "square", "nothing"],
                "description": "- `circle`: Round. Requires `radius`.\n- `square`: Requires `side`. \
                                May have `color`.\n- `nothing`: No other fields.",
            },
            "radius": { "type": "number" },
            "side": { "type": "number" },
            "color": { "type": "string" },
        },
        "required": ["kind"],
    });
    let (schema, lints) = listed::<Shape>();
    assert_eq!(schema, expected);
    assert!(lints.is_empty(), "{lints:?}");
    let (schema, lints) = listed::<Flat>();
    let mut merged = schema["properties"].clone();
    merged.as_object_mut().unwrap().shift_remove("id");
    assert_eq!(merged, expected["properties"]);
    assert_eq!(schema["required"], json!(["id", "kind"]));
    assert!(lints.is_empty(), "{lints:?}");
}

#[test]
fn an_enum_that_one_object_cannot_express_is_a_choice_and_reported() {
    #[allow(dead_code, reason = "only its schema is read")]
    #[derive(JsonSchema)]
    #[schemars(tag = "kind")]
    enum Ambiguous {
        Text { value: String },
        Number { value: f64 },
    }
    #[allow(dead_code, reason = "only its schema is read")]
    #[derive(JsonSchema)]
    #[schemars(tag = "kind", deny_unknown_fields)]
    enum Closed {
        Text { text: String },
        Number { number: f64 },
    }
    #[allow(dead_code, reason = "only its schema is read")]
    #[derive(JsonSchema)]
    enum External {
        Text { text: String },
        Number(f64),
    }
    for (schema, lints) in [
        listed::<Ambiguous>(),
        listed::<Closed>(),
        listed::<External>(),
    ] {
        assert_eq!(
            schema["anyOf"].as_array().map(Vec::len),
            Some(2),
            "{schema}"
        );
        assert_eq!(lints[0].code, "tagged-enum");
        assert!(schema.get("oneOf").is_none());
    }
}

#[test]
fn a_flattened_enum_becomes_one_object() {
    let branches = json!([
        { "type": "object", "properties": { "kind": { "const": "a" }, "x": { "type": "string" } }, "required": ["kind", "x"] },
        { "type": "object", "properties": { "kind": { "const": "b" }, "x": { "type": "integer" } }, "required": ["kind"] },
    ]);
    let schema = json!({
        "type": "object",
        "properties": { "id": { "type": "integer" } },
        "required": ["id"],
        "oneOf": branches,
    });
    let (schema, lints) = rewritten(schema);
    assert_eq!(schema["properties"]["kind"]["enum"], json!(["a", "b"]));
    assert_eq!(schema["required"], json!(["id", "kind"]));
    assert!(schema.get("anyOf").is_none() && schema.get("oneOf").is_none());
    assert_eq!(lints[0].code, "flattened-enum");
    // An optional one, and three beside each other.
    let other =
        |name: &str| json!([{ "type": "object", "properties": { (name): { "type": "null" } } }]);
    let (schema, lints) = rewritten(json!({
        "type": "object",
        "allOf": [
            { "anyOf": [{ "oneOf": branches }, {}] }, { "oneOf": other("y") }, { "oneOf": other("z") },
        ],
    }));
    let mut names: Vec<&String> = schema["properties"].as_object().unwrap().keys().collect();
    names.sort();
    assert_eq!(names, ["kind", "x", "y", "z"]);
    assert!(
        schema["required"].as_array().is_none_or(Vec::is_empty),
        "{schema}"
    );
    assert!(
        lints.iter().all(|lint| lint.code != "untagged-enum"),
        "{lints:?}"
    );
}
