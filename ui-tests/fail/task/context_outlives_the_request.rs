use fastmcp::prelude::*;

#[task]
async fn report(text: String, ctx: Context) {
    ctx.info(text).await;
}

fn main() {}
