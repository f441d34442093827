//! A server with two resource templates that match the same URIs.

use fastmcp::prelude::*;

#[resource("users://{id}")]
fn by_id(id: String) -> String {
    id
}

#[resource("users://{name}{?lang}")]
fn by_name(name: String, lang: Option<String>) -> String {
    format!("{name}{lang:?}")
}

#[tokio::main]
async fn main() -> fastmcp::Result<()> {
    FastMcp::new("twins").run().await?;
    Ok(())
}
