use fastmcp::prelude::*;

#[dependency]
async fn database<T: Default + Send + Sync>() -> T {
    T::default()
}

fn main() {}
