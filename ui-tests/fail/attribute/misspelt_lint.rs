use fastmcp::prelude::*;

/// Counts.
#[tool(allow("wide-integers", "dead_code"))]
async fn count() -> u64 {
    7
}

fn main() {}
