use fastmcp::prelude::*;

#[tool(ui(visibility("app")))]
async fn vote() -> String {
    "voted".into()
}

fn main() {}
