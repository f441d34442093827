use fastmcp::prelude::*;

#[resource("ui://board/view.html", csp(connect("https://api.example.com/v1")))]
fn view() -> &'static str {
    "<!doctype html>"
}

fn main() {}
