//! Runs both ends in one process: a client calls the server's tools and prints the results.

use std::env;
use std::io::{self, IsTerminal, Write};
use std::path::Path;
use std::time::Duration;

use fastmcp::client::Client;
use fastmcp::prelude::*;
use fastmcp::serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::analysis::{Report, Started, Status};

/// The number of files that are printed from the report.
const SHOWN: usize = 5;

const BOLD: &str = "1";
const FAINT: &str = "2";
const GREEN: &str = "32";
const CYAN: &str = "36";

/// Starts `server`, calls its tools, and prints the report.
pub async fn run(server: FastMcp, path: &str, query: &str) -> Result<()> {
    let path = Path::new(path);
    let path = path.canonicalize().unwrap_or_else(|_| path.to_owned());
    let server = server.start().await?;
    let client = Client::connect(&server).await?;

    println!("{}", paint(BOLD, "The tools of the server:"));
    for tool in client.list_tools().await? {
        let name = format!("{:15}", tool.name);
        let description = tool.description.as_deref().unwrap_or_default();
        println!("  {}  {description}", paint(CYAN, &name));
    }

    let arguments = format!("path: \"{}\", query: {query:?}", path.display());
    println!("\n{}({arguments})", paint(CYAN, "analyze_data"));
    let started: Started = call(
        &client,
        "analyze_data",
        json!({ "path": path, "query": query }),
    )
    .await?;
    println!("  {}, key {}\n", started.message, started.key);

    let key = json!({ "key": started.key });
    loop {
        let status: Status = call(&client, "analysis_status", key.clone()).await?;
        show_progress(&status)?;
        if !["scheduled", "queued", "running"].contains(&status.state.as_str()) {
            break;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }

    let report: Report = call(&client, "analysis_report", key).await?;
    let matches = paint(BOLD, &format!("{} matches", report.matches));
    println!("\n\n{matches} for {query:?} in {} files:", report.files);
    for ranked in report.ranking.iter().take(SHOWN) {
        println!("{:6}  {}", ranked.matches, ranked.file);
    }
    if report.ranking.len() > SHOWN {
        println!("        … and {} files more", report.ranking.len() - SHOWN);
    }
    show_next_commands();

    client.close().await;
    server.shutdown().await?;
    Ok(())
}

/// Calls a tool and returns its structured content or its error.
async fn call<T: DeserializeOwned>(client: &Client, tool: &str, arguments: Value) -> Result<T> {
    let result = client.call_tool(tool, arguments).await?;
    if result.is_error {
        let text = result.content.first().and_then(|content| content.as_text());
        let text = text.map_or("no message", |text| &text.text);
        return Err(ToolError::new(format!("{tool}: {text}")).into());
    }
    Ok(serde_json::from_value(
        result.structured_content.unwrap_or_default(),
    )?)
}

/// Draws the bar over the previous one; without a terminal, only the last one.
fn show_progress(status: &Status) -> Result<()> {
    const WIDTH: u64 = 40;
    let total = status.total.unwrap_or(0);
    let is_last = status.state == "completed";
    let is_watched = io::stdout().is_terminal();
    if !is_last && !is_watched {
        return Ok(());
    }
    let full = match (WIDTH * status.done).checked_div(total) {
        Some(full) => full,
        None if is_last => WIDTH,
        None => 0,
    };
    let bar: String = (0..WIDTH)
        .map(|at| if at < full { '#' } else { '.' })
        .collect();
    let start_over = if is_watched { "\r\x1b[K" } else { "" };
    let state = paint(
        if is_last { GREEN } else { CYAN },
        &format!("{:9}", status.state),
    );
    print!("{start_over}  {state} [{bar}] {}/{total}", status.done);
    io::stdout().flush()?;
    Ok(())
}

fn show_next_commands() {
    let program = env::args().next().unwrap_or_else(|| "quickstart".into());
    println!("\n{}", paint(BOLD, "Try next:"));
    let next = [
        ("list", "the tools, as a client sees them"),
        ("call analyze_data path=. query=todo", "one call"),
        ("inspect analyze_data", "schemas, tokens, dependencies"),
    ];
    let next = next.map(|(command, purpose)| (format!("{program} {command}"), purpose));
    let width = next.iter().map(|(command, _)| command.len()).max();
    let width = width.unwrap_or_default();
    for (command, purpose) in next {
        println!("  {command:width$}  {}", paint(FAINT, purpose));
    }
}

/// Returns text in a colour, if the output is a terminal that shows colours.
fn paint(code: &str, text: &str) -> String {
    let refuses = env::var_os("NO_COLOR").is_some_and(|it| !it.is_empty());
    if refuses || !io::stdout().is_terminal() {
        return text.to_owned();
    }
    format!("\x1b[{code}m{text}\x1b[0m")
}
