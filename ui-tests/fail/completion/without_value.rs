use fastmcp::prelude::*;

#[completion]
fn topics(typed: String) -> Vec<String> {
    vec![typed]
}

fn main() {}
