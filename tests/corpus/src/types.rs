//! The structs and enums of the corpus, over the attributes of serde and schemars.

use std::collections::BTreeMap;

use fastmcp::data;

use crate::samples::{Samples, samples};

/// A value in a field, beside an optional one.
#[data]
pub struct Field<T> {
    value: T,
    note: Option<String>,
}

impl<T: Samples> Samples for Field<T> {
    fn samples() -> Vec<Self> {
        let values = T::samples().into_iter();
        values.map(|value| Self { value, note: None }).collect()
    }
}

#[data]
pub enum Plain {
    Low,
    High,
}

/// A level.
#[data]
#[serde(rename_all = "snake_case")]
#[allow(
    clippy::enum_variant_names,
    reason = "the names are data of the corpus"
)]
pub enum Documented {
    /// Below the limit
    BelowLimit,
    AtLimit,
    /// Above the limit
    AboveLimit,
}

#[data]
#[serde(rename_all = "SCREAMING-KEBAB-CASE")]
pub enum Renamed {
    FirstChoice,
    #[serde(rename = "other choice")]
    Second,
    #[serde(alias = "third")]
    Third,
}

#[data]
pub enum Numeric {
    #[serde(rename = "1")]
    One,
    #[serde(rename = "2.5")]
    TwoAndHalf,
    #[serde(rename = "true")]
    True,
}

#[data]
pub enum External {
    Nothing,
    One(u32),
    Two(String, bool),
    /// With fields
    Fields {
        name: String,
        size: Option<u8>,
    },
}

#[data]
#[serde(tag = "kind", rename_all = "lowercase")]
pub enum Internal {
    Circle {
        radius: f64,
    },
    /// With two sides
    Box {
        width: f64,
        height: f64,
    },
    Nothing,
}

#[data]
#[serde(tag = "kind", content = "content")]
pub enum Adjacent {
    Text(String),
    Point(Point),
    Nothing,
}

#[data]
#[serde(untagged)]
pub enum Untagged {
    Number(i32),
    Text(String),
    Point(Point),
    List(Vec<bool>),
}

/// A point.
#[data]
pub struct Point {
    x: f64,
    y: f64,
}

#[data]
#[serde(rename_all = "camelCase")]
pub struct Order {
    /// Where it goes
    ship_to: Option<Point>,
    #[serde(default)]
    express_mail: bool,
    #[serde(default = "three")]
    number_of_copies: u8,
    #[serde(rename = "type")]
    kind: Documented,
    tags: BTreeMap<String, Vec<String>>,
    #[serde(skip)]
    _internal: u8,
}

fn three() -> u8 {
    3
}

#[data]
#[serde(deny_unknown_fields)]
pub struct Closed {
    inner: Option<Point>,
    list: Vec<Point>,
}

/// A number of meters.
#[data]
pub struct Newtype(pub u16);

#[data]
pub struct Flattened {
    id: u32,
    #[serde(flatten)]
    point: Point,
    #[serde(flatten)]
    shape: Internal,
}

#[data]
pub struct Limited {
    #[schemars(range(min = 1, max = 9))]
    digit: u8,
    #[schemars(length(min = 1, max = 8), regex(pattern = r"^[a-z]+$"))]
    code: String,
    #[schemars(length(min = 1))]
    list: Vec<u8>,
    #[schemars(range(min = 0.0))]
    share: f64,
    #[schemars(email)]
    address: Option<String>,
    #[schemars(url)]
    page: Option<String>,
}

fn point() -> Point {
    Point { x: 1.0, y: -2.5 }
}

samples! {
    Plain => [Self::Low, Self::High];
    Documented => [Self::BelowLimit, Self::AtLimit, Self::AboveLimit];
    Renamed => [Self::FirstChoice, Self::Second, Self::Third];
    Numeric => [Self::One, Self::TwoAndHalf, Self::True];
    External => [
        Self::Nothing,
        Self::One(7),
        Self::Two("two".to_owned(), true),
        Self::Fields { name: "name".to_owned(), size: Some(1) },
    ];
    Internal => [
        Self::Circle { radius: 1.5 },
        Self::Box { width: 1.0, height: 2.0 },
        Self::Nothing,
    ];
    Adjacent => [Self::Text("text".to_owned()), Self::Point(point()), Self::Nothing];
    Untagged => [
        Self::Number(-7),
        Self::Text("text".to_owned()),
        Self::Point(point()),
        Self::List(vec![true]),
    ];
    Point => [point()];
    Order => [
        Self {
            ship_to: Some(point()),
            express_mail: true,
            number_of_copies: 1,
            kind: Documented::AtLimit,
            tags: BTreeMap::from([("tag".to_owned(), vec!["value".to_owned()])]),
            _internal: 0,
        },
    ];
    Closed => [
        Self { inner: None, list: Vec::new() },
        Self { inner: Some(point()), list: vec![point()] },
    ];
    Newtype => [Self(0), Self(u16::MAX)];
    Flattened => [
        Self { id: 1, point: point(), shape: Internal::Circle { radius: 1.0 } },
        Self { id: 2, point: point(), shape: Internal::Nothing },
    ];
    Limited => [
        Self {
            digit: 9,
            code: "code".to_owned(),
            list: vec![1],
            share: 0.5,
            address: None,
            page: Some("https://example.com/".to_owned()),
        },
    ];
}
