use fastmcp::prelude::*;

#[dependency]
fn order(#[argument] größe: u64) -> u64 {
    größe
}

fn main() {}
