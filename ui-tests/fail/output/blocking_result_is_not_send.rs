use fastmcp::prelude::*;

use std::rc::Rc;

#[fastmcp::data]
struct Report {
    rows: u64,
}

struct Shared(Rc<Report>);

impl fastmcp::IntoToolResult for Shared {
    fn into_tool_result(self) -> fastmcp::ToolResult {
        fastmcp::ToolResult::text(self.0.rows.to_string())
    }
}

#[tool(blocking)]
fn report() -> Shared {
    Shared(Rc::new(Report { rows: 3 }))
}

fn main() {}
