//! Constraints on user types, whose kind is known only from their schema.

use fastmcp::prelude::*;

#[fastmcp::data]
struct Count(u32);

#[fastmcp::data]
struct Code(String);

#[fastmcp::data]
enum Region {
    North,
    South,
}

const MOST: u64 = 5_000_000_000;

#[tool]
async fn take(
    #[arg(range = 1..=10)] count: Count,
    #[arg(min = 0.5, max = MOST)] more: Option<Count>,
    #[arg(length = 3, pattern = "^[a-z]+$")] code: Code,
    #[arg(header = "Region")] region: Region,
) -> u32 {
    let _ = (more.map(|it| it.0), code.0, region);
    count.0
}

fn main() {}
