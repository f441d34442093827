use fastmcp::prelude::*;

#[completion]
fn topics(value: String) -> Vec<String> {
    vec![value]
}

#[prompt]
fn ask(#[arg(completes = topics)] topic: String) -> String {
    topic
}

fn main() {}
