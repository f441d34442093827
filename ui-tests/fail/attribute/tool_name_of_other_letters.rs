use fastmcp::prelude::*;

/// Brews coffee.
#[tool]
async fn café() {}

fn main() {}
