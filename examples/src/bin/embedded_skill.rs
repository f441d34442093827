//! A server over standard input and output with a skill that is part of the program.

use fastmcp::prelude::*;

/// Embeds the folder `skills/shipping`, which the program does not need when it runs.
#[skill]
struct Shipping;

#[tokio::main]
async fn main() -> Result<()> {
    let _log = fastmcp::log_to_stderr();
    Ok(FastMcp::new("shop").run().await?)
}
