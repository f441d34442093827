use fastmcp::prelude::*;

use fastmcp::ToolResult;

struct Report;

#[tool(output_schema = Report)]
async fn report() -> ToolResult {
    ToolResult::text("none")
}

fn main() {}
