use fastmcp::prelude::*;

struct Database;

/// Counts the rows of a table.
#[tool]
async fn count(
    table: String,
    database: Database,
    #[arg(range = 1..=100, default = 10)] limit: u32,
) -> Result<usize> {
    Ok(table.len().min(limit as usize))
}

#[tokio::main]
async fn main() -> Result<()> {
    Ok(FastMcp::new("tables").run().await?)
}
