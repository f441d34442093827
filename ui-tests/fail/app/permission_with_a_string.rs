use fastmcp::prelude::*;

#[resource("ui://board/view.html", permissions("camera"))]
fn view() -> &'static str {
    "<!doctype html>"
}

fn main() {}
