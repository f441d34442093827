//! Defaults are expressions of the parameter's type.
use fastmcp::prelude::*;

const LIMIT: u32 = 10;

#[tool]
async fn search(
    #[arg(default = LIMIT * 2)] limit: u32,
    #[arg(default = "all".to_owned())] scope: String,
    #[arg(default = "x".into())] lent: &str,
    #[arg(default = vec![1.5])] weights: Vec<f64>,
) -> String {
    format!("{limit}{scope}{lent}{weights:?}")
}

fn main() {}
