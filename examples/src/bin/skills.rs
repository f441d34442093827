//! A server over HTTP with the skills of a directory: folders of instructions that hosts read when a task needs them.
//!
//! ```text
//! skills ADDRESS DIRECTORY
//! ```
//!
//! `examples/skills` is such a directory. A change of its files is loaded within a second, and clients that listen are
//! notified.

use std::time::Duration;

use fastmcp::prelude::*;
use fastmcp::skills::SkillDirectory;

/// Refunds an order.
#[tool]
async fn refund(order: u64, amount: f64) -> String {
    format!("refunded {amount} of order {order}")
}

#[tokio::main]
async fn main() -> Result<()> {
    let _log = fastmcp::log_to_stderr();
    let mut arguments = std::env::args().skip(1);
    let (Some(address), Some(directory)) = (arguments.next(), arguments.next()) else {
        eprintln!(
            "usage: skills ADDRESS DIRECTORY, for example `skills 127.0.0.1:8000 examples/skills`"
        );
        std::process::exit(2);
    };
    FastMcp::new("shop")
        .skills(SkillDirectory::new(directory).watch(Duration::from_secs(1)))
        .run_http(&address)
        .await?;
    Ok(())
}
