use fastmcp::prelude::*;

#[tool]
async fn queue(#[arg(default = "main")] docket: Docket) -> String {
    format!("{docket:?}")
}

fn main() {}
