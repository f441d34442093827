use fastmcp::prelude::*;

#[prompt]
async fn ask(topic: String) -> usize {
    topic.len()
}

fn main() {}
