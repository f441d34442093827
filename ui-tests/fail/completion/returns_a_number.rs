use fastmcp::prelude::*;

#[completion]
fn topics(value: String) -> usize {
    value.len()
}

fn main() {}
