//! A server over HTTP that admits only callers with an access token.
//!
//! ```text
//! secured ADDRESS
//! ```
//!
//! `SECURED_ISSUER` is the URL of the authorization server, which issues signed tokens (JWT).
//! `SECURED_AUDIENCE` is the audience of the tokens, by default `http://ADDRESS/mcp`. A URL is also the address
//! by which clients know the server.
//!
//! To try it with an authorization server on this machine:
//!
//! ```text
//! npm --prefix examples/secured install && node examples/secured/issuer.mjs 9000
//! SECURED_ISSUER=http://127.0.0.1:9000 cargo run -p fastmcp-examples --bin secured -- 127.0.0.1:8000
//! ```

use fastmcp::auth::{Auth, JwtVerifier};
use fastmcp::prelude::*;

/// Returns who the caller is.
#[tool(annotations(read_only))]
fn whoami(caller: Principal) -> String {
    let scopes: Vec<&str> = caller.scopes().collect();
    format!("{} with the scopes: {}", caller.subject(), scopes.join(" "))
}

/// Returns the IDs of all orders.
#[tool(annotations(read_only), scopes("orders:read"))]
fn read_orders() -> Vec<u32> {
    vec![1001, 1002]
}

/// Writes an order, and returns its ID.
#[tool(scopes("orders:write"))]
fn write_order(item: String) -> String {
    format!("1003: {item}")
}

#[tokio::main]
async fn main() -> Result<()> {
    let _log = fastmcp::log_to_stderr();
    let Some(address) = std::env::args().nth(1) else {
        eprintln!("usage: SECURED_ISSUER=https://… secured ADDRESS");
        std::process::exit(2);
    };
    let Ok(issuer) = std::env::var("SECURED_ISSUER") else {
        eprintln!("SECURED_ISSUER is not set: set it to the URL of the authorization server");
        std::process::exit(2);
    };
    let local = format!("http://{address}/mcp");
    let audience = std::env::var("SECURED_AUDIENCE").unwrap_or_else(|_| local.clone());
    let is_url = audience.starts_with("https://") || audience.starts_with("http://");
    let resource = if is_url { audience.clone() } else { local };

    let verifier = JwtVerifier::new(&issuer, audience);
    // A caller that may write orders may read them.
    let auth = Auth::new(resource, &issuer, verifier)
        .resource_name("Orders")
        .scope_includes("orders:write", ["orders:read"]);
    FastMcp::new("secured")
        .auth(auth)
        .run_http(&address)
        .await?;
    Ok(())
}
