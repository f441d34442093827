use fastmcp::prelude::*;

#[fastmcp::data]
struct Build {
    ok: bool,
}

#[event]
fn build_finished(
    #[payload]
    #[arg(description = "The build")]
    build: &Build,
) -> bool {
    build.ok
}

fn main() {}
