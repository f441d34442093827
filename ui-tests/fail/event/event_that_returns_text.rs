use fastmcp::prelude::*;

#[fastmcp::data]
struct Build {
    ok: bool,
}

#[event]
fn build_finished(#[payload] build: &Build) -> String {
    build.ok.to_string()
}

fn main() {}
