//! Tests of the conversion of words to arguments.

use serde_json::{Map, Value, json};

use super::ArgumentSchema;

fn schema() -> Value {
    json!({
        "type": "object",
        "properties": {
            "text": { "type": "string" },
            "count": { "type": "integer" },
            "share": { "type": "number" },
            "sure": { "type": "boolean" },
            "level": { "enum": ["low", "high"] },
            "kind": { "anyOf": [{ "type": "null" }, { "$ref": "#/$defs/kind" }] },
            "limit": { "type": ["integer", "null"] },
            "tags": { "type": "array", "items": { "type": "string" } },
            "sizes": { "type": "array", "items": { "type": "integer" } },
            "order": { "$ref": "#/$defs/order" },
            "a.b": { "type": "integer" },
            "labels": { "type": "object", "additionalProperties": { "type": "string" } },
        },
        "additionalProperties": false,
        "$defs": {
            "kind": { "type": "string", "enum": ["tea", "7"] },
            "order": {
                "type": "object",
                "properties": { "goods": { "type": "string" }, "count": { "type": "integer" } },
            },
        },
    })
}

fn convert(pairs: &[&str]) -> Result<Value, Vec<String>> {
    let pairs: Vec<String> = pairs.iter().map(|&it| it.to_owned()).collect();
    let mut arguments = Map::new();
    ArgumentSchema::new(&schema()).add(&pairs, &mut arguments)?;
    Ok(arguments.into())
}

#[test]
fn words_become_values_of_the_schema() {
    for (pairs, expected) in [
        (&["text=7"][..], json!({ "text": "7" })),
        (&["text=a=b"], json!({ "text": "a=b" })),
        (&["text="], json!({ "text": "" })),
        (&["count=-7"], json!({ "count": -7 })),
        (
            &["count=18446744073709551615"],
            json!({ "count": u64::MAX }),
        ),
        (&["share=1e3"], json!({ "share": 1000.0 })),
        (&["sure=yes"], json!({ "sure": true })),
        (&["level=high"], json!({ "level": "high" })),
        (&["kind=7"], json!({ "kind": "7" })),
        (&["kind=null"], json!({ "kind": null })),
        (&["limit=null"], json!({ "limit": null })),
        (&["limit=3"], json!({ "limit": 3 })),
        (&["tags=a", "tags=b"], json!({ "tags": ["a", "b"] })),
        (&["tags=[\"a\",\"b\"]"], json!({ "tags": ["a", "b"] })),
        (&["sizes=1", "sizes=2"], json!({ "sizes": [1, 2] })),
        (
            &["order.goods=tea", "order.count=2"],
            json!({ "order": { "goods": "tea", "count": 2 } }),
        ),
        (&["order={\"count\":2}"], json!({ "order": { "count": 2 } })),
        (&["a.b=1"], json!({ "a.b": 1 })),
        (&["labels.x=1"], json!({ "labels": { "x": 1 } })),
        (&["text:=\"x\""], json!({ "text": "x" })),
    ] {
        assert_eq!(convert(pairs), Ok(expected), "{pairs:?}");
    }
}

#[test]
fn all_mistakes_are_reported_with_the_fix() {
    let problems = convert(&[
        "cuont=1",
        "count=x",
        "level=mid",
        "sure=2",
        "nothing",
        "text:=x",
    ]);
    let problems = problems.unwrap_err();
    let expected = [
        "unknown argument `cuont`; did you mean `count`?",
        "`count`: `x` is not a whole number",
        "`level`: `mid` is not one of low, high",
        "`sure`: `2` is not `true` or `false`",
        "`nothing` is not an argument; write `key=value`, or `key:=json` for JSON",
        "`text`: the value is not JSON: expected value at line 1 column 1",
    ];
    assert_eq!(problems, expected);
}
