use fastmcp::prelude::*;

#[resource("data://board", csp(connect("https://api.example.com")))]
fn board() -> String {
    "board".into()
}

fn main() {}
