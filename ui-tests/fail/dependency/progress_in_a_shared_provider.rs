use fastmcp::prelude::*;

#[dependency(shared)]
async fn steps(progress: Option<Progress>) -> bool {
    progress.is_some()
}

fn main() {}
