//! A server that consists of three: its own tools, a mounted server, and a server in a process of its own.
//!
//! ```text
//! cargo run -p fastmcp-examples --bin composed            # serves standard input and output
//! cargo run -p fastmcp-examples --bin composed -- demo    # calls its own tools, and prints the answers
//! ```
//!
//! The program starts itself with the argument `notes` as the third server. It may be any program that is an MCP server
//! on its standard input and output.

use std::time::Duration;

use fastmcp::client::{Client, Upstream};
use fastmcp::middleware::{Next, RateLimit, ToolCall, from_fn};
use fastmcp::prelude::*;
use fastmcp::{Selection, ToolResult};
use serde_json::json;
use tokio::process::Command;

/// The goods of the shop.
mod shop {
    use fastmcp::prelude::*;

    /// Returns the goods that are for sale.
    #[tool(annotations(read_only))]
    fn goods() -> Vec<&'static str> {
        vec!["tea", "rice"]
    }
}

/// A server of the same program, which is mounted.
mod billing {
    use fastmcp::prelude::*;

    /// The rate of tax in percent.
    pub struct TaxRate(pub u64);

    /// Returns the price with tax, in cents.
    #[tool(annotations(read_only))]
    fn price(goods: String, net_cents: u64, rate: State<TaxRate>) -> Result<String> {
        let tax = net_cents.checked_mul(rate.0).map(|it| it / 100);
        let total = tax.and_then(|it| net_cents.checked_add(it));
        let total = total.ok_or_else(|| ToolError::new("the price is too large"))?;
        Ok(format!("{goods}: {total}"))
    }
}

/// A server in a process of its own.
mod notes {
    use fastmcp::prelude::*;

    /// Writes a note for the colleagues.
    #[tool]
    fn write_note(text: String) -> String {
        format!("process {} has noted: {text}", std::process::id())
    }
}

fn notes_server() -> FastMcp {
    FastMcp::new("notes").select(Selection::module("composed::notes"))
}

/// Removes the spaces around the text of arguments.
async fn trim(mut call: ToolCall, next: Next<ToolCall>) -> Result<ToolResult> {
    for value in call.arguments_mut().values_mut() {
        if let Some(text) = value.as_str() {
            *value = text.trim().into();
        }
    }
    next.run(call).await
}

fn composed_server() -> Result<FastMcp> {
    let program = std::env::current_exe()?;
    let notes = Upstream::process(move || {
        let mut command = Command::new(&program);
        command.arg("notes");
        command
    });
    let billing = FastMcp::new("billing")
        .select(Selection::module("composed::billing"))
        .state(billing::TaxRate(7));
    let server = FastMcp::new("composed")
        .select(Selection::module("composed::shop"))
        .mount("billing", billing)
        .proxy("notes", notes)
        // Both apply to the tools of all three servers. The first one is the outermost.
        .middleware(RateLimit::new(60, Duration::from_mins(1)))
        .middleware(from_fn(trim));
    Ok(server)
}

/// Calls one tool of each server.
async fn demo() -> Result<()> {
    let server = composed_server()?.start().await?;
    let client = Client::connect(&server).await?;
    for (tool, arguments) in [
        ("goods", json!({})),
        (
            "billing_price",
            json!({ "goods": " tea ", "net_cents": 300 }),
        ),
        ("notes_write_note", json!({ "text": " order more tea " })),
    ] {
        let result = client.call_tool(tool, arguments).await?;
        println!("{tool}: {}", json!(result.content)[0]["text"]);
    }
    Ok(server.shutdown().await?)
}

#[tokio::main]
async fn main() -> Result<()> {
    let _log = fastmcp::log_to_stderr();
    match std::env::args().nth(1).as_deref() {
        None => Ok(composed_server()?.run().await?),
        Some("demo") => demo().await,
        Some("notes") => Ok(notes_server().run().await?),
        Some(other) => {
            eprintln!("unknown argument `{other}`; expected `demo`, `notes` or none");
            std::process::exit(2);
        }
    }
}
