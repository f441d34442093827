//! Parameters and functions whose names are keywords.
use fastmcp::prelude::*;

#[tool]
async fn r#match(r#type: String, r#fn: Option<u8>) -> String {
    format!("{type}{:?}", r#fn, type = r#type)
}

#[task]
async fn r#loop(r#in: u32) -> u32 {
    r#in
}

#[resource("data://{type}")]
fn r#static(r#type: String) -> String {
    r#type
}

fn main() {}
