//! Arguments and results of every shape that serde supports.
use std::collections::{BTreeMap, HashMap, HashSet};

use fastmcp::prelude::*;

#[fastmcp::data]
enum Shape {
    Dot,
    Circle { radius: f64 },
    Polygon(Vec<(f64, f64)>),
}

#[fastmcp::data]
#[serde(rename_all = "camelCase")]
struct Tree {
    children_of: Vec<Tree>,
}

#[tool]
async fn shapes(
    shapes: Vec<Shape>,
    by_name: HashMap<String, Shape>,
    tags: HashSet<String>,
    pair: (u8, Option<bool>),
    tree: Tree,
    anything: fastmcp::serde_json::Value,
) -> Result<BTreeMap<String, Tree>> {
    let _ = (shapes, by_name, tags, pair, anything);
    Ok(BTreeMap::from([("tree".to_owned(), tree)]))
}

fn main() {}
