use fastmcp::prelude::*;

#[tool(ui = "https://board/view.html")]
async fn show_board() -> String {
    "board".into()
}

fn main() {}
