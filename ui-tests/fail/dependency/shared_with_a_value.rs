use fastmcp::prelude::*;

#[dependency(shared = true)]
async fn database() -> String {
    "db:5432".into()
}

fn main() {}
