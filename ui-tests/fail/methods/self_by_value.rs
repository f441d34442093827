use fastmcp::prelude::*;

struct Counter(u64);

#[tools]
impl Counter {
    #[tool]
    async fn count(self) -> u64 {
        self.0
    }
}

fn main() {}
