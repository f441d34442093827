//! A server whose docket is configured only by environment variables.

use fastmcp::prelude::*;

#[task]
async fn double(number: u32) -> u32 {
    number * 2
}

/// Doubles a number in the background, and waits for it.
#[tool]
async fn doubled(number: u32, docket: Docket) -> Result<u32> {
    Ok(docket.add(double)(number).await?.result().await?)
}

#[task]
async fn traced(run: fastmcp::dependencies::CurrentExecution) -> Option<String> {
    run.trace().map(|trace| trace.traceparent.clone())
}

/// Returns the trace of the work that this call schedules.
#[tool]
async fn trace(docket: Docket) -> Result<Option<String>> {
    Ok(docket.add(traced)().await?.result().await?)
}

/// Schedules work for the next hour.
#[tool]
async fn in_an_hour(number: u32, docket: Docket) -> Result<String> {
    let later = std::time::Duration::from_hours(1);
    let execution = docket.add(double)(number)
        .after(later)
        .key("in-an-hour")
        .await?;
    Ok(execution.key().to_string())
}

#[tokio::main]
async fn main() -> fastmcp::Result<()> {
    FastMcp::new("needs-docket").run().await?;
    Ok(())
}
