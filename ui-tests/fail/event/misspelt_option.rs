use fastmcp::prelude::*;

#[fastmcp::data]
struct Build {
    ok: bool,
}

#[event(scope("builds:read"))]
fn build_finished(#[payload] build: &Build) -> bool {
    build.ok
}

fn main() {}
