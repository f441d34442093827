//! One of several processes on one docket: a server on standard input and output by default, a server over HTTP with the
//! argument `http`, and a worker with the argument `worker`.

use std::time::Duration;

use fastmcp::Selection;
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

/// Doubles a number. It takes only arguments.
#[tool]
fn double(number: u32) -> Result<u32> {
    number
        .checked_mul(2)
        .ok_or_else(|| ToolError::new("the number is too large").into())
}

/// Greets somebody.
#[prompt]
fn greet(name: String) -> String {
    format!("Greet {name}.")
}

/// Serves HTTP at a free port, and prints its address.
async fn serve_http(server: FastMcp) -> Result<()> {
    let _log = fastmcp::log_to_stderr();
    let server = server.start().await?;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    println!("{}", listener.local_addr()?);
    server.serve_http(listener).await?;
    Ok(server.shutdown().await?)
}

#[tokio::main]
async fn main() -> Result<()> {
    let mut server = FastMcp::new("replica").enable_docket();
    if std::env::var_os("ANNEX").is_some() {
        let annex = FastMcp::new("annex").select(Selection::name("double"));
        server = server.mount("annex", annex.docket(Docket::memory("annex")));
    }
    match std::env::args().nth(1).as_deref() {
        Some("worker") => server.run_worker().await?,
        Some("http") => serve_http(server).await?,
        _ => server.run().await?,
    }
    Ok(())
}
