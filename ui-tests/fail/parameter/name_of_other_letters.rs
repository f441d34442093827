use fastmcp::prelude::*;

/// The type decides whether hosts see the name: a `Docket` has any.
#[tool]
async fn measure(größe: u32, _schürze: Docket) -> u32 {
    größe
}

fn main() {}
