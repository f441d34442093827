//! Defaults are expressions of the parameter's type.
use fastmcp::prelude::*;

const LIMIT: u32 = 10;

#[tool]
async fn search(
    #[arg(default = LIMIT * 2)] limit: u32,
    #[arg(default = "all".to_owned())] scope: String,
    #[arg(default = "x".into())] lent: &str,
    #[arg(default = vec![1.5])] weights: Vec<f64>,
    #[arg(default)] order: Vec<String>,
) -> String {
    format!("{limit}{scope}{lent}{weights:?}{order:?}")
}

struct Library;

#[tools]
impl Library {
    const MOST: u32 = 50;

    #[tool(timeout = Self::patience())]
    async fn find(&self, #[arg(max = Self::MOST, default = Self::MOST)] limit: u32) -> u32 {
        limit
    }

    fn patience() -> std::time::Duration {
        std::time::Duration::from_secs(1)
    }
}

fn main() {}
