use fastmcp::prelude::*;

#[prompt]
fn ask(#[arg(complete = topics)] topic: String) -> String {
    topic
}

fn main() {}
