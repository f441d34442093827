//! Types of the standard library, strings with formats, renamed fields, defaults, and enums in each other.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap, VecDeque};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::num::{NonZeroI64, NonZeroU8};
use std::time::Duration;

use fastmcp::data;
use fastmcp::prelude::*;
use serde_json::Value;

use crate::row::{Row, echo};
use crate::samples::{Samples, samples};
use crate::single::{NumberOrText, Operation};
use crate::types::Point;

/// Declares strings with a format, as crates for dates and identifiers list them.
macro_rules! formats {
    ($($name:ident: $format:literal, $sample:literal;)*) => {
        $(
            #[data]
            #[schemars(extend("format" = $format))]
            pub struct $name(String);
        )*

        samples! { $($name => [Self($sample.to_owned())];)* }
    };
}

formats! {
    Instant: "date-time", "2026-11-27T17:40:00Z";
    Date: "date", "2026-11-27";
    Time: "time", "17:40:00Z";
    LocalTime: "partial-time", "17:40:00";
    LocalInstant: "partial-date-time", "2026-11-27T17:40:00";
    Span: "duration", "PT5M";
    Identifier: "uuid", "f81d4fae-7dec-11d0-a765-00a0c91e6bf6";
    Address: "email", "a@example.com";
    Link: "uri", "https://example.com/";
    Host: "hostname", "example.com";
    Expression: "regex", "^a$";
}

#[data]
#[serde(rename_all = "camelCase")]
pub struct Names {
    r#type: String,
    r#match: Option<u8>,
    two_words: bool,
    #[serde(rename = "dotted.name")]
    dotted: u8,
    #[serde(rename = "dashed-name")]
    dashed: u8,
    #[serde(alias = "also")]
    aliased: u8,
}

#[data]
#[serde(
    rename_all = "SCREAMING_SNAKE_CASE",
    rename_all_fields = "kebab-case",
    tag = "the-kind"
)]
pub enum RenamedFields {
    FirstCase { long_name: u8 },
    SecondCase { other_name: Option<String> },
}

#[data]
pub struct Defaults {
    #[serde(default)]
    list: Vec<u8>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    note: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    more: Vec<u64>,
    #[serde(default = "ten")]
    limit: u32,
    #[serde(skip)]
    _cache: u8,
}

fn ten() -> u32 {
    10
}

#[data]
#[serde(default)]
#[derive(Default)]
pub struct AllOptional {
    a: u8,
    b: String,
    c: Option<Option<bool>>,
}

#[data]
pub struct Generic<T, const N: usize = 1> {
    inner: T,
    others: BTreeMap<String, Box<T>>,
}

#[data]
#[serde(tag = "t", content = "c")]
pub enum Nested {
    Inner(Operation),
    Untagged(NumberOrText),
    List(Vec<Nested>),
    Empty,
}

#[data]
#[serde(untagged)]
pub enum Either {
    Numbers { numbers: Vec<u64> },
    Texts { texts: Vec<String> },
    Pair(u8, String),
}

#[data]
pub struct Twice {
    id: u32,
    #[serde(flatten)]
    operation: Operation,
    #[serde(flatten)]
    rest: BTreeMap<String, Value>,
}

#[data]
pub struct OptionalFlat {
    id: u32,
    #[serde(flatten)]
    operation: Option<Operation>,
}

#[data]
#[serde(transparent)]
pub struct Transparent(Option<BTreeMap<u8, i64>>);

#[data]
pub struct Graph {
    nodes: BTreeMap<String, Graph>,
    parent: Option<Box<Graph>>,
    edges: Vec<(u8, Graph)>,
}

#[data]
pub struct ListOfItself(Vec<ListOfItself>);

#[data]
pub struct MapLimits {
    #[schemars(length(min = 1, max = 3))]
    labels: BTreeMap<String, u8>,
    #[schemars(inner(range(min = 1, max = 5)))]
    stars: Vec<u8>,
}

#[data]
#[serde(rename_all = "kebab-case")]
#[derive(PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Key {
    TopLeft,
    BottomRight,
}

fn leaf() -> Graph {
    Graph {
        nodes: BTreeMap::new(),
        parent: None,
        edges: Vec::new(),
    }
}

