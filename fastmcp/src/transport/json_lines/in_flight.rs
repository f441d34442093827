//! [`InFlight`]: a request that has no response yet.

use std::fmt;

use rmcp::RoleServer;
use rmcp::model::{ClientRequest, JsonRpcMessage, RequestId};
use rmcp::service::TxJsonRpcMessage;
use tokio_util::sync::CancellationToken;

use crate::protocol::task_filter::is_endless;

/// A request without a response.
pub(crate) struct InFlight {
    pub(crate) label: Label,
    /// `true` for a request that ends only with the connection. A stopping server does not wait
    /// for it.
    pub(crate) endless: bool,
    /// The call, if the fast path answers the request.
    pub(crate) fast: Option<FastInFlight>,
}

/// A call of the fast path without a response.
pub(crate) struct FastInFlight {
    pub(crate) number: u64,
    /// Cancels the call, once it has a task of its own.
    pub(crate) cancellation: Option<CancellationToken>,
}

/// Identifies a call of the fast path. The client may use its ID again after it has cancelled the call, so the ID alone
/// is not enough.
pub(crate) struct Ticket {
    pub(crate) id: RequestId,
    pub(crate) number: u64,
}

impl InFlight {
    /// A request that the protocol library handles.
    pub(crate) fn of_library(request: &ClientRequest) -> Self {
        Self {
            label: label(request),
            endless: is_endless(request),
            fast: None,
        }
    }

    /// A call of the fast path.
    pub(crate) fn of_tool(tool: &'static str, number: u64) -> Self {
        Self {
            label: Label::Tool(tool),
            endless: false,
            fast: Some(FastInFlight {
                number,
                cancellation: None,
            }),
        }
    }
}

/// The name of a request for the log.
pub(crate) enum Label {
    /// The call of a tool.
    Tool(&'static str),
    /// The method and the name of the component.
    Text(String),
}

impl fmt::Display for Label {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tool(name) => write!(f, "tools/call `{name}`"),
            Self::Text(text) => f.write_str(text),
        }
    }
}

/// Returns the name of a request for the log.
fn label(request: &ClientRequest) -> Label {
    let name = match request {
        ClientRequest::CallToolRequest(request) => &*request.params.name,
        ClientRequest::GetPromptRequest(request) => &request.params.name,
        ClientRequest::ReadResourceRequest(request) => &request.params.uri,
        request => return Label::Text(request.method().to_owned()),
    };
    Label::Text(format!("{} `{name}`", request.method()))
}

/// Returns the ID of the request that a message responds to.
pub(crate) fn id_of_response(message: &TxJsonRpcMessage<RoleServer>) -> Option<RequestId> {
    match message {
        JsonRpcMessage::Response(response) => Some(response.id.clone()),
        JsonRpcMessage::Error(error) => error.id.clone(),
        _ => None,
    }
}
