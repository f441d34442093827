//! Calls a tool of a remote server, which may make a task of the call.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use rmcp::model::CallToolResult;
use serde_json::{Map, Value, json};

use crate::client::upstream::shared::Shared;
use crate::client::upstream::{relay, tasks};
use crate::component::output::tool_result::ToolResult;
use crate::component::request_error::RequestError;
use crate::context::meta::CLIENT_CAPABILITIES;
use crate::context::request::Context;
use crate::error::Error;

/// The response to a call of a tool.
pub(super) enum Called {
    Result(ToolResult),
    /// The remote server has made a task of the call.
    Task(RequestError),
}

/// Calls a tool. With `accepts_task`, the remote server may make a task of the call if the client supports tasks.
pub(super) async fn call(
    shared: &Arc<Shared>,
    context: &Context,
    name: &str,
    arguments: Map<String, Value>,
    accepts_task: bool,
) -> Result<Called, Error> {
    let mut params = json!({ "name": name, "arguments": arguments });
    let makes_tasks = shared.makes_tasks.load(Ordering::Relaxed);
    if accepts_task && makes_tasks && context.declares_tasks() {
        // A task asks its client, so it must ask only for what that client supports.
        params["_meta"][CLIENT_CAPABILITIES] = context.meta()[CLIENT_CAPABILITIES].clone();
    }
    let result = relay::send(shared, context, "tools/call", params).await?;
    if result["resultType"] == "task" {
        return tasks::created(shared, name, result, context).map(Called::Task);
    }
    let result: CallToolResult = relay::decode(shared, result)?;
    Ok(Called::Result(relay::tool_result(result)))
}
