#[tool(titel = "Find")]
async fn find<T>(query: &mut String) -> Result<T> {
    todo(query)
}
