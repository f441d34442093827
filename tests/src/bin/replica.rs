//! One of several processes on one docket: a server by default, a worker with the argument `worker`.

use std::time::Duration;

use fastmcp::prelude::*;

/// Returns the id of the process that ran this.
#[task]
async fn count(number: u64, pause_ms: u64) -> (u64, u32) {
    tokio::time::sleep(Duration::from_millis(pause_ms)).await;
    (number, std::process::id())
}

/// Starts some tasks, waits for all of them, and returns the processes that ran them.
#[tool]
async fn ran_by(tasks: u64, pause_ms: u64, docket: Docket) -> Result<Vec<u32>> {
    let mut executions = Vec::new();
    for number in 0..tasks {
        executions.push(docket.add(count)(number, pause_ms).await?);
    }
    let mut processes = Vec::new();
    for execution in executions {
        processes.push(execution.result().await?.1);
    }
    processes.sort_unstable();
    processes.dedup();
    Ok(processes)
}

#[tokio::main]
async fn main() -> Result<()> {
    let server = FastMcp::new("replica").enable_docket();
    match std::env::args().nth(1).as_deref() {
        Some("worker") => server.run_worker().await?,
        _ => server.run().await?,
    }
    Ok(())
}
