//! A server with two tools of the same name.

use fastmcp::prelude::*;

mod english {
    #[fastmcp::tool]
    pub async fn greet() -> &'static str {
        "hello"
    }
}

mod french {
    #[fastmcp::tool]
    pub async fn greet() -> &'static str {
        "bonjour"
    }
}

#[tokio::main]
async fn main() -> fastmcp::Result<()> {
    FastMcp::new("duplicates").run().await?;
    Ok(())
}
