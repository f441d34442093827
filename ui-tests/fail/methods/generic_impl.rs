use fastmcp::prelude::*;

struct Shelf<T>(Vec<T>);

#[tools]
impl<T: Send + Sync + 'static> Shelf<T> {
    #[tool]
    async fn count(&self) -> usize {
        self.0.len()
    }
}

fn main() {}
