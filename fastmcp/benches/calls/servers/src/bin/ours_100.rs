//! The server of this library, with 100 tools.

#[path = "../ours.rs"]
mod server;

macro_rules! tools {
    ($($name:ident)*) => {
        $(
            /// Adds two numbers.
            #[fastmcp::tool]
            async fn $name(a: i64, b: i64) -> i64 {
                a + b
            }
        )*
    };
}

calls_servers::with_98_names!(tools);

fn main() -> fastmcp::Result<()> {
    server::main()
}
