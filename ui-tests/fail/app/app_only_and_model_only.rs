use fastmcp::prelude::*;

#[tool(ui(app_only, model_only))]
async fn vote() -> String {
    "voted".into()
}

fn main() {}
