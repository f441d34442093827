use fastmcp::dependencies::Scope;
use fastmcp::prelude::*;

#[dependency]
async fn database(first: Scope<String>, second: Scope<u8>) {
    first.provide("db:5432".into()).await;
    second.provide(7).await;
}

fn main() {}