samples! {
    Names => [Self {
        r#type: "3".to_owned(),
        r#match: Some(1),
        two_words: true,
        dotted: 1,
        dashed: 2,
        aliased: 3,
    }];
    RenamedFields => [
        Self::FirstCase { long_name: 1 },
        Self::SecondCase { other_name: Some("3".to_owned()) },
    ];
    Defaults => [Self {
        list: vec![1],
        note: Some("null".to_owned()),
        more: vec![u64::MAX],
        limit: 7,
        _cache: 0,
    }];
    AllOptional => [Self { a: 1, b: "[]".to_owned(), c: Some(Some(true)) }];
    Nested => [
        Self::Inner(Operation::Add { values: vec![] }),
        Self::Untagged(NumberOrText::Text("3".to_owned())),
        Self::List(vec![Self::Empty, Self::Untagged(NumberOrText::Number(3))]),
    ];
    Either => [
        Self::Numbers { numbers: vec![u64::MAX] },
        Self::Texts { texts: vec!["1".to_owned()] },
        Self::Pair(1, "1".to_owned()),
    ];
    Twice => [Self {
        id: 1,
        operation: Operation::Add { values: vec![0.5] },
        rest: BTreeMap::new(),
    }];
    OptionalFlat => [
        Self { id: 1, operation: None },
        Self { id: 1, operation: Some(Operation::Add { values: vec![] }) },
    ];
    Transparent => [Self(None), Self(Some(BTreeMap::from([(3, i64::MIN)])))];
    Graph => [Self {
        nodes: BTreeMap::from([("a".to_owned(), leaf())]),
        parent: Some(Box::new(leaf())),
        edges: vec![(1, leaf())],
    }];
    ListOfItself => [Self(vec![Self(vec![Self(vec![])]), Self(vec![])])];
    MapLimits => [Self { labels: BTreeMap::from([("a".to_owned(), 1)]), stars: vec![1, 5] }];
    Key => [Self::TopLeft, Self::BottomRight];
    IpAddr => [IpAddr::V4(Ipv4Addr::LOCALHOST), IpAddr::V6(Ipv6Addr::LOCALHOST)];
    Ipv4Addr => [Ipv4Addr::LOCALHOST];
    NonZeroU8 => [NonZeroU8::MIN, NonZeroU8::MAX];
    NonZeroI64 => [NonZeroI64::MIN, NonZeroI64::MAX];
    Duration => [Duration::new(3, 5)];
    Cow<'static, str> => [Cow::Borrowed("3")];
    VecDeque<u8> => [VecDeque::from([1, 2])];
    Result<u8, String> => [Ok(1), Err("1".to_owned())];
}

impl<T: Samples, const N: usize> Samples for Generic<T, N> {
    fn samples() -> Vec<Self> {
        let boxed = |it| ("b".to_owned(), Box::new(it));
        let values = T::samples().into_iter();
        values
            .map(|inner| Self {
                inner,
                others: T::samples().into_iter().map(boxed).collect(),
            })
            .collect()
    }
}

echo! {
    instant: Instant;
    date: Option<Date>;
    time: Vec<Time>;
    local_time: LocalTime;
    local_instant: BTreeMap<String, LocalInstant>;
    span: (Span, Date);
    identifier: Identifier;
    address: Option<Address>;
    link: Link;
    host: Host;
    expression_text: Expression;
    ip_address: IpAddr;
    ip4_address: Option<Ipv4Addr>;
    standard_duration: Duration;
    not_zero: NonZeroU8;
    wide_not_zero: Option<NonZeroI64>;
    names: Names;
    names_map: BTreeMap<String, Names>;
    renamed_fields: RenamedFields;
    renamed_fields_list: Vec<RenamedFields>;
    defaults: Defaults;
    all_optional: AllOptional;
    optional_all_optional: Option<AllOptional>;
    generic: Generic<Point>;
    generic_generic: Generic<Generic<u64, 2>, 3>;
    nested_enum: Nested;
    nested_enum_map: BTreeMap<u16, Nested>;
    either: Either;
    either_list: Vec<Option<Either>>;
    twice: Twice;
    optional_flat: OptionalFlat;
    transparent: Transparent;
    graph: Graph;
    list_of_itself: ListOfItself;
    map_limits: MapLimits;
    keyed_by_enum: HashMap<Key, u8>;
    keyed_by_enum_map: BTreeMap<Key, BTreeMap<Key, Vec<Key>>>;
    borrowed: Cow<'static, str>;
    deque: VecDeque<u8>;
    outcomes: Vec<Result<u8, String>>;
    thrice_optional: Option<Option<Option<u8>>>;
    boxed_option: Box<Option<Box<Point>>>;
    deep_tuple: ((Key, (Key,)), [(u8, Key); 2]);
}
