use fastmcp::prelude::*;

#[resource("ui://board/view.html", csp(resource("*")))]
fn view() -> &'static str {
    "<!doctype html>"
}

fn main() {}
