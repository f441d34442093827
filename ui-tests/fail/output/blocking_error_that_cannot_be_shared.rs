use fastmcp::prelude::*;

use std::rc::Rc;

#[tool(blocking)]
fn connect(host: String) -> Result<String, Rc<str>> {
    if host.is_empty() { Err("no host".into()) } else { Ok(host) }
}

fn main() {}
