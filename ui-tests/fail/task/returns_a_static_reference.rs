use fastmcp::prelude::*;

#[task]
async fn archive(folder: String) -> Result<&'static str> {
    if folder.is_empty() { Ok("nothing to do") } else { Ok("archived") }
}

fn main() {}
