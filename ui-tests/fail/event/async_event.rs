use fastmcp::prelude::*;

#[fastmcp::data]
struct Build {
    ok: bool,
}

#[event]
async fn build_finished(#[payload] build: &Build) -> bool {
    build.ok
}

fn main() {}
