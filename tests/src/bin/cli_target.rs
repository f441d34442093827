//! A server with a command line, for the transcripts of `cli`.

use std::process::ExitCode;

use fastmcp::cli::clap::Command;
use fastmcp::prelude::*;

/// Adds two numbers.
#[tool]
fn add(a: f64, b: f64) -> f64 {
    a + b
}

/// A cup of tea.
#[fastmcp::data]
struct Cup {
    size: u32,
    milk: bool,
}

/// The kind of a tea.
#[fastmcp::data]
enum Kind {
    Black,
    Green,
}

/// Describes an order.
#[tool]
fn order(kind: Kind, cup: Cup, #[arg(default = vec![])] notes: Vec<String>) -> String {
    let kind = match kind {
        Kind::Black => "black",
        Kind::Green => "green",
    };
    let milk = if cup.milk { "with" } else { "without" };
    format!(
        "{kind} tea of {} ml {milk} milk; {}",
        cup.size,
        notes.join(", ")
    )
}

/// Deletes a file if the user agrees.
#[tool]
async fn delete(file: String, ctx: Context) -> Result<String> {
    let sure: bool = ctx.elicit(format!("Delete {file}?")).await?;
    Ok(if sure { "deleted" } else { "kept" }.into())
}

/// Counts to three, and reports its progress.
#[tool]
async fn count(ctx: Context) -> Result<u32> {
    for step in 1..=3_u32 {
        ctx.report_progress(f64::from(step), Some(3.0), Some("counting"))
            .await;
    }
    Ok(3)
}

/// Waits for the answer of a person, as a task.
#[tool(task = "required")]
async fn approve(amount: u32, ctx: Context) -> Result<String> {
    let sure: bool = ctx.elicit(format!("Approve {amount}?")).await?;
    Ok(if sure { "approved" } else { "refused" }.into())
}

/// Returns text that a terminal would interpret.
#[tool]
fn hostile() -> String {
    "title \u{1b}]0;owned\u{7}, colour \u{1b}[31m and \u{9b}31m, back\rspace\u{8}, \u{202e}reversed"
        .into()
}

/// Fails.
#[tool]
fn fail() -> Result<String> {
    Err(ToolError::new("no \u{1b}[31mtea").into())
}

/// Never returns.
#[tool]
async fn wait(ctx: Context) -> String {
    ctx.report_progress(0.0, None, Some("waiting")).await;
    std::future::pending().await
}

#[tool(enabled = std::env::var_os("CLI_TARGET_LINT").is_some())]
fn undocumented(text: String) -> String {
    text
}

/// Sends mail later.
#[task]
async fn send_mail(to: String) -> Result<String> {
    if to.contains('@') {
        Ok(format!("sent to {to}"))
    } else {
        Err(ToolError::new(format!("`{to}` is no address")).into())
    }
}

/// Clients send the address, and the provider takes it.
#[dependency]
fn recipient(#[argument] to: &str) -> String {
    to.trim().to_owned()
}

/// Sends mail in the background.
#[tool]
async fn mail(#[depends(recipient)] recipient: String, docket: Docket) -> Result<String> {
    Ok(docket.add(send_mail)(recipient).await?.key().to_string())
}

/// The menu.
#[resource("menu://today", mime_type = "text/plain")]
fn menu() -> String {
    "tea".into()
}

/// The price of a tea.
#[resource("price://{kind}")]
fn price(kind: String) -> String {
    format!("{} cents", kind.len() * 100)
}

/// Asks for a tea.
#[prompt]
fn please(kind: String) -> String {
    format!("A cup of {kind} tea, please.")
}

#[tokio::main]
async fn main() -> ExitCode {
    let hello = Command::new("hello").about("Greets");
    FastMcp::new("tea")
        .version("1.2.3")
        .enable_docket()
        .cli()
        .command(hello, |server, _| async move {
            println!("hello from {server:?}");
            Err(ToolError::new("and goodbye").into())
        })
        .await
}
