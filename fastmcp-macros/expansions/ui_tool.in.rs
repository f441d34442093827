/// Saves the board.
#[tool(ui(resource = "ui://board/view.html", app_only))]
async fn save() {}
