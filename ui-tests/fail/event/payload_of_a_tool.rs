use fastmcp::prelude::*;

#[tool]
fn finish_build(#[payload] ok: bool) -> bool {
    ok
}

fn main() {}
