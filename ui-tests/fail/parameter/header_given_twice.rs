use fastmcp::prelude::*;

#[tool]
async fn place(
    #[arg(header = "Region")] region: String,
    #[arg(header = "region")] country: String,
) -> String {
    region + &country
}

fn main() {}
