//! A server with one tool for each shape of Rust type: over stdio by default; with the argument
//! `describe` it prints the signatures, samples and lints as JSON.
#![allow(
    clippy::box_collection,
    clippy::vec_box,
    clippy::zero_sized_map_values,
    clippy::option_option,
    clippy::type_complexity,
    reason = "types of every form are what the corpus lists"
)]

mod formats;
mod prompts;
mod row;
mod samples;
mod single;
mod types;
mod wrapped;

use fastmcp::prelude::*;
use serde_json::{Value, json};

#[tokio::main]
async fn main() -> Result<()> {
    let server = FastMcp::new("corpus");
    if std::env::args().nth(1).as_deref() != Some("describe") {
        return server.run().await.map_err(Into::into);
    }
    let server = server.start().await?;
    let lint = |lint: &fastmcp::Lint| json!({ "tool": lint.component, "code": lint.code });
    let lints: Vec<Value> = server.lints().iter().map(lint).collect();
    let rows = wrapped::rows().into_iter().chain(single::rows());
    let rows = rows.chain(formats::rows()).chain(wrapped::texts::rows());
    let rows: Vec<Value> = rows
        .map(|row| json!({ "name": row.name, "signature": row.signature, "samples": row.samples }))
        .collect();
    let prompts: Vec<Value> = prompts::rows()
        .iter()
        .map(|row| json!({ "name": row.name, "signature": row.signature, "samples": row.samples }))
        .collect();
    println!(
        "{}",
        json!({ "rows": rows, "lints": lints, "prompts": prompts })
    );
    Ok(())
}
