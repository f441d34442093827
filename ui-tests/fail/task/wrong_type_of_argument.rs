use fastmcp::prelude::*;

#[task]
async fn repeat(text: String, docket: Docket, times: usize) -> String {
    let _ = docket;
    text.repeat(times)
}

#[tool]
async fn start(docket: Docket) -> Result<String> {
    docket.add(repeat)("ho".to_owned(), "3").await?;
    Ok("started".into())
}

fn main() {}
