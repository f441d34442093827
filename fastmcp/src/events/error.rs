//! [`EventError`]: the errors of requests about events.

use serde_json::{Value, json};

use crate::component::request_error::{INTERNAL_ERROR, INVALID_PARAMS};
use crate::docket::error::DocketError;
use crate::error::ProtocolError;
use crate::events::wire::{ErrorCodes, ErrorKind};

/// The error of a request about events. No text contains a secret or a part of an endpoint's answer.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub(crate) enum EventError {
    #[error("{0}")]
    Invalid(String),
    #[error("unknown event `{name}`{}", did_you_mean(.nearest.as_deref()))]
    UnknownEvent {
        name: String,
        nearest: Option<String>,
    },
    #[error("{0}")]
    Forbidden(String),
    #[error("{message}")]
    Exhausted {
        message: &'static str,
        limit: &'static str,
        max: Option<u64>,
    },
    #[error("the event `{event}` does not support the delivery mode `{mode}`")]
    UnsupportedMode { event: String, mode: String },
    #[error("the callback endpoint cannot be used: {message}")]
    Callback {
        message: &'static str,
        reason: &'static str,
    },
    /// The cause is in the log.
    #[error("internal error")]
    Internal,
}

impl EventError {
    pub(crate) fn into_protocol(self, codes: ErrorCodes) -> ProtocolError {
        let message = self.to_string();
        let of = |kind, data: Value| {
            ProtocolError::new(codes.number(kind), message.clone()).with_data(data)
        };
        match self {
            Self::Invalid(_) => ProtocolError::new(INVALID_PARAMS, message),
            Self::UnknownEvent { name, .. } => of(
                ErrorKind::NotFound,
                json!({ "kind": "event", "name": name }),
            ),
            Self::Forbidden(_) => ProtocolError::new(codes.number(ErrorKind::Forbidden), message),
            Self::Exhausted { limit, max, .. } => {
                let mut data = json!({ "limit": limit });
                if let Some(max) = max {
                    data["max"] = max.into();
                }
                of(ErrorKind::ResourceExhausted, data)
            }
            Self::UnsupportedMode { mode, .. } => of(
                ErrorKind::Unsupported,
                json!({ "feature": "deliveryMode", "value": mode }),
            ),
            Self::Callback { reason, .. } => {
                of(ErrorKind::CallbackEndpoint, json!({ "reason": reason }))
            }
            Self::Internal => ProtocolError::new(INTERNAL_ERROR, message),
        }
    }
}

impl From<DocketError> for EventError {
    fn from(error: DocketError) -> Self {
        match error {
            DocketError::OwnerFull { limit, .. } => Self::Exhausted {
                message: "too many subscriptions of this caller",
                limit: "subscriptions",
                max: u64::try_from(limit).ok(),
            },
            DocketError::Full { .. } | DocketError::OutOfSpace { .. } => Self::Exhausted {
                message: "the server has no room for more subscriptions",
                limit: "capacity",
                max: None,
            },
            DocketError::TooLarge { limit, .. } => {
                Self::Invalid(format!("the subscription is larger than {limit} bytes"))
            }
            error => {
                tracing::error!(%error, "cannot access the subscriptions of events");
                Self::Internal
            }
        }
    }
}

fn did_you_mean(nearest: Option<&str>) -> String {
    let hint = nearest.map(|nearest| format!("; did you mean `{nearest}`?"));
    hint.unwrap_or_default()
}
