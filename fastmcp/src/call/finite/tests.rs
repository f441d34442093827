//! Tests that a number that is not finite is reported with its place.

use std::collections::BTreeMap;

use super::*;

#[derive(serde::Serialize)]
struct Point {
    x: f64,
    y: Option<f32>,
}

#[derive(serde::Serialize)]
#[serde(rename_all = "snake_case")]
enum Shape {
    Circle(f64),
    Line { from: Point, to: Point },
    Arc(f64, f64),
}

fn not_finite(value: &impl Serialize) -> String {
    let error = to_value(value).unwrap_err().to_string();
    error
        .split(", which JSON")
        .next()
        .unwrap_or_default()
        .to_owned()
}

#[test]
fn a_number_that_json_cannot_represent_is_found() {
    let point = |x, y| Point { x, y };
    assert_eq!(not_finite(&f64::NAN), "the value is NaN");
    assert_eq!(not_finite(&[1.0, f64::INFINITY]), "`[1]` is inf");
    assert_eq!(not_finite(&(1, f32::NEG_INFINITY)), "`[1]` is -inf");
    assert_eq!(
        not_finite(&[point(0.0, None), point(1.0, Some(f32::NAN))]),
        "`[1].y` is NaN"
    );
    let by_name = BTreeMap::from([
        ("a b", [Shape::Circle(0.0)]),
        ("c", [Shape::Circle(f64::NAN)]),
    ]);
    assert_eq!(not_finite(&by_name), "`c[0].circle` is NaN");
    let line = |x| Shape::Line {
        from: point(0.0, None),
        to: point(x, None),
    };
    assert_eq!(
        not_finite(&[line(0.0), line(f64::NAN)]),
        "`[1].line.to.x` is NaN"
    );
    assert_eq!(
        not_finite(&[Shape::Arc(1.0, 2.0), Shape::Arc(1.0, f64::NAN)]),
        "`[1].arc[1]` is NaN"
    );
    assert_eq!(not_finite(&BTreeMap::from([(7, f64::NAN)])), "`7` is NaN");
}

#[test]
fn an_intended_null_is_accepted() {
    assert_eq!(
        to_value(&Point { x: 0.5, y: None }).unwrap()["y"],
        Value::Null
    );
    assert_eq!(to_value(&()).unwrap(), Value::Null);
    assert_eq!(to_value(&vec![None, Some(1)]).unwrap()[0], Value::Null);
}
