use std::cell::Cell;

use fastmcp::prelude::*;

#[dependency]
async fn counter() -> Result<Cell<u32>> {
    Ok(Cell::new(0))
}

fn main() {}
