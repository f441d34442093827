use fastmcp::prelude::*;

#[tool]
async fn schedule(docket: &mut Docket) -> String {
    docket.name().to_owned()
}

fn main() {}
