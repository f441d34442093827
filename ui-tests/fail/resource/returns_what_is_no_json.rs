use fastmcp::prelude::*;

struct Page;

#[resource("wiki://front")]
async fn front() -> Page {
    Page
}

fn main() {}
