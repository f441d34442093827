use fastmcp::prelude::*;

#[fastmcp::data]
struct Page {
    title: String,
}

#[resource("ui://board/view.html")]
fn view() -> Page {
    Page {
        title: "board".into(),
    }
}

fn main() {}
