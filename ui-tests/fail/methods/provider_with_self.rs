use fastmcp::prelude::*;

struct Library;

#[tools]
impl Library {
    #[tool]
    async fn books(&self) -> usize {
        3
    }

    #[dependency]
    fn shelf(&self) -> usize {
        3
    }
}

fn main() {}
