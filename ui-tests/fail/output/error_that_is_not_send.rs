use std::rc::Rc;

use fastmcp::prelude::*;

#[tool]
async fn connect(host: String) -> Result<String, Rc<str>> {
    if host.is_empty() { Err("no host".into()) } else { Ok(host) }
}

fn main() {}
