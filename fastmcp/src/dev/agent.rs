//! The MCP server of the front, for coding agents.

use std::sync::Arc;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use serde_json::{Map, Value, json};
use tokio::sync::{mpsc, oneshot};

use crate::component::dynamic::DynamicTool;
use crate::component::output::tool_result::ToolResult;
use crate::dev::diagnostic::Diagnostic;
use crate::dev::record::Record;
use crate::dev::supervisor::Restart;
use crate::error::{Error, Result, ToolError};
use crate::selection::Selection;
use crate::server::builder::FastMcp;
use crate::server::error::StartError;
use crate::server::running::Server;
use crate::store::Store;

/// The number of lines and requests that a tool returns if the caller names none.
const DEFAULT_LIMIT: u64 = 100;

/// Calls a tool of the front.
pub(super) type Call = Arc<
    dyn Fn(&'static str, Map<String, Value>) -> BoxFuture<'static, Result<ToolResult>>
        + Send
        + Sync,
>;

const TOOLS: [(&str, &str); 5] = [
    (
        "build_errors",
        "Returns the status of the last build of this MCP server (`none`, `running`, `succeeded`, `failed`) and its \
         compile errors, each with file, line, column, code, message and the text of the compiler. Call it after an \
         edit; while a build fails, the old server continues.",
    ),
    (
        "lints",
        "Returns the warnings of the last build, and the parts of the server's lists that hosts of models may refuse \
         or misread.",
    ),
    (
        "logs",
        "Returns the last lines that the server and `dev` have logged, oldest first.",
    ),
    (
        "last_calls",
        "Returns the last requests of clients, oldest first: method, name, milliseconds, bytes and outcome. It has no \
         arguments and no results.",
    ),
    (
        "restart",
        "Starts the server again, without a build, and waits until it serves. Clients stay connected, and calls in \
         flight are finished by the old server.",
    ),
];

/// Starts the server. Its tools do not include those of the program.
pub(super) async fn start(call: Call) -> Result<Server, StartError> {
    let server = FastMcp::new("fastmcp-dev")
        .instructions("The development front of an MCP server: builds it when its sources change.")
        .select(Selection::nothing())
        .docket(None)
        .store(Store::memory())
        .start()
        .await?;
    for (name, description) in TOOLS {
        let call = Arc::clone(&call);
        let tool = DynamicTool::new(name, move |request| call(name, request.arguments().clone()));
        let has_limit = matches!(name, "logs" | "last_calls");
        let limit =
            json!({ "type": "integer", "minimum": 1, "maximum": 2000, "default": DEFAULT_LIMIT });
        let properties = if has_limit {
            json!({ "limit": limit })
        } else {
            json!({})
        };
        let schema =
            json!({ "type": "object", "properties": properties, "additionalProperties": false });
        let tool = tool.description(description).input_schema(schema);
        let tool = if name == "restart" {
            tool.destructive(false)
        } else {
            tool.read_only()
        };
        let added = server.add(tool);
        debug_assert!(added.is_ok(), "{added:?}");
    }
    Ok(server)
}

/// Returns the calls of the tools in the process of the front.
pub(super) fn calls(record: Arc<Record>, restarts: mpsc::Sender<Restart>) -> Call {
    Arc::new(move |tool, arguments| {
        let (record, restarts) = (Arc::clone(&record), restarts.clone());
        async move {
            let limit = limit(&arguments)?;
            let value = match tool {
                "build_errors" => {
                    let mut build = record.build();
                    build.diagnostics.retain(Diagnostic::is_error);
                    json!({ "status": build.status, "seconds": build.seconds, "errors": build.diagnostics })
                }
                "lints" => {
                    let mut build = record.build();
                    build.diagnostics.retain(|it| !it.is_error());
                    json!({ "compiler": build.diagnostics, "server": record.lints() })
                }
                "logs" => json!({ "lines": record.lines(limit) }),
                "last_calls" => json!({ "calls": record.calls(limit) }),
                _ => {
                    restart(&restarts).await?;
                    json!({ "status": "the server serves again" })
                }
            };
            Ok(ToolResult::text(value.to_string()).with_structured_content(value))
        }
        .boxed()
    })
}

fn limit(arguments: &Map<String, Value>) -> Result<usize> {
    let limit = match arguments.get("limit") {
        None => Some(DEFAULT_LIMIT),
        Some(limit) => limit.as_u64().filter(|limit| *limit > 0),
    };
    let limit = limit.and_then(|limit| usize::try_from(limit).ok());
    limit.ok_or_else(|| {
        Error::from(ToolError::new(
            "`limit` must be a whole number of at least 1",
        ))
    })
}

async fn restart(restarts: &mpsc::Sender<Restart>) -> Result<()> {
    let stopping = || Error::from(ToolError::new("`dev` is stopping"));
    let (sender, restarted) = oneshot::channel();
    restarts.send(sender).await.map_err(|_| stopping())?;
    let restarted = restarted.await.map_err(|_| stopping())?;
    restarted.map_err(|problem| ToolError::new(problem).into())
}
