/// Counts the lines of a file.
#[tool(task(required, ttl = "1h"))]
async fn count(#[arg(ask = "Of which file?")] path: String) -> Result<usize> {
    Ok(path.len())
}
