use fastmcp::prelude::*;

#[tools]
struct Shelf(Vec<String>);

fn main() {}
