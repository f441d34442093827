use fastmcp::prelude::*;

trait Count {
    fn count(&self) -> usize;
}

struct Shelf(Vec<String>);

#[tools]
impl Count for Shelf {
    #[tool]
    fn count(&self) -> usize {
        self.0.len()
    }
}

fn main() {}
