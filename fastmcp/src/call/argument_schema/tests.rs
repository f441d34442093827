//! Tests of values that are read again.

use std::collections::{BTreeMap, HashMap};

use schemars::{JsonSchema, SchemaGenerator};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::*;
use crate::call::decode::{Reading, decode_as};
use crate::call::json::Leniency;

fn schema_of<T: JsonSchema>() -> ArgumentSchema {
    ArgumentSchema::generate(SchemaGenerator::subschema_for::<T>)
}

fn read_as<T: DeserializeOwned + JsonSchema>(
    value: Value,
    leniency: Leniency,
) -> Result<T, String> {
    let schema = schema_of::<T>();
    let reading = Reading {
        leniency,
        text_integers: false,
        schema: Some(&schema),
        constraints: None,
    };
    decode_as(value, reading).map_err(|errors| {
        let errors: Vec<String> = errors.iter().map(ToString::to_string).collect();
        errors.join("\n")
    })
}

fn read<T: DeserializeOwned + JsonSchema>(value: Value) -> Result<T, String> {
    read_as(value, Leniency::Lenient)
}

fn strict<T: DeserializeOwned + JsonSchema>(value: Value) -> Result<T, String> {
    read_as(value, Leniency::Strict)
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
struct Point {
    x: i32,
    y: Option<u8>,
    label: Option<String>,
    #[serde(default)]
    tags: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum Speed {
    Fast,
    Slow,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
enum Shape {
    Dot,
    Circle { radius: u8, name: String },
    Path { points: Vec<Point> },
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
enum Either {
    Number(u8),
    Text(String),
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
enum Wide {
    Number(i64),
    List(Vec<i64>),
    Point { x: i64 },
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
struct Tree {
    value: u8,
    children: Vec<Tree>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
struct Flat {
    #[serde(flatten)]
    point: Inner,
    #[serde(flatten)]
    shape: Shape,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
struct Inner {
    size: u16,
}

fn point(x: i32, y: Option<u8>) -> Point {
    Point {
        x,
        y,
        label: None,
        tags: Vec::new(),
    }
}

#[test]
fn text_is_read_as_json_where_the_type_takes_no_text() {
    assert_eq!(read::<i64>(json!("3")), Ok(3));
    assert_eq!(read::<i64>(json!(" 3 ")), Ok(3));
    assert_eq!(read::<i64>(json!("3.0")), Ok(3));
    assert_eq!(read::<f64>(json!("3.7")), Ok(3.7));
    assert_eq!(read::<bool>(json!("true")), Ok(true));
    assert_eq!(read::<Vec<i64>>(json!("[1, 2]")), Ok(vec![1, 2]));
    assert_eq!(read::<Vec<i64>>(json!("[\"1\", 2]")), Ok(vec![1, 2]));
    assert_eq!(read::<(f64, f64)>(json!(["1.5", "2"])), Ok((1.5, 2.0)));
    assert_eq!(
        read::<Vec<(String, i64)>>(json!([["3", "3"]])),
        Ok(vec![("3".to_owned(), 3)])
    );
    assert_eq!(
        read::<Point>(json!("{\"x\": 1, \"y\": \"2\"}")),
        Ok(point(1, Some(2)))
    );
    assert_eq!(
        read::<BTreeMap<String, Vec<u8>>>(json!({ "a": "[1]" })),
        Ok(BTreeMap::from([("a".to_owned(), vec![1])]))
    );
    assert_eq!(
        read::<HashMap<u8, bool>>(json!({ "1": "false" })),
        Ok(HashMap::from([(1, false)]))
    );
    // At any depth, also in the values that serde buffers.
    assert_eq!(
        read::<Vec<Shape>>(json!([
            { "kind": "circle", "radius": "3", "name": "3" },
            "{\"kind\": \"path\", \"points\": \"[{\\\"x\\\": \\\"7\\\"}]\"}",
            { "kind": "dot" },
        ])),
        Ok(vec![
            Shape::Circle {
                radius: 3,
                name: "3".to_owned()
            },
            Shape::Path {
                points: vec![point(7, None)]
            },
            Shape::Dot,
        ])
    );
    assert_eq!(
        read::<Flat>(json!({ "size": "4", "kind": "circle", "radius": "5", "name": "true" })),
        Ok(Flat {
            point: Inner { size: 4 },
            shape: Shape::Circle {
                radius: 5,
                name: "true".to_owned()
            }
        })
    );
    assert_eq!(
        read::<Tree>(json!({ "value": "1", "children": "[{\"value\": 2, \"children\": []}]" })),
        Ok(Tree {
            value: 1,
            children: vec![Tree {
                value: 2,
                children: Vec::new()
            }]
        })
    );
    assert_eq!(read::<Wide>(json!("3")), Ok(Wide::Number(3)));
    assert_eq!(read::<Wide>(json!(["1"])), Ok(Wide::List(vec![1])));
    assert_eq!(
        read::<Wide>(json!("{\"x\":\"1\"}")),
        Ok(Wide::Point { x: 1 })
    );
}

#[test]
fn a_value_that_fits_is_never_read_again() {
    assert_eq!(read::<String>(json!("3")), Ok("3".to_owned()));
    assert_eq!(read::<String>(json!("")), Ok(String::new()));
    assert_eq!(read::<Value>(json!("[1]")), Ok(json!("[1]")));
    assert_eq!(
        read::<BTreeMap<String, Value>>(json!({ "a": "{}" })),
        Ok(BTreeMap::from([("a".to_owned(), json!("{}"))]))
    );
    assert_eq!(read::<Either>(json!("3")), Ok(Either::Text("3".to_owned())));
    assert_eq!(read::<Option<String>>(json!("")), Ok(Some(String::new())));
    assert_eq!(
        read::<Option<String>>(json!("null")),
        Ok(Some("null".to_owned()))
    );
    // The text stays text, although another part of the value is read again.
    assert_eq!(
        read::<Point>(json!({ "x": "1", "label": "2", "tags": ["3", "null"] })),
        Ok(Point {
            x: 1,
            y: None,
            label: Some("2".to_owned()),
            tags: vec!["3".to_owned(), "null".to_owned()],
        })
    );
}

#[test]
fn only_lossless_readings_are_accepted() {
    assert_eq!(
        read::<u8>(json!("3.7")).unwrap_err(),
        "expected an integer from 0 to 255, got 3.7"
    );
    assert_eq!(
        read::<u8>(json!("300")).unwrap_err(),
        "expected an integer from 0 to 255, got 300"
    );
    assert_eq!(
        read::<u8>(json!("three")).unwrap_err(),
        "expected an integer from 0 to 255, got string"
    );
    assert!(read::<u8>(json!("")).is_err());
    assert!(read::<u8>(json!("null")).is_err());
    assert!(read::<bool>(json!("yes")).is_err());
    assert!(read::<bool>(json!("True")).is_err());
    assert!(read::<bool>(json!(1)).is_err());
    assert!(read::<f64>(json!("NaN")).is_err());
    assert!(read::<String>(json!(3)).is_err());
    assert!(read::<Point>(json!("[1]")).is_err());
    assert!(read::<Vec<u8>>(json!("\"[1]\"")).is_err());
    assert!(read::<Speed>(json!("\"fast\"")).is_err());
    assert!(strict::<i64>(json!("3")).is_err());
    assert!(strict::<Vec<i64>>(json!("[3]")).is_err());
    assert!(strict::<Option<u8>>(json!("")).is_err());
}

#[test]
fn an_optional_value_may_be_sent_as_empty_text() {
    for empty in [json!(""), json!("null"), json!(null)] {
        assert_eq!(read::<Option<u8>>(empty.clone()), Ok(None));
        assert_eq!(read::<Option<Vec<u8>>>(empty.clone()), Ok(None));
        assert_eq!(read::<Option<Speed>>(empty.clone()), Ok(None));
        assert_eq!(read::<Option<Shape>>(empty.clone()), Ok(None));
        // A field that may be omitted.
        assert_eq!(
            read::<Point>(json!({ "x": 1, "y": empty, "tags": empty })),
            Ok(point(1, None))
        );
    }
}

#[test]
fn one_value_for_a_list_is_refused_with_the_list_that_was_meant() {
    assert_eq!(
        read::<Vec<String>>(json!("a")).unwrap_err(),
        "expected array, got string; send [\"a\"] for one element"
    );
    assert_eq!(
        read::<Vec<u8>>(json!(5)).unwrap_err(),
        "expected array, got number; send [5] for one element"
    );
    assert_eq!(
        read::<Point>(json!({ "x": 1, "tags": "new" })).unwrap_err(),
        "tags: expected array, got string; send [\"new\"] for one element"
    );
    let long = read::<Vec<String>>(json!("x".repeat(1000))).unwrap_err();
    assert_eq!(
        long,
        "expected array, got string; send [\"…\"] for one element"
    );
    assert_eq!(
        read::<Vec<u8>>(json!({})).unwrap_err(),
        "expected array, got object"
    );
}

#[test]
fn errors_inside_of_text_have_their_place() {
    assert_eq!(
        read::<Vec<Point>>(json!("[{\"x\": 1}, {\"x\": \"one\", \"y\": 300}]")).unwrap_err(),
        "[1].x: expected an integer from -2147483648 to 2147483647, got string\n\
         [1].y: expected an integer from 0 to 255, got 300"
    );
}

mod limits;
mod properties;
