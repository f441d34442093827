//! How does a host that ends calls after a minute get the result of one that takes longer?
//!
//! A client with the tasks extension gets a task at once. Any other client gets the result if the call ends in time, and
//! otherwise the ID of the task, with which its model goes on: `task_status`, `task_result` and `task_cancel`.
//!
//! ```text
//! long_calls          answers a call after at most ten seconds
//! long_calls 2        after at most two seconds
//! ```
//!
//! With `FASTMCP_DOCKET_URL=sqlite://tasks.db` or `redis://localhost`, the tasks outlive the process.

use std::time::Duration;

use fastmcp::TaskFallback;
use fastmcp::prelude::*;

/// Reads a number of pages, one a second, and returns how many there were.
#[tool(task(ttl = "1d"), annotations(read_only))]
async fn read_pages(pages: u32, ctx: Context) -> u32 {
    for page in 1..=pages {
        let message = format!("page {page} of {pages}");
        ctx.report_progress(page.into(), Some(pages.into()), Some(&message))
            .await;
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
    pages
}

#[tokio::main]
async fn main() -> Result<()> {
    let seconds = std::env::args().nth(1);
    let seconds = seconds.map_or(Ok(10), |it| it.parse())?;
    let server = FastMcp::new("long_calls")
        .enable_docket()
        .task_fallback(TaskFallback::after(Duration::from_secs(seconds)));
    server.run().await?;
    Ok(())
}
