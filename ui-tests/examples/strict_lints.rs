//! Expansions pass the lints of strict crates.
#![forbid(unsafe_code)]
#![deny(
    warnings,
    missing_docs,
    unreachable_pub,
    unused_qualifications,
    non_local_definitions
)]
#![deny(clippy::all, clippy::pedantic, missing_debug_implementations)]
#![allow(clippy::must_use_candidate, clippy::needless_pass_by_value)]

use fastmcp::prelude::*;

/// A public tool.
#[tool(title = "Sum", annotations(read_only))]
pub async fn sum(numbers: Vec<f64>) -> f64 {
    numbers.iter().sum()
}

/// A public task.
#[task(retry(attempts = 2))]
pub async fn later(text: String) -> String {
    text
}

/// A public resource.
#[resource("data://{id}")]
pub fn data(id: u8) -> String {
    id.to_string()
}

/// A public prompt.
#[prompt]
pub fn ask(topic: String) -> String {
    topic
}

fn main() {
    let _ = (sum, later, data, ask);
}
