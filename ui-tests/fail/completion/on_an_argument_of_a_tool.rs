use fastmcp::prelude::*;

#[completion]
fn topics(value: String) -> Vec<String> {
    vec![value]
}

#[tool]
fn ask(#[arg(complete = topics)] topic: String) -> String {
    topic
}

fn main() {}
