use fastmcp::prelude::*;

#[resource("ui:board", prefers_border)]
fn view() -> &'static str {
    "<!doctype html>"
}

fn main() {}
