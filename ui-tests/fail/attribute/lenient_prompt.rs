use fastmcp::prelude::*;

#[prompt(lenient)]
async fn ask(times: u8) -> String {
    "again ".repeat(times.into())
}

fn main() {}
