use fastmcp::prelude::*;

struct Server;

impl Server {
    #[tool]
    async fn ping(&self) -> String {
        "pong".into()
    }
}

fn main() {}
