use fastmcp::prelude::*;

struct Build {
    ok: bool,
}

#[event]
fn build_finished(#[payload] build: &Build) -> bool {
    build.ok
}

fn main() {}
