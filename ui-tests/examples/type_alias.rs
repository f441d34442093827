//! Type aliases of a dependency and of an argument.
use fastmcp::prelude::*;

type Jobs = Option<Docket>;
type Names = Vec<String>;

#[tool]
async fn count(jobs: Jobs, names: Names) -> usize {
    names.len() + usize::from(jobs.is_some())
}

fn main() {}
