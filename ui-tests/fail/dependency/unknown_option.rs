use fastmcp::prelude::*;

#[dependency(shard)]
async fn database() -> String {
    "db:5432".into()
}

fn main() {}
