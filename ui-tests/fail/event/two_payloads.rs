use fastmcp::prelude::*;

#[fastmcp::data]
struct Build {
    ok: bool,
}

#[event]
fn build_finished(#[payload] build: &Build, #[payload] other: &Build) -> bool {
    build.ok && other.ok
}

fn main() {}
