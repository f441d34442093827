use fastmcp::prelude::*;

#[tool]
async fn queue(#[arg(default = 5)] docket: Docket) -> String {
    format!("{docket:?}")
}

fn main() {}
