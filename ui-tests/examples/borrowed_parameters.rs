//! Parameters that are references, to arguments and to dependencies.
use fastmcp::prelude::*;

#[tool]
async fn search(query: &str, words: &[String], limit: &Option<u32>, docket: &Docket) -> usize {
    query.len() + words.len() + limit.unwrap_or(0) as usize + docket.name().len()
}

fn main() {}
