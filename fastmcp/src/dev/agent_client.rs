//! The tools of a front that runs in another process.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use futures_util::FutureExt;
use serde_json::Value;

use crate::client::Client;
use crate::component::output::tool_result::ToolResult;
use crate::dev::agent::Call;
use crate::dev::error::DevError;
use crate::error::ToolError;

/// Returns the calls of the tools at the address in a file. The file is read for each call, because the front may have
/// been started again.
pub(super) fn calls(file: PathBuf) -> Result<Call, DevError> {
    url(&file)?;
    Ok(Arc::new(move |tool, arguments| {
        let file = file.clone();
        async move {
            let url = url(&file).map_err(|error| ToolError::new(error.to_string()))?;
            let called = async {
                let client = Client::http(&url).await?;
                let result = client.call_tool(tool, Value::Object(arguments)).await;
                client.close().await;
                result
            };
            let result = called.await;
            let result = result.map_err(|error| {
                ToolError::new(format!("{url}: {error}; is `dev` still running?"))
            })?;
            let mut converted = ToolResult::new(result.content);
            converted.structured_content = result.structured_content;
            converted.is_error = result.is_error;
            Ok(converted)
        }
        .boxed()
    }))
}

fn url(file: &Path) -> Result<String, DevError> {
    let text = std::fs::read_to_string(file).map_err(|error| error.to_string());
    let address = text.and_then(|text| {
        let parsed = text.trim().parse::<std::net::SocketAddr>();
        parsed.map_err(|_| "does not contain an address".to_owned())
    });
    let address = address.map_err(|problem| DevError::NotRunning {
        path: file.to_owned(),
        problem,
    })?;
    Ok(format!("http://{address}/dev/mcp"))
}
