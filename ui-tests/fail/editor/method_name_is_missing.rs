use fastmcp::prelude::*;

#[task]
async fn work(text: String) -> usize {
    text.
}

/// The task is still defined, so this is not a second error.
#[tool]
async fn schedule(text: String, docket: Docket) -> Result<String> {
    let execution = docket.add(work)(text).await?;
    Ok(execution.key().to_string())
}

fn main() {}
