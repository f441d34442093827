use fastmcp::prelude::*;

#[tool]
async fn double(number: u32, docket: Docket) -> Result<u32> {
    let twice: u32 = format!("{number}{}", docket.name());
    Ok(twice)
}

fn main() {
    let _ = double;
}
