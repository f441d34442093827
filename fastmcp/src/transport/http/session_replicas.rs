//! Handles what other replicas send about a session, and applies its settings to a restored session.

use std::sync::Arc;

use axum::http::Request;
use axum::http::request::Parts;
use rmcp::model::{ClientJsonRpcMessage, GetExtensions, JsonRpcMessage, NumberOrString};
use rmcp::transport::streamable_http_server::session::local::{
    LocalSessionHandle, LocalSessionManager,
};
use rmcp::transport::streamable_http_server::session::{
    ServerSseMessage, SessionId, SessionManager,
};

use crate::transport::http::session::Session;
use crate::transport::http::shared_sessions::Content;

/// Handles a message of another replica about a session that this replica has. Returns true if the session has ended.
pub(crate) async fn deliver(
    local: &LocalSessionManager,
    id: &SessionId,
    session: &Session,
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
            let handle = local.sessions.read().await.get(id).cloned();
            if let Some(handle) = handle {
                apply(&handle, session, message).await;
            }
        }
        Content::FromClient(message) if session.cancel_by(&message) => {}
        Content::FromClient(message) => {
            if let Err(error) = local.accept_message(id, message).await {
                tracing::debug!(%error, "a message of another replica is not accepted");
            }
        }
    }
    false
}

/// Applies a setting that the client has sent to another replica. Its response has been sent there.
pub(crate) async fn apply(
    handle: &LocalSessionHandle,
    session: &Session,
    mut message: ClientJsonRpcMessage,
) {
    let JsonRpcMessage::Request(request) = &mut message else {
        return;
    };
    // An ID that no request of the client has.
    let id = format!("setting-{:016x}", rand::random::<u64>());
    request.id = NumberOrString::String(id.into());
    // The request acts for the owner of the session. Without these parts, it would count as local.
    request.request.extensions_mut().insert(parts_of(session));
    let applied = async {
        let mut channel = handle.establish_request_wise_channel().await?;
        handle
            .push_message(message, channel.http_request_id)
            .await?;
        while channel.inner.recv().await.is_some() {}
        Ok::<_, rmcp::transport::streamable_http_server::session::local::SessionError>(())
    };
    if let Err(error) = applied.await {
        tracing::warn!(%error, "a setting of the session is not applied");
    }
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
    handle: LocalSessionHandle,
    session: Arc<Session>,
    settings: Vec<ClientJsonRpcMessage>,
) {
    for setting in settings {
        apply(&handle, &session, setting).await;
    }
}
