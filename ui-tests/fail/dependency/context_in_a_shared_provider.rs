use fastmcp::prelude::*;

#[dependency(shared)]
async fn caller(ctx: Context) -> String {
    ctx.request_id().to_owned()
}

fn main() {}
