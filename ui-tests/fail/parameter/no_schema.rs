use fastmcp::prelude::*;

#[derive(fastmcp::serde::Deserialize)]
#[serde(crate = "fastmcp::serde")]
struct Filter {
    prefix: String,
}

#[tool]
async fn search(filter: Filter) -> String {
    filter.prefix
}

fn main() {}
