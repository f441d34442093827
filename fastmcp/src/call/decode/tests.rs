//! Tests of decoded values and of the errors of invalid values.

use std::collections::{BTreeMap, HashMap};
use std::num::NonZeroU8;

use serde_json::json;

use super::*;
use crate::call::json::Leniency::{Lenient, Strict};

#[derive(Debug, serde::Deserialize, PartialEq)]
struct Item {
    price: f64,
}

#[derive(Debug, serde::Deserialize, PartialEq)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
enum Shape {
    Point,
    Circle(f64),
    Box { width: u8, height: Option<u8> },
}

#[derive(Debug, serde::Deserialize)]
#[expect(dead_code, reason = "never constructed")]
struct Order {
    buyer: String,
    lines: Vec<Line>,
    no: NonZeroU8,
}

#[derive(Debug, serde::Deserialize)]
#[expect(dead_code, reason = "never constructed")]
struct Line {
    goods: String,
    shape: Shape,
    note: Option<String>,
}

#[derive(Debug, serde::Deserialize)]
#[serde(try_from = "u8")]
struct Even;

impl TryFrom<u8> for Even {
    type Error = String;

    fn try_from(number: u8) -> Result<Self, String> {
        let is_even = number.is_multiple_of(2);
        is_even.then_some(Self).ok_or(format!("{number} is odd"))
    }
}

#[derive(Debug, serde::Deserialize)]
#[expect(dead_code, reason = "never constructed")]
struct Dated {
    on: Year,
    no: Option<f32>,
}

#[derive(Debug, serde::Deserialize)]
#[serde(try_from = "String")]
struct Year;

impl TryFrom<String> for Year {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let year = text.parse::<u16>();
        year.map(|_| Self)
            .map_err(|_| format!("`{text}` is not a year"))
    }
}

#[derive(Debug, serde::Deserialize)]
#[serde(try_from = "Ends")]
struct Range;

#[derive(serde::Deserialize)]
struct Ends {
    from: u8,
    to: u8,
}

impl TryFrom<Ends> for Range {
    type Error = &'static str;

    fn try_from(ends: Ends) -> Result<Self, &'static str> {
        let goes_on = ends.from <= ends.to;
        goes_on.then_some(Self).ok_or("it ends before it begins")
    }
}

#[derive(Debug, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(dead_code, reason = "never constructed")]
enum Tree {
    Node(Box<Tree>, Box<Tree>),
    Leaf(u8),
}

#[derive(Debug, serde::Deserialize, PartialEq)]
#[serde(tag = "kind", rename_all = "snake_case")]
enum Tagged {
    Text {
        body: String,
        note: Option<String>,
        size: Option<u8>,
    },
}

#[derive(Debug, serde::Deserialize, PartialEq)]
#[serde(untagged)]
enum Either {
    Number(u8),
    Text(String),
}

fn decode<T: DeserializeOwned>(value: Value, leniency: Leniency) -> Result<T, Vec<DecodeError>> {
    let reading = Reading {
        leniency,
        ..Reading::strict(None)
    };
    decode_as(value, reading)
}

fn wrong<T: DeserializeOwned + std::fmt::Debug>(value: Value) -> String {
    let errors = decode::<T>(value, Strict).unwrap_err();
    let errors: Vec<String> = errors.iter().map(ToString::to_string).collect();
    errors.join("\n")
}

#[test]
fn errors_name_the_path_and_use_the_terms_of_json() {
    let items = json!([{"price": 1.0}, {"price": "2"}]);
    assert_eq!(
        wrong::<Vec<Item>>(items),
        "[1].price: expected number, got string"
    );
    assert_eq!(wrong::<Item>(json!({})), "price: required field is missing");
    assert_eq!(
        wrong::<u32>(json!("10")),
        "expected an integer from 0 to 4294967295, got string"
    );
    assert_eq!(
        wrong::<u8>(json!(300)),
        "expected an integer from 0 to 255, got 300"
    );
    assert_eq!(
        wrong::<u8>(json!(1.5)),
        "expected an integer from 0 to 255, got 1.5"
    );
    assert_eq!(wrong::<i64>(json!(null)), "expected integer, got null");
    assert_eq!(
        wrong::<u64>(json!(-1)),
        "expected an integer of at least 0, got -1"
    );
    assert_eq!(
        wrong::<NonZeroU8>(json!(0)),
        "expected an integer other than 0, got 0"
    );
    assert_eq!(wrong::<String>(json!(["a"])), "expected string, got array");
    assert_eq!(wrong::<bool>(json!("true")), "expected boolean, got string");
    assert_eq!(
        wrong::<char>(json!("ab")),
        "expected a string of one character, got 2 characters"
    );
    assert_eq!(wrong::<Item>(json!([1])), "expected object, got array");
    assert_eq!(wrong::<Vec<u8>>(json!({})), "expected array, got object");
    assert_eq!(
        wrong::<(u8, u8)>(json!([1, 2, 3])),
        "expected an array of 2 elements, got 3"
    );
    assert_eq!(
        wrong::<BTreeMap<String, u8>>(json!({"a b": true})),
        "[\"a b\"]: expected an integer from 0 to 255, got boolean"
    );
    assert_eq!(
        wrong::<Option<Vec<bool>>>(json!([0])),
        "[0]: expected boolean, got number"
    );
}

