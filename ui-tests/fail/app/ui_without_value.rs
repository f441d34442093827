use fastmcp::prelude::*;

#[tool(ui)]
async fn show_board() -> String {
    "board".into()
}

fn main() {}
