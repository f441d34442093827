//! [`Http`]: a connection over streamable HTTP, with the client of the protocol library.

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use rmcp::model::ClientRequest;
use rmcp::service::{RoleClient, RunningService};
use rmcp::transport::StreamableHttpClientTransport;
use rmcp::{ServiceError, ServiceExt};
use serde_json::{Value, json};

use crate::client::connection::Connection;
use crate::client::error::{ClientError, connection_error};
use crate::mcp::Implementation;

/// A connection over streamable HTTP.
pub(crate) struct Http {
    service: RunningService<RoleClient, ()>,
}

/// Connects to the server at this URL.
pub(crate) async fn connect(url: String) -> Result<Http, ClientError> {
    let transport = StreamableHttpClientTransport::from_uri(url);
    let service = ().serve(transport).await.map_err(connection_error)?;
    Ok(Http { service })
}

impl Connection for Http {
    fn request(
        &self,
        method: &'static str,
        params: Value,
    ) -> BoxFuture<'_, Result<Value, ClientError>> {
        async move {
            let request = json!({ "method": method, "params": params });
            let request: ClientRequest =
                serde_json::from_value(request).map_err(connection_error)?;
            let result = self.service.send_request(request).await?;
            serde_json::to_value(result).map_err(connection_error)
        }
        .boxed()
    }

    fn server_info(&self) -> Option<Implementation> {
        let info = self.service.peer_info()?;
        info.server_info.clone()
    }

    fn close(self: Box<Self>) -> BoxFuture<'static, ()> {
        async move {
            // The result only reports how the tokio task of the connection ended. The connection is
            // closed in any case.
            let _ = self.service.cancel().await;
        }
        .boxed()
    }
}

impl From<ServiceError> for ClientError {
    fn from(error: ServiceError) -> Self {
        match error {
            ServiceError::McpError(error) => Self::Refused {
                code: error.code.0,
                message: error.message.into_owned(),
                data: error.data,
            },
            error => connection_error(error),
        }
    }
}
