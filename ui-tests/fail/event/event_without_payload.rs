use fastmcp::prelude::*;

#[event]
fn build_finished(repository: String) -> bool {
    !repository.is_empty()
}

fn main() {}
