use std::rc::Rc;

use fastmcp::prelude::*;

#[tool]
async fn count(words: Vec<String>) -> usize {
    let words = Rc::new(words);
    std::future::ready(()).await;
    words.len()
}

fn main() {}
