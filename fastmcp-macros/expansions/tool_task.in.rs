/// Counts the lines of a file.
#[tool(task(required, ttl = "1h"))]
async fn count(path: String) -> Result<usize> {
    Ok(path.len())
}
