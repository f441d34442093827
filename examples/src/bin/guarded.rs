//! How do I log, limit and change calls, without touching the tools?
//!
//! ```text
//! guarded        serves standard input and output
//! ```

use std::time::Duration;

use fastmcp::middleware::{AuditLog, Next, RateLimit, Timeout, ToolCall, from_fn};
use fastmcp::{Selection, ToolResult, prelude::*};

/// Returns the weather of a city.
#[tool(annotations(read_only))]
fn weather(city: String) -> String {
    format!("{city}: sunny")
}

/// Sends a message.
#[tool(tags("outgoing"))]
fn send(to: String, text: String) -> String {
    format!("sent {} characters to {to}", text.len())
}

/// Removes spaces around texts, which models like to add.
async fn trim(mut call: ToolCall, next: Next<ToolCall>) -> Result<ToolResult> {
    for value in call.arguments_mut().values_mut() {
        if let Some(text) = value.as_str() {
            *value = text.trim().into();
        }
    }
    next.run(call).await
}

#[tokio::main]
async fn main() -> Result<()> {
    // The first one is the outermost: refused calls are in the log too.
    let server = FastMcp::new("guarded")
        .middleware(AuditLog::new())
        .middleware_for(
            Selection::tag("outgoing"),
            RateLimit::new(2, Duration::from_mins(1)),
        )
        .middleware(Timeout::new(Duration::from_secs(10)))
        .middleware(from_fn(trim));
    Ok(server.run().await?)
}
