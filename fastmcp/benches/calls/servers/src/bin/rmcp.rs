//! The server with the macros of rmcp, with two tools.

#[path = "../serve.rs"]
mod serve;
#[path = "../rmcp_server.rs"]
#[macro_use]
mod rmcp_server;

use rmcp::handler::server::wrapper::{Json, Parameters};
use rmcp_server::{Add, Measure, Number, Server};
use serve::serve;

server! {}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    rmcp_server::run(Server::new).await
}
