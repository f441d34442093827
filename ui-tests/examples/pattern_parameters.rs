//! Injected parameters can be patterns.
use fastmcp::dependencies::{Cancellation, Injector, TaskKey};
use fastmcp::prelude::*;

struct Pair(u8, u8);

impl Dependency for Pair {
    async fn resolve(_: &Injector) -> Result<Self> {
        Ok(Self(1, 2))
    }
}

#[tool]
async fn sum(Pair(a, b): Pair, _: Docket, factor: u8) -> u8 {
    (a + b) * factor
}

#[task]
async fn keyed(TaskKey(key): TaskKey, Cancellation(token): Cancellation, text: String) -> String {
    format!("{key}{}{text}", token.is_cancelled())
}

fn main() {}
