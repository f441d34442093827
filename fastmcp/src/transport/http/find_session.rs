//! Finds the session of a request among those of other replicas.

use axum::body::Body;
use axum::http::request::Parts;
use axum::http::{Method, Response, StatusCode};

use crate::principal::Principal;
use crate::transport::http::request_head::SESSION;
use crate::transport::http::response::{Refusal, session_not_found, unavailable};
use crate::transport::http::sessions::Sessions;

/// Checks that the session of a request exists and belongs to the caller, if only other replicas have it. Ends it if
/// the client asks for that: the protocol library can end only the sessions of this process.
pub(crate) async fn find_session(sessions: &Sessions, parts: &Parts) -> Result<(), Refusal> {
    let (Some(shared), Some(session)) = (sessions.shared(), parts.headers.get(SESSION)) else {
        return Ok(());
    };
    if !sessions.is_elsewhere(session) {
        return Ok(());
    }
    let id = session.to_str().unwrap_or_default();
    let caller = parts.extensions.get::<Principal>();
    let not_available = |error| {
        tracing::error!(%error, "the sessions of the server cannot be read or changed");
        let text = "the sessions of the server are not available; try again";
        Box::new(unavailable(None, text))
    };
    let record = shared.load(id).await.map_err(not_available)?;
    // The session of another caller gets the response for an unknown session.
    if !record.is_some_and(|record| record.is_owned_by(caller)) {
        return Err(session_not_found(None).into());
    }
    if parts.method == Method::DELETE {
        shared.end(id).await.map_err(not_available)?;
        let mut response = Response::new(Body::empty());
        *response.status_mut() = StatusCode::NO_CONTENT;
        return Err(response.into());
    }
    Ok(())
}
