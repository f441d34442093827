use fastmcp::prelude::*;

#[tool]
async fn queue(#[arg(rename = "queue")] docket: Docket) -> String {
    format!("{docket:?}")
}

fn main() {}
