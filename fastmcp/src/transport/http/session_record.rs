//! [`Record`]: what the store has of a session.

use rmcp::model::{ClientJsonRpcMessage, ClientRequest, InitializeRequestParams, JsonRpcMessage};
use serde::{Deserialize, Serialize};

use crate::principal::Principal;

/// The layout of a record. A replica treats a record of another layout as if the session had ended, and its client
/// starts a new one.
const LAYOUT: u32 = 1;

/// The number of settings that a record keeps.
const MAX_SETTINGS: usize = 256;

/// The record of a session.
#[derive(Serialize, Deserialize)]
pub(crate) struct Record {
    layout: u32,
    /// The caller that created the session; `None` for an anonymous caller.
    owner: Option<String>,
    pub(crate) initialize: InitializeRequestParams,
    /// The requests that changed the settings of the session.
    pub(crate) settings: Vec<ClientJsonRpcMessage>,
}

impl Record {
    pub(crate) fn new(owner: Option<&Principal>, initialize: InitializeRequestParams) -> Self {
        Self {
            layout: LAYOUT,
            owner: owner.map(|it| it.owner().into_owned()),
            initialize,
            settings: Vec::new(),
        }
    }

    /// Parses a record; `None` if it has another layout.
    pub(crate) fn parse(bytes: &[u8]) -> Option<Self> {
        let record: Self = serde_json::from_slice(bytes).ok()?;
        (record.layout == LAYOUT).then_some(record)
    }

    pub(crate) fn is_owned_by(&self, caller: Option<&Principal>) -> bool {
        self.owner.as_deref() == caller.map(Principal::owner).as_deref()
    }
}

/// Returns whether a request changes a setting that belongs to the session.
pub(crate) fn is_setting(request: &ClientRequest) -> bool {
    matches!(
        request,
        ClientRequest::SetLevelRequest(_)
            | ClientRequest::SubscribeRequest(_)
            | ClientRequest::UnsubscribeRequest(_)
    )
}

/// Adds a setting, and removes those that it replaces.
pub(crate) fn add_setting(
    settings: &mut Vec<ClientJsonRpcMessage>,
    message: &ClientJsonRpcMessage,
) {
    let JsonRpcMessage::Request(request) = message else {
        return;
    };
    let replaced = |other: &ClientJsonRpcMessage| {
        let JsonRpcMessage::Request(other) = other else {
            return true;
        };
        match (&request.request, &other.request) {
            (ClientRequest::SetLevelRequest(_), ClientRequest::SetLevelRequest(_)) => true,
            (ClientRequest::SubscribeRequest(new), ClientRequest::SubscribeRequest(old)) => {
                new.params.uri == old.params.uri
            }
            (ClientRequest::UnsubscribeRequest(new), ClientRequest::SubscribeRequest(old)) => {
                new.params.uri == old.params.uri
            }
            _ => false,
        }
    };
    settings.retain(|other| !replaced(other));
    if !matches!(request.request, ClientRequest::UnsubscribeRequest(_)) {
        settings.push(message.clone());
    }
    if settings.len() > MAX_SETTINGS {
        tracing::warn!(
            "a session has more than {MAX_SETTINGS} settings; a replica that restores it misses the oldest"
        );
        settings.remove(0);
    }
}
