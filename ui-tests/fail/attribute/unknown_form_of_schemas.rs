use fastmcp::prelude::*;

/// Counts.
#[tool(schemas = "verbatim")]
async fn count() -> u32 {
    7
}

fn main() {}
