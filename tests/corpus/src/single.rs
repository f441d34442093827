//! Types that are not in the table of wrappers: recursive ones, sets, long tuples, nested containers.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use fastmcp::data;
use fastmcp::prelude::*;
use serde_json::{Map, Value, json};

use crate::row::{Row, echo};
use crate::samples::{Samples, samples};
use crate::types::{Documented, External, Internal, Numeric, Plain, Point, Untagged};

#[data]
pub struct Tree {
    name: String,
    children: Vec<Tree>,
}

#[data]
pub struct Linked {
    value: i32,
    next: Option<Box<Linked>>,
}

#[data]
#[serde(rename_all = "lowercase")]
pub enum Expression {
    Number(f64),
    Not(Box<Expression>),
    Sum(Vec<Expression>),
}

#[data]
pub struct Unit;

#[data]
pub struct Empty {}

#[data]
pub struct Coordinates(f64, f64, Option<f64>);

#[data]
pub struct Rest {
    id: u32,
    #[serde(flatten)]
    rest: BTreeMap<String, Value>,
}

#[data]
#[serde(untagged)]
pub enum NumberOrText {
    Number(i64),
    Text(String),
}

#[data]
#[serde(tag = "op")]
pub enum Operation {
    Add { values: Vec<f64> },
    Lookup(Point),
}

samples! {
    Tree => [Self {
        name: "root".to_owned(),
        children: vec![Self { name: "leaf".to_owned(), children: Vec::new() }],
    }];
    Linked => [Self { value: 1, next: Some(Box::new(Self { value: 2, next: None })) }];
    Expression => [
        Self::Number(1.0),
        Self::Not(Box::new(Self::Sum(vec![Self::Number(1.0), Self::Number(2.0)]))),
    ];
    Unit => [Self];
    Empty => [Self {}];
    Coordinates => [Self(1.0, 2.0, Some(3.0))];
    Rest => [Self { id: 1, rest: BTreeMap::from([("more".to_owned(), json!([1]))]) }];
    NumberOrText => [Self::Number(1), Self::Text("one".to_owned())];
    Operation => [
        Self::Add { values: vec![1.0] },
        Self::Lookup(Point::samples().remove(0)),
    ];
    Map<String, Value> => [Map::new(), Map::from_iter([("a".to_owned(), json!(1))])];
}

echo! {
    tree: Tree;
    trees: Vec<Tree>;
    linked: Option<Linked>;
    expression: Expression;
    unit: Unit;
    nothing: ();
    empty: Empty;
    coordinates: Coordinates;
    coordinates_list: Vec<Coordinates>;
    rest: Rest;
    number_or_text: NumberOrText;
    operation: Operation;
    operations: Vec<Operation>;
    object: Map<String, Value>;
    text_set: HashSet<String>;
    number_set: BTreeSet<i64>;
    letter_set: Option<BTreeSet<char>>;
    hash_map: HashMap<String, String>;
    wide_key_map: HashMap<u64, Vec<String>>;
    signed_key_map: BTreeMap<i32, Option<Value>>;
    narrow_key_map: BTreeMap<u8, Point>;
    flag_key_map: BTreeMap<bool, Point>;
    letter_key_map: BTreeMap<char, Numeric>;
    nested_map: BTreeMap<String, BTreeMap<String, Vec<Internal>>>;
    nested_list: Vec<Vec<Vec<f32>>>;
    nested_option: Option<Option<u8>>;
    one_tuple: (Plain,);
    four_tuple: (String, Option<u8>, Vec<Point>, Documented);
    nested_tuple: ((u8, u8), (String, (bool, External)));
    tuple_list: Vec<(String, Vec<(f64, f64)>)>;
    tuple_map: BTreeMap<String, (Untagged, Value)>;
    empty_array: [u8; 0];
    matrix: [[f64; 3]; 3];
    boxed_list: Box<Vec<Box<Point>>>;
}
