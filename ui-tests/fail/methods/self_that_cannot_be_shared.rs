use fastmcp::prelude::*;

use std::cell::Cell;

struct Counter(Cell<u64>);

#[tools]
impl Counter {
    #[tool]
    fn count(&self) -> u64 {
        self.0.get()
    }
}

fn main() {}
