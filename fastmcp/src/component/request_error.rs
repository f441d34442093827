//! [`RequestError`]: the error of a request, and its conversion into a JSON-RPC error.

use serde_json::json;

use crate::call::argument_error::ArgumentErrors;
use crate::call::error::CallError;
use crate::component::run::RunError;
use crate::component::task_view::CreatedTask;
use crate::context::input::{InputError, InputKind};
use crate::error::ProtocolError;
use crate::text::nearest;

/// JSON-RPC: the request is valid, and the server failed.
pub(crate) const INTERNAL_ERROR: i32 = -32603;
/// JSON-RPC: the parameters of the request are invalid.
pub(crate) const INVALID_PARAMS: i32 = -32602;
/// MCP: the resource does not exist.
const RESOURCE_NOT_FOUND: i32 = -32002;
/// MCP: the client has not declared a capability that the request requires.
const MISSING_REQUIRED_CLIENT_CAPABILITY: i32 = -32021;

/// The error of a request.
#[derive(Debug, Clone, thiserror::Error)]
pub(crate) enum RequestError {
    #[error("unknown {kind} `{name}`{}", did_you_mean(.nearest.as_deref()))]
    Unknown {
        kind: &'static str,
        name: String,
        nearest: Option<String>,
    },
    #[error("unknown resource `{uri}`")]
    UnknownResource { uri: String },
    #[error("{0}")]
    Arguments(ArgumentErrors),
    #[error("{0}")]
    Internal(String),
    /// An error that already has its JSON-RPC code.
    #[error("{}", .0.message)]
    Protocol(ProtocolError),
    /// The handler requires a capability that the client has not declared.
    #[error("the client does not support {0}, which this request requires")]
    Unsupported(InputKind),
    /// The handler has asked the client a question, which is in the answer log of the request.
    #[error("waiting for client input")]
    Suspended,
    /// A remote server has made a task of the call. It is an error, because middleware must neither change nor keep it.
    #[error("the call continues as a task")]
    #[cfg_attr(not(feature = "client"), expect(dead_code, reason = "only proxies"))]
    Task(Box<CreatedTask>),
}

impl RequestError {
    /// Creates the error for an unknown name. It suggests the most similar of the `known` names.
    pub(crate) fn unknown<'a>(
        kind: &'static str,
        name: &str,
        known: impl IntoIterator<Item = &'a str>,
    ) -> Self {
        Self::Unknown {
            kind,
            name: name.to_owned(),
            nearest: nearest(name, known.into_iter()).map(ToOwned::to_owned),
        }
    }

    /// Returns the error of a request whose handler has ended with `error`, or `None` if the kind of
    /// component decides how the error is reported.
    pub(crate) fn from_handler(error: &RunError, runs_again: bool) -> Option<Self> {
        let cause = match error {
            RunError::Suspended => return Some(Self::Suspended),
            RunError::Call(CallError::Failed(cause) | CallError::Dependency { cause, .. }) => cause,
            _ => return None,
        };
        if let Some(error) = cause.downcast_ref::<ProtocolError>() {
            return Some(Self::Protocol(error.clone()));
        }
        match cause.downcast_ref::<InputError>() {
            // Only protocol 2026-07-28 defines an error code for this. Clients of earlier revisions get
            // the message.
            Some(InputError::Unsupported(kind)) if runs_again => Some(Self::Unsupported(*kind)),
            _ => None,
        }
    }
}

/// The only mapping of errors to codes. Responses to direct calls and the stored errors of tasks use it.
impl From<RequestError> for ProtocolError {
    fn from(error: RequestError) -> Self {
        let message = error.to_string();
        match error {
            RequestError::Unknown { .. } | RequestError::Arguments(_) => {
                Self::new(INVALID_PARAMS, message)
            }
            RequestError::UnknownResource { uri } => {
                Self::new(RESOURCE_NOT_FOUND, message).with_data(json!({ "uri": uri }))
            }
            RequestError::Internal(_) | RequestError::Suspended | RequestError::Task(_) => {
                Self::new(INTERNAL_ERROR, message)
            }
            RequestError::Protocol(error) => error,
            RequestError::Unsupported(kind) => {
                let required = json!({ "requiredCapabilities": kind.capability() });
                Self::new(MISSING_REQUIRED_CLIENT_CAPABILITY, message).with_data(required)
            }
        }
    }
}

fn did_you_mean(nearest: Option<&str>) -> String {
    nearest
        .map(|nearest| format!("; did you mean `{nearest}`?"))
        .unwrap_or_default()
}
