//! A type of the user's own that is called `Context` is an argument like any other.
#[fastmcp::data]
struct Context {
    place: String,
}

#[fastmcp::tool]
async fn place(context: Context, ctx: fastmcp::Context) -> String {
    format!("{} {}", context.place, ctx.request_id())
}

fn main() {}
