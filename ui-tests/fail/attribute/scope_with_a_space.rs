use fastmcp::prelude::*;

#[tool(scopes("orders:read orders:write"))]
async fn orders() -> u32 {
    3
}

fn main() {}
