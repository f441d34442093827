use fastmcp::prelude::*;

#[dependency]
fn name(#[argument] docket: Docket) -> String {
    docket.name().to_owned()
}

fn main() {}
