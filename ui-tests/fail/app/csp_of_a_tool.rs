use fastmcp::prelude::*;

#[tool(ui(resource = "ui://board/view.html", csp(connect("https://api.example.com"))))]
async fn show_board() -> String {
    "board".into()
}

fn main() {}
