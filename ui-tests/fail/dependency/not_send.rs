use std::rc::Rc;

use fastmcp::dependencies::Scope;
use fastmcp::prelude::*;

#[dependency]
async fn counter(scope: Scope<u32>) {
    let count = Rc::new(7);
    scope.provide(*count).await;
    drop(count);
}

fn main() {}
