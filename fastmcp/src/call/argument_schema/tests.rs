//! Tests of values that are read again, of limits at every depth, and of members that are supplied.

use std::collections::{BTreeMap, HashMap};

use proptest::prelude::*;
use schemars::{JsonSchema, SchemaGenerator};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::json;

use super::*;
use crate::call::decode::{Reading, decode};
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
        schema: Some(&schema),
        constraints: None,
    };
    decode(value, reading).map_err(|errors| {
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

mod as_text {
    //! A `deserialize_with` that, unlike serde's own code, requires the field.

    use super::*;

    pub(super) fn read<'de, D: Deserializer<'de>>(json: D) -> Result<Option<String>, D::Error> {
        Option::<String>::deserialize(json)
    }
}

#[derive(Debug, Default, PartialEq, Deserialize, JsonSchema)]
struct Note {
    #[serde(deserialize_with = "as_text::read")]
    text: Option<String>,
    #[serde(default = "Note::five")]
    size: Option<u8>,
    inner: Option<Box<Note>>,
}

impl Note {
    #[expect(clippy::unnecessary_wraps, reason = "the type of the field")]
    fn five() -> Option<u8> {
        Some(5)
    }

    fn empty() -> Self {
        Self {
            text: None,
            size: Self::five(),
            inner: None,
        }
    }
}

#[test]
fn a_member_that_the_schema_does_not_require_may_be_missing() {
    assert_eq!(strict::<Note>(json!({})), Ok(Note::empty()));
    assert_eq!(
        strict::<Vec<Note>>(json!([{ "inner": {} }, {}])),
        Ok(vec![
            Note {
                inner: Some(Box::new(Note::empty())),
                ..Note::empty()
            },
            Note::empty(),
        ])
    );
    let many = json!(vec![json!({}); 1000]);
    assert_eq!(strict::<Vec<Note>>(many).map(|it| it.len()), Ok(1000));
}

#[derive(Debug, PartialEq, Deserialize, JsonSchema)]
struct Age(#[schemars(range(min = 18, max = 99))] u8);

#[derive(Debug, PartialEq, Deserialize, JsonSchema)]
struct Person {
    #[schemars(range(min = 18, max = 99))]
    age: u8,
    #[schemars(length(min = 2), regex(pattern = "^[A-Z]"))]
    name: String,
    #[schemars(length(max = 1))]
    pets: Vec<String>,
    partner: Option<Box<Person>>,
}

#[derive(Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
enum Order {
    Cancel,
    Buy {
        #[schemars(range(min = 1))]
        count: u32,
    },
}

#[test]
fn listed_limits_are_enforced_at_every_depth() {
    assert_eq!(
        strict::<Age>(json!(5)).unwrap_err(),
        "expected a number from 18 to 99, got 5"
    );
    assert_eq!(strict::<Age>(json!(18)), Ok(Age(18)));
    assert_eq!(
        strict::<Vec<Person>>(json!([
            { "age": 5, "name": "ann", "pets": [] },
            { "age": 20, "name": "Ann", "pets": ["cat", "dog"],
              "partner": { "age": 100, "name": "B", "pets": [] } },
        ]))
        .unwrap_err(),
        "[0].age: expected a number from 18 to 99, got 5\n\
         [0].name: expected a string that matches `^[A-Z]`, got \"ann\"\n\
         [1].pets: expected at most 1 element, got 2\n\
         [1].partner.age: expected a number from 18 to 99, got 100\n\
         [1].partner.name: expected at least 2 characters, got 1"
    );
    // Errors of types and of limits are reported together.
    assert_eq!(
        read::<Person>(json!({ "age": "17", "name": 3, "pets": [] })).unwrap_err(),
        "name: expected string, got number\n\
         age: expected a number from 18 to 99, got 17"
    );
    assert_eq!(
        strict::<Order>(json!({ "kind": "buy", "count": 0 })).unwrap_err(),
        "count: expected a number of at least 1, got 0"
    );
}

#[test]
fn limits_are_enforced_in_values_of_any_size() {
    let mut ages = vec![json!(20); 200_000];
    ages.push(json!(5));
    assert_eq!(
        strict::<Vec<Age>>(ages.into()).unwrap_err(),
        "[200000]: expected a number from 18 to 99, got 5"
    );
    let errors = strict::<Vec<Age>>(json!(vec![5; 1000])).unwrap_err();
    assert_eq!(errors.lines().count(), 51);
    assert!(errors.ends_with("more errors"), "{errors}");
}

#[derive(Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(untagged)]
enum Ambiguous {
    One {
        next: Option<Box<Ambiguous>>,
    },
    Two {
        next: Option<Box<Ambiguous>>,
    },
    Three {
        next: Option<Box<Ambiguous>>,
        #[schemars(range(max = 1))]
        size: u8,
    },
}

#[test]
fn ambiguous_recursive_values_are_refused_instead_of_tried_for_ever() {
    let nested = (0..60).fold(json!({ "next": null }), |inner, _| json!({ "next": inner }));
    let schema = schema_of::<Ambiguous>();
    let _ = schema.reread(&nested);
    assert_eq!(
        schema.limits(&nested)[0].message,
        "too many variants of its parts are possible to check its limits"
    );
}

#[test]
fn a_variant_without_fields_takes_none() {
    assert_eq!(
        strict::<Order>(json!({ "kind": "cancel" })),
        Ok(Order::Cancel)
    );
    assert_eq!(
        strict::<Order>(json!({ "kind": "cancel", "count": 3 })).unwrap_err(),
        "count: unknown field"
    );
    assert_eq!(
        strict::<Vec<Order>>(json!([{ "kind": "cancel", "knd": 3 }])).unwrap_err(),
        "[0].knd: unknown field; did you mean `kind`?"
    );
}

#[test]
fn types_without_limits_are_not_checked() {
    assert!(!schema_of::<(u8, i64, f32, String, Vec<Point>, Tree)>().has_limits);
    assert!(schema_of::<Vec<Person>>().has_limits);
    assert!(schema_of::<std::num::NonZeroU8>().has_limits);
}

fn texts() -> impl Strategy<Value = String> {
    prop_oneof![
        Just(String::new()),
        Just("null".to_owned()),
        Just("true".to_owned()),
        Just("[1]".to_owned()),
        Just("{\"x\":1}".to_owned()),
        Just("\"a\"".to_owned()),
        "[0-9.e-]{1,4}",
        ".{0,8}",
    ]
}

fn points() -> impl Strategy<Value = Point> {
    let tags = prop::collection::vec(texts(), 0..3);
    (
        any::<i32>(),
        any::<Option<u8>>(),
        prop::option::of(texts()),
        tags,
    )
        .prop_map(|(x, y, label, tags)| Point { x, y, label, tags })
}

fn shapes() -> impl Strategy<Value = Shape> {
    prop_oneof![
        Just(Shape::Dot),
        (any::<u8>(), texts()).prop_map(|(radius, name)| Shape::Circle { radius, name }),
        prop::collection::vec(points(), 0..3).prop_map(|points| Shape::Path { points }),
    ]
}

fn values() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        texts().prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 12, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..3).prop_map(Value::from),
            prop::collection::btree_map(texts(), inner, 0..3)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

/// Decodes a value that was serialized from `T`, in both modes.
fn round_trip<T>(value: &T)
where
    T: Serialize + DeserializeOwned + JsonSchema + PartialEq + std::fmt::Debug,
{
    let json = serde_json::to_value(value).expect("a value of the test is JSON");
    assert_eq!(strict::<T>(json.clone()).as_ref(), Ok(value), "{json}");
    assert_eq!(read::<T>(json.clone()).as_ref(), Ok(value), "{json}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn a_serialized_value_decodes_to_itself_in_both_modes(
        point in points(),
        shapes in prop::collection::vec(shapes(), 0..3),
        number in any::<u8>(),
        text in texts(),
        value in values(),
        map in prop::collection::btree_map(any::<u16>(), prop::option::of(any::<bool>()), 0..3),
    ) {
        round_trip(&point);
        round_trip(&shapes);
        round_trip(&text);
        round_trip(&Either::Text(text.clone()));
        round_trip(&Either::Number(number));
        round_trip(&(number, text.clone(), Some(point.clone())));
        round_trip(&Wide::Point { x: number.into() });
        for shape in &shapes {
            round_trip(&Flat { point: Inner { size: number.into() }, shape: shape.clone() });
        }
        round_trip(&map);
        round_trip(&vec![Some(text)]);
        round_trip(&value);
        round_trip(&Tree { value: number, children: vec![Tree { value: 0, children: vec![] }] });
    }

    /// Reading a value again never changes what fits, whatever else is in the value.
    #[test]
    fn what_is_read_again_fits_or_is_unchanged(value in values()) {
        let schema = schema_of::<Point>();
        if let Some(reread) = schema.reread(&value) {
            prop_assert_eq!(schema.reread(&reread), None, "{}", reread);
        }
    }
}
