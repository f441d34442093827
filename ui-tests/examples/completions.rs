//! Completions in another module, and completions with injected parameters.
use fastmcp::prelude::*;

mod atlas {
    #[fastmcp::completion]
    pub(crate) async fn cities(value: &str, country: Option<String>) -> Vec<String> {
        vec![format!("{value}{country:?}")]
    }
}

#[prompt]
fn journey(country: String, #[arg(complete = atlas::cities)] city: String) -> String {
    country + &city
}

#[resource("city://{city}")]
fn city(#[arg(complete = crate::atlas::cities)] city: String) -> String {
    city
}

fn main() {
    let _ = atlas::cities("P", None);
}
