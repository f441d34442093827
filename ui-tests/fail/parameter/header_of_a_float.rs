use fastmcp::prelude::*;

#[tool]
async fn scale(#[arg(header = "Factor")] factor: f64) -> f64 {
    factor
}

fn main() {}
