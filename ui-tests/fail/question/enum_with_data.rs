use fastmcp::prelude::*;

#[fastmcp::data]
enum Payment {
    Cash,
    Card { number: String },
}

#[tool]
async fn pay(ctx: Context) -> Result<bool> {
    let payment = ctx.elicit::<Payment>("How?").await?;
    Ok(matches!(payment, Payment::Cash))
}

fn main() {}
