use fastmcp::prelude::*;

struct Shelf(Vec<String>);

#[tools]
impl Shelf {
    #[tool]
    #[prompt]
    async fn count(&self) -> String {
        self.0.len().to_string()
    }
}

fn main() {}
