//! Loads `OpenAPI` documents, starts a server with their tools, and prints a row of a table for each, for
//! `scripts/openapi.sh`. An argument is `NAME=PATH`.

use std::collections::BTreeMap;
use std::time::Instant;

use fastmcp::client::Client;
use fastmcp::openapi::{OpenApi, SkipReason};
use fastmcp::prelude::*;
use fastmcp::serde_json;

#[tokio::main]
async fn main() -> Result<()> {
    let is_detailed = std::env::var_os("DETAILS").is_some();
    println!("| document | MB | operations | tools | left out | kB listed, median | seconds |");
    println!("|---|---|---|---|---|---|---|");
    for argument in std::env::args().skip(1) {
        let (name, path) = argument.split_once('=').unwrap_or(("document", &argument));
        let text = std::fs::read_to_string(path)?;
        let started = Instant::now();
        let api = match OpenApi::new(&text) {
            Ok(api) => api,
            Err(error) => {
                println!(
                    "| {name} | {:.1} | – | – | {error} | – | – |",
                    megabytes(text.len())
                );
                continue;
            }
        };
        let api = api.base_url("http://127.0.0.1:9");
        let mut reasons: BTreeMap<String, usize> = BTreeMap::new();
        let mut whole = 0;
        for skipped in api.skipped() {
            if is_detailed {
                eprintln!("{skipped}");
            }
            whole += usize::from(skipped.parameter.is_none());
            let reason = match &skipped.reason {
                SkipReason::Body(media_types) => format!("a body of {}", media_types.join(", ")),
                SkipReason::Parameter(media_type) => format!("a parameter of {media_type}"),
                SkipReason::Method(method) => method.clone(),
                SkipReason::Fault(fault) => fault.problem.clone(),
                _ => skipped.reason.to_string(),
            };
            *reasons.entry(reason).or_default() += 1;
        }
        let operations = api.operations().count() + whole;
        let server = FastMcp::new("documents").openapi(api);
        let server = match server.start().await {
            Ok(server) => server,
            Err(error) => {
                println!(
                    "| {name} | {:.1} | {operations} | – | {error} | – | – |",
                    megabytes(text.len())
                );
                continue;
            }
        };
        let seconds = started.elapsed().as_secs_f64();
        let tools = Client::connect(&server).await?.list_tools().await?;
        let mut sizes: Vec<usize> = tools
            .iter()
            .map(|tool| serde_json::to_string(tool).map_or(0, |it| it.len()))
            .collect();
        sizes.sort_unstable();
        let median = sizes.get(sizes.len() / 2).copied().unwrap_or_default();
        let reasons: Vec<String> = reasons
            .iter()
            .map(|(reason, count)| format!("{count}: {reason}"))
            .collect();
        let reasons = if reasons.is_empty() {
            "none".to_owned()
        } else {
            reasons.join("; ")
        };
        println!(
            "| {name} | {:.1} | {operations} | {} | {reasons} | {:.1} | {seconds:.2} |",
            megabytes(text.len()),
            tools.len(),
            kilobytes(median),
        );
        if is_detailed {
            let lints = server.lints();
            let mut codes: BTreeMap<&str, usize> = BTreeMap::new();
            for lint in &lints {
                *codes.entry(lint.code).or_default() += 1;
            }
            eprintln!("{name}: largest {:?}, lints {codes:?}", sizes.last());
        }
    }
    Ok(())
}

#[expect(clippy::cast_precision_loss, reason = "sizes of files")]
fn megabytes(bytes: usize) -> f64 {
    bytes as f64 / 1e6
}

#[expect(clippy::cast_precision_loss, reason = "sizes of texts")]
fn kilobytes(bytes: usize) -> f64 {
    bytes as f64 / 1e3
}
