//! Runs both ends in one process: a client calls the server's tools and prints the results.

use std::io::{self, IsTerminal, Write};
use std::path::Path;
use std::time::Duration;

use fastmcp::client::Client;
use fastmcp::prelude::*;
use fastmcp::serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::analysis::{Report, Started, Status};

/// The number of files that are printed from the report.
const SHOWN: usize = 10;

/// Starts `server`, calls its tools, and prints the report.
pub async fn run(server: FastMcp, path: &str, query: &str) -> Result<()> {
    let path = Path::new(path);
    let path = path.canonicalize().unwrap_or_else(|_| path.to_owned());
    let server = server.start().await?;
    let client = Client::connect(&server).await?;

    println!("The tools of `{}`:", server.name());
    for tool in client.list_tools().await? {
        let description = tool.description.as_deref().unwrap_or_default();
        println!("\n  {} - {description}", tool.name);
        println!("    {}", serde_json::to_string(&tool.input_schema)?);
    }

    println!(
        "\nanalyze_data(path: \"{}\", query: {query:?})",
        path.display()
    );
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
    println!(
        "\n\n{} matches for {query:?} in {} files:",
        report.matches, report.files
    );
    for ranked in report.ranking.iter().take(SHOWN) {
        println!("{:6}  {}", ranked.matches, ranked.file);
    }
    if report.ranking.len() > SHOWN {
        println!("        … and {} files more", report.ranking.len() - SHOWN);
    }

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
    print!(
        "{start_over}  {:9} [{bar}] {}/{total}",
        status.state, status.done
    );
    io::stdout().flush()?;
    Ok(())
}
