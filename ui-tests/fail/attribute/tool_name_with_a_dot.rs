use fastmcp::prelude::*;

/// Lists the tools.
#[tool(name = "admin/tools.list")]
async fn list() -> String {
    String::new()
}

fn main() {}
