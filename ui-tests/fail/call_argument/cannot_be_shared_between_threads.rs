use std::cell::Cell;

use fastmcp::prelude::*;

#[dependency]
fn found(#[argument] page: &Cell<u64>) -> u64 {
    page.get()
}

fn main() {}
