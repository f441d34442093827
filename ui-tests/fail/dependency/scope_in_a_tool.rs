use fastmcp::dependencies::Scope;
use fastmcp::prelude::*;

#[tool]
async fn count(scope: Scope<String>) {
    scope.provide("db:5432".into()).await;
}

fn main() {}
