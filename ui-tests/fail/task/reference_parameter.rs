use fastmcp::prelude::*;

#[task]
async fn report(text: &str, docket: Docket) -> usize {
    docket.name().len() + text.len()
}

fn main() {}
