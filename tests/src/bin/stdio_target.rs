//! A server whose tools print, block, spawn processes and take their time.

use std::process::Command;
use std::time::Duration;

use fastmcp::prelude::*;

/// Prints to standard output and reads from standard input.
#[tool]
fn prints() -> String {
    println!("printed by a tool");
    print!("without a newline");
    let mut line = String::new();
    let read = std::io::stdin().read_line(&mut line).unwrap_or(7);
    format!("read {read} bytes")
}

/// Starts a child process that prints and reads.
#[tool]
fn child() -> String {
    let status = Command::new("sh")
        .args(["-c", "echo printed by a child; cat"])
        .status();
    format!("{status:?}")
}

/// Starts a child process that outlives the server, and returns its ID.
#[tool]
fn outlives() -> u32 {
    let child = Command::new("sleep").arg("600").spawn();
    child.expect("sleep starts").id()
}

/// Blocks a thread for ten minutes.
#[tool(blocking)]
fn stuck() {
    eprintln!("stuck");
    std::thread::sleep(Duration::from_mins(10));
}

/// Blocks the runtime's own thread for ten minutes.
#[tool]
async fn hogs() {
    eprintln!("stuck");
    std::thread::sleep(Duration::from_mins(10));
}

/// Takes its time.
#[tool]
async fn slow(milliseconds: u64) -> &'static str {
    tokio::time::sleep(Duration::from_millis(milliseconds)).await;
    "slow, but done"
}

/// Returns this many bytes.
#[tool]
fn bytes(count: usize) -> String {
    "x".repeat(count)
}

/// Returns its argument.
#[tool]
fn echo(value: serde_json::Value) -> serde_json::Value {
    value
}

/// Fails, and the server logs it.
#[tool]
fn fails() -> Result<()> {
    Err(fastmcp::Error::msg("x".repeat(200)))
}

/// Nobody reads what this process prints.
fn is_silent() -> bool {
    std::env::var_os("SILENT").is_some()
}

#[tokio::main]
async fn main() -> fastmcp::Result<()> {
    let grace = std::env::var("GRACE").unwrap_or_default();
    let grace = Duration::from_millis(grace.parse().unwrap_or(10_000));
    let lifespan = |lifespan: fastmcp::Lifespan| async {
        println!("printed by the lifespan");
        lifespan.serve(()).await;
        if !is_silent() {
            eprintln!("the lifespan has ended");
        }
        Ok(())
    };
    let server = FastMcp::new("stdio-target").grace(grace).lifespan(lifespan);
    server.run().await?;
    if !is_silent() {
        println!("printed after the end");
    }
    Ok(())
}
