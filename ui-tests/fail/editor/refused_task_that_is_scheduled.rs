use fastmcp::prelude::*;

#[task(timeout = 30)]
async fn double(number: u32) -> u32 {
    number * 2
}

#[tool]
async fn start(docket: Docket) -> Result<String> {
    docket.add(double)(21).await?;
    Ok("started".into())
}

fn main() {}
