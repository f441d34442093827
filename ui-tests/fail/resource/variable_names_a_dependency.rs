use fastmcp::prelude::*;

#[resource("queues://{docket}")]
async fn queue(docket: Docket) -> String {
    docket.name().to_owned()
}

fn main() {}
