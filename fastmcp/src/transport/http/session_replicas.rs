//! Handles what other replicas send about a session, and applies its settings to a restored session.

use std::sync::Arc;

use axum::http::Request;
use axum::http::request::Parts;
use rmcp::model::{ClientJsonRpcMessage, GetExtensions, JsonRpcMessage, NumberOrString};
use rmcp::transport::streamable_http_server::session::ServerSseMessage;

use crate::transport::http::replay::ReplayFrom;
use crate::transport::http::session::Session;
use crate::transport::http::session_service::Awake;
use crate::transport::http::sessions_error::SessionsError;
use crate::transport::http::shared_sessions::Content;

/// Handles a message of another replica about a session that this replica has. Returns true if the session has ended.
pub(crate) async fn deliver(
    session: &Arc<Session>,
    awake: impl Fn() -> Result<Awake, SessionsError>,
    content: Content,
) -> bool {
    match content {
        Content::Ended => return true,
        Content::ForClient(message) => {
            if session.notifications.has_reader() {
                let event = ServerSseMessage::from_message(message);
                session.notifications.push(event);
            }
        }
        Content::FromClient(message @ JsonRpcMessage::Request(_)) => {
            if let Ok(awake) = awake() {
                apply(session, awake, message).await;
            }
        }
        Content::FromClient(message) if session.cancel_by(&message) => {}
        Content::FromClient(message) => match awake() {
            Ok(awake) => awake.accept(message),
            Err(error) => {
                tracing::debug!(%error, "a message of another replica is not accepted");
            }
        },
    }
    false
}

/// Applies a setting that the client has sent to another replica. Its response has been sent there.
async fn apply(session: &Arc<Session>, awake: Awake, mut message: ClientJsonRpcMessage) {
    let JsonRpcMessage::Request(request) = &mut message else {
        return;
    };
    // An ID that no request of the client has.
    let id = format!("setting-{:016x}", rand::random::<u64>());
    request.id = NumberOrString::String(id.into());
    // The request acts for the owner of the session. Without these parts, it would count as local.
    request.request.extensions_mut().insert(parts_of(session));
    let Some((number, log)) = session.begin(request.id.clone(), None, awake.clone()) else {
        return;
    };
    awake.inbox.push(message);
    let mut response = log.read(ReplayFrom::Start);
    while response.recv().await.is_some() {}
    session.requests.forget(number);
}

/// Returns the head of a request by the owner of a session.
fn parts_of(session: &Session) -> Parts {
    let (mut parts, ()) = Request::new(()).into_parts();
    if let Some(owner) = session.owner() {
        parts.extensions.insert(owner.clone());
    }
    parts
}

/// Applies the settings of a restored session, one after another.
pub(crate) async fn apply_all(
    awake: Awake,
    session: Arc<Session>,
    settings: Vec<ClientJsonRpcMessage>,
) {
    for setting in settings {
        apply(&session, awake.clone(), setting).await;
    }
}
