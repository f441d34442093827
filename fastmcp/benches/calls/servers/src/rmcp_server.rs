//! The same server with the macros of rmcp: `server!` with the names of more tools.

use std::sync::Arc;

use rmcp::handler::server::router::tool::ToolRouter;
use rmcp::schemars::JsonSchema;
use rmcp::transport::streamable_http_server::session::local::LocalSessionManager;
use rmcp::transport::{StreamableHttpServerConfig, StreamableHttpService};
use rmcp::{ServerHandler, ServiceExt};
use serde::{Deserialize, Serialize};

type Error = Box<dyn std::error::Error + Send + Sync>;

#[derive(Deserialize, JsonSchema)]
pub(crate) struct Add {
    pub(crate) a: i64,
    pub(crate) b: i64,
}

#[derive(Deserialize, JsonSchema)]
pub(crate) struct Measure {
    pub(crate) text: String,
    pub(crate) values: Vec<i64>,
}

#[derive(Serialize, JsonSchema)]
pub(crate) struct Number {
    pub(crate) result: i64,
}

#[derive(Clone)]
pub(crate) struct Server {
    pub(crate) tool_router: ToolRouter<Self>,
}

#[macro_export]
macro_rules! server {
    ($($name:ident)*) => {
        #[rmcp::tool_router]
        impl Server {
            /// Adds two numbers.
            #[rmcp::tool]
            async fn add(&self, Parameters(add): Parameters<Add>) -> Json<Number> {
                Json(Number { result: add.a + add.b })
            }

            /// Returns the length of a text and the sum of numbers.
            #[rmcp::tool]
            async fn measure(&self, Parameters(it): Parameters<Measure>) -> Json<Number> {
                let length = i64::try_from(it.text.len()).unwrap_or(i64::MAX);
                Json(Number { result: length + it.values.iter().sum::<i64>() })
            }

            $(
                /// Adds two numbers.
                #[rmcp::tool]
                async fn $name(&self, Parameters(add): Parameters<Add>) -> Json<Number> {
                    Json(Number { result: add.a + add.b })
                }
            )*

            pub(crate) fn new() -> Self {
                Self { tool_router: Self::tool_router() }
            }
        }

        #[rmcp::tool_handler(router = self.tool_router)]
        impl rmcp::ServerHandler for Server {}
    };
}

pub(crate) async fn run(new: fn() -> Server) -> Result<(), Error>
where
    Server: ServerHandler,
{
    let arguments: Vec<String> = std::env::args().collect();
    let mode = arguments.get(1).map_or("stdio", String::as_str);
    let address = arguments.get(2).map_or("127.0.0.1:0", String::as_str);
    if mode == "stdio" {
        new()
            .serve(rmcp::transport::stdio())
            .await?
            .waiting()
            .await?;
        return Ok(());
    }
    let mut config = StreamableHttpServerConfig::default();
    config.legacy_session_mode = !matches!(mode, "json" | "events");
    config.json_response = mode == "json";
    // Routing copies the handler for every request, so it is built once.
    let server = new();
    let service = StreamableHttpService::new(
        move || Ok(server.clone()),
        Arc::new(LocalSessionManager::default()),
        config,
    );
    let app = axum::Router::new().nest_service("/mcp", service);
    crate::serve(app, address).await
}
