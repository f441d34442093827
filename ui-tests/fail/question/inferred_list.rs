use fastmcp::prelude::*;

#[tool]
async fn invite(ctx: Context) -> Result<usize> {
    let names: Vec<String> = ctx.elicit("Whom?").await?;
    Ok(names.len())
}

fn main() {}
