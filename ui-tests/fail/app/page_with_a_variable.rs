use fastmcp::prelude::*;

#[tool(ui = "ui://board/{id}.html")]
async fn show_board(id: u32) -> String {
    id.to_string()
}

fn main() {}
