use fastmcp::prelude::*;

#[task]
async fn shout(text: String) -> String {
    text.to_upp()
}

#[tool]
async fn start(text: String, docket: Docket) -> Result<String> {
    docket.add(shout)(text).await?;
    Ok("started".into())
}

fn main() {}