#[test]
fn every_error_is_reported() {
    let items = json!([{"price": "2"}, {"price": 1}, {}, 4]);
    assert_eq!(
        wrong::<Vec<Item>>(items),
        "[0].price: expected number, got string\n\
         [2].price: required field is missing\n\
         [3]: expected object, got number"
    );
    assert_eq!(
        wrong::<Order>(json!({ "lines": [{}, { "goods": 3, "shape": "cube" }], "no": 0 })),
        "buyer: required field is missing\n\
         lines[0].goods: required field is missing\n\
         lines[0].shape: required field is missing\n\
         lines[1].goods: expected string, got number\n\
         lines[1].shape: expected one of \"point\", \"circle\", \"box\", got \"cube\"\n\
         no: expected an integer other than 0, got 0"
    );
    assert_eq!(
        wrong::<Vec<Shape>>(json!([
            { "box": { "width": -1, "height": "2", "heigth": 1, "wdith": 2 } },
            { "box": {} },
            "circle",
            { "circle": null },
            "point",
        ])),
        "[0].box.height: expected an integer from 0 to 255, got string\n\
         [0].box.heigth: unknown field; did you mean `height`?\n\
         [0].box.wdith: unknown field; did you mean `width`?\n\
         [0].box.width: expected an integer from 0 to 255, got -1\n\
         [1].box.width: required field is missing\n\
         [2]: expected an object {\"circle\": …}, got string \"circle\"\n\
         [3].circle: expected number, got null"
    );
    assert_eq!(
        wrong::<(u8, bool, Item)>(json!([300, 1, {}])),
        "[0]: expected an integer from 0 to 255, got 300\n\
         [1]: expected boolean, got number\n\
         [2].price: required field is missing"
    );
    assert_eq!(
        wrong::<BTreeMap<String, [u8; 2]>>(json!({ "b": [1], "a": ["", 2] })),
        "a[0]: expected an integer from 0 to 255, got string\n\
         b: expected an array of 2 elements, got 1"
    );
}

#[test]
fn the_errors_of_a_type_itself_are_reported_for_each_place() {
    assert_eq!(
        wrong::<Vec<Even>>(json!([2, 3, 4, 5, "6"])),
        "[1]: 3 is odd\n\
         [3]: 5 is odd\n\
         [4]: expected an integer from 0 to 255, got string"
    );
    assert_eq!(
        wrong::<Vec<Dated>>(json!([{ "on": "x" }, { "on": "2026" }, { "on": "y", "no": "" }])),
        "[0].on: `x` is not a year\n[2].no: expected number, got string\n[2].on: `y` is not a year"
    );
    // The error of the whole may be caused by a placeholder, so it is not reported.
    assert_eq!(
        wrong::<Range>(json!({ "from": 7, "to": "3" })),
        "to: expected an integer from 0 to 255, got string"
    );
    assert_eq!(
        wrong::<Vec<Range>>(json!([{ "from": 7, "to": 3 }, { "from": 3 }])),
        "[0]: it ends before it begins\n[1].to: required field is missing"
    );
}

#[test]
fn the_number_of_reported_errors_is_limited() {
    let errors = wrong::<Vec<bool>>(json!(vec![0; 100_000]));
    assert_eq!(errors.lines().count(), 51);
    assert!(errors.ends_with("\nat least 99950 more errors"), "{errors}");
    // A recursive type has no placeholder, so it is omitted.
    assert_eq!(
        wrong::<Vec<Tree>>(json!([3, { "node": [3, { "leaf": "" }] }])),
        "[0]: expected one of \"node\", \"leaf\", got number\n\
         [1].node[0]: expected one of \"node\", \"leaf\", got number\n\
         [1].node[1].leaf: expected an integer from 0 to 255, got string"
    );
}

#[test]
fn errors_in_values_that_serde_buffers_are_located() {
    let texts = json!([{ "kind": "text" }, { "kind": "text", "body": "" }, { "kind": "x" }]);
    assert_eq!(
        wrong::<Vec<Tagged>>(texts),
        "[0].body: required field is missing\n[2].kind: expected \"text\", got \"x\""
    );
    let shapes = json!([
        { "kind": "text", "note": "", "body": 3, "size": "" },
        { "note": 1, "kind": "text", "body": "", "size": -1 },
    ]);
    assert_eq!(
        wrong::<Vec<Tagged>>(shapes),
        "[0].body: expected string, got number\n\
         [0].size: expected integer, got string\n\
         [1].note: expected string, got number\n\
         [1].size: expected integer, got -1"
    );
    assert_eq!(
        wrong::<HashMap<u8, bool>>(json!({ "1": true, "x": false, "2": 3 })),
        "2: expected boolean, got number\n\
         x: expected an integer from 0 to 255, got \"x\""
    );
    assert_eq!(
        wrong::<Vec<Either>>(json!([[], 1, "a", {}])),
        "[0]: does not match any variant that the schema allows\n\
         [3]: does not match any variant that the schema allows"
    );
}

