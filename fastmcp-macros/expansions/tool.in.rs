/// Finds lines.
#[tool(title = "Find")]
async fn find(
    /// What to look for
    query: &str,
    docket: Docket,
    #[arg(default = 10)] limit: u32,
) -> Result<Vec<String>> {
    Ok(vec![format!("{query}{limit}{}", docket.name())])
}
