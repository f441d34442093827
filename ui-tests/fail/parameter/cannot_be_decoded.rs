use fastmcp::prelude::*;

#[derive(fastmcp::schemars::JsonSchema)]
#[schemars(crate = "fastmcp::schemars")]
struct Filter {
    prefix: String,
}

#[tool]
async fn search(filter: Filter) -> String {
    filter.prefix
}

fn main() {}
