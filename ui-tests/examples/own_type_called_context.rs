//! A user type with the name `Context` is an ordinary argument.
#[fastmcp::data]
struct Context {
    place: String,
}

#[fastmcp::tool]
async fn place(context: Context, ctx: fastmcp::Context) -> String {
    format!("{} {}", context.place, ctx.request_id())
}

fn main() {}
