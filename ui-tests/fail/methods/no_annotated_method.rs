use fastmcp::prelude::*;

struct Shelf(Vec<String>);

#[tools]
impl Shelf {
    fn count(&self) -> usize {
        self.0.len()
    }
}

fn main() {}
