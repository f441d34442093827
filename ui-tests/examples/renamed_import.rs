//! A dependency that is imported under another name.
use fastmcp::dependencies::{Docket as Queue, Worker as Runner};

#[fastmcp::tool]
async fn queue_name(queue: Queue, runner: &Runner) -> String {
    format!("{} {}", queue.name(), runner.name())
}

fn main() {}
