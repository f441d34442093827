use fastmcp::prelude::*;

#[task]
async fn work(text: String) -> usize {
    text.
}

/// The task can be scheduled all the same.
#[tool]
async fn schedule(text: String, docket: Docket) -> Result<String> {
    let execution = docket.add(work)(text).await?;
    Ok(execution.key().to_string())
}

fn main() {}
