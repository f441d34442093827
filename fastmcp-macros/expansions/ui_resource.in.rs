/// The page.
#[resource(
    "ui://board/view.html",
    csp(connect("https://api.example.com", origin())),
    permissions(camera),
    prefers_border
)]
fn view() -> &'static str {
    include_str!("view.html")
}