#[test]
fn errors_of_enums_list_the_variants() {
    assert_eq!(
        wrong::<Shape>(json!("sphere")),
        "expected one of \"point\", \"circle\", \"box\", got \"sphere\""
    );
    assert_eq!(
        wrong::<Shape>(json!(3)),
        "expected one of \"point\", \"circle\", \"box\", got number"
    );
    assert_eq!(
        wrong::<Shape>(json!("circle")),
        "expected an object {\"circle\": …}, got string \"circle\""
    );
    assert_eq!(
        wrong::<Shape>(json!({"circle": "wide"})),
        "circle: expected number, got string"
    );
    assert_eq!(
        wrong::<Shape>(json!({"box": {"width": 1, "heigth": 2}})),
        "box.heigth: unknown field; did you mean `height`?"
    );
    assert_eq!(
        wrong::<Tagged>(json!({"kind": "text"})),
        "body: required field is missing"
    );
    assert_eq!(
        wrong::<Either>(json!([])),
        "does not match any variant that the schema allows"
    );
}

#[test]
fn valid_values_decode_as_with_serde_json() {
    let shapes = json!(["point", {"point": null}, {"circle": 1}, {"box": {"width": 3}}]);
    assert_eq!(
        decode::<Vec<Shape>>(shapes.clone(), Strict).unwrap(),
        serde_json::from_value::<Vec<Shape>>(shapes).unwrap()
    );
    assert_eq!(decode::<u8>(json!(3.0), Strict), Ok(3));
    assert_eq!(decode::<u64>(json!(u64::MAX), Strict), Ok(u64::MAX));
    assert_eq!(decode::<f32>(json!(1), Strict), Ok(1.0));
    assert_eq!(
        decode::<Value>(json!({"a": [1, null]}), Strict),
        Ok(json!({"a": [1, null]}))
    );
    assert_eq!(
        decode::<HashMap<u8, bool>>(json!({"7": true}), Strict),
        Ok(HashMap::from([(7, true)]))
    );
    assert_eq!(
        decode::<Either>(json!("x"), Strict),
        Ok(Either::Text("x".into()))
    );
    assert_eq!(decode::<()>(json!(null), Strict), Ok(()));
    assert_eq!(decode::<Option<Option<u8>>>(json!(null), Strict), Ok(None));
    assert_eq!(
        decode::<Item>(json!({"price": 1, "other": []}), Strict),
        Ok(Item { price: 1.0 })
    );
}

#[test]
fn lenient_mode_only_accepts_strings_for_numbers_and_bools() {
    assert_eq!(decode::<u32>(json!("10"), Lenient), Ok(10));
    assert_eq!(decode::<f64>(json!("1.5"), Lenient), Ok(1.5));
    assert_eq!(decode::<bool>(json!("true"), Lenient), Ok(true));
    let lenient = decode::<Vec<Item>>(json!([{"price": "2"}]), Lenient).unwrap();
    assert_eq!(lenient, [Item { price: 2.0 }]);
    assert_eq!(decode::<String>(json!("10"), Lenient), Ok("10".into()));
    assert!(decode::<String>(json!(10), Lenient).is_err());
    assert!(decode::<bool>(json!(1), Lenient).is_err());
    assert!(decode::<Vec<u8>>(json!("[1]"), Lenient).is_err());
    assert!(decode::<u32>(json!("ten"), Lenient).is_err());
}

#[test]
fn only_options_have_a_value_when_absent() {
    assert_eq!(absent::<Option<u32>>(), Some(None));
    assert_eq!(absent::<u32>(), None);
    assert_eq!(absent::<Value>(), None);
    assert_eq!(absent::<Vec<u32>>(), None);
}

#[test]
fn text_is_decoded_according_to_the_type() {
    fn read<T: DeserializeOwned>(text: &str) -> Result<T, Vec<DecodeError>> {
        let mut target = None::<T>;
        decode_text(&mut target, text.to_owned(), None)?;
        Ok(target.expect("a decoded value is stored"))
    }
    assert_eq!(read::<u32>("42"), Ok(42));
    assert_eq!(read::<String>("42"), Ok("42".into()));
    assert_eq!(read::<Option<bool>>("true"), Ok(Some(true)));
    assert_eq!(read::<Vec<u8>>("[1,2]"), Ok(vec![1, 2]));
    assert_eq!(
        read::<u32>("forty").unwrap_err()[0].message,
        "expected an integer from 0 to 4294967295, got \"forty\""
    );
}
