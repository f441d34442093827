use fastmcp::prelude::*;

fn topics(value: String) -> Vec<String> {
    vec![value]
}

#[prompt]
fn ask(#[arg(complete = topics)] topic: String) -> String {
    topic
}

fn main() {}
