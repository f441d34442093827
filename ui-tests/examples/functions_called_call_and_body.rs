//! Handlers with names that an expansion could use internally.
use fastmcp::prelude::*;

#[tool]
async fn call(call: String) -> String {
    call
}

#[tool]
async fn body(body: u8, returned: u8, injector: u8, error: u8, value: u8, parameter_0: u8) -> u8 {
    body + returned + injector + error + value + parameter_0
}

#[task]
async fn source(source: u8, sink: u8) -> u8 {
    source + sink
}

fn main() {}
