use fastmcp::prelude::*;

#[resource("ui://board/view.html", mime_type = "text/html")]
fn view() -> &'static str {
    "<!doctype html>"
}

fn main() {}
