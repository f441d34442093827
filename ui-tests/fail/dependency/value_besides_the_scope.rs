use fastmcp::dependencies::Scope;
use fastmcp::prelude::*;

#[dependency]
async fn database(scope: Scope<String>) -> Result<u32> {
    scope.provide("db:5432".into()).await;
    Ok(7)
}

fn main() {}
