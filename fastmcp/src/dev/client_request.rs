//! [`ClientRequest`]: one HTTP request of a client.

use std::sync::Arc;

use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, Method, Response, Uri, response};
use bytes::Bytes;
use hyper::body::Incoming;
use serde_json::Value;

use crate::dev::http_sessions::{HttpSession, LAST_EVENT, SESSION};
use crate::dev::upstream::{InFlight, Upstream};

/// One request of a client.
pub(super) struct ClientRequest {
    pub(super) method: Method,
    pub(super) uri: Uri,
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
    /// The JSON-RPC message in the body; `null` if there is none.
    pub(super) message: Value,
    pub(super) session: Option<Arc<HttpSession>>,
}

impl ClientRequest {
    /// Sends the request to a server, which learns the session before. The server counts the request until the guard is
    /// dropped.
    pub(super) async fn send_to(
        &self,
        server: &Arc<Upstream>,
    ) -> std::io::Result<(Response<Incoming>, InFlight)> {
        let in_flight = server.enter();
        let mut headers = self.headers.clone();
        let is_request = !self.message["id"].is_null();
        if let Some(session) = &self.session {
            let id = session.id_at(server).await.map_err(std::io::Error::other)?;
            headers.insert(SESSION, id);
            if is_request {
                session.began_request(&self.message["id"], server.number());
            }
        }
        let sent = server
            .send(self.method.clone(), &self.uri, &headers, self.body.clone())
            .await;
        if let (Err(_), Some(session)) = (&sent, &self.session) {
            session.ended_request(&self.message["id"]);
        }
        Ok((sent?, in_flight))
    }

    /// Returns the request that opens the stream again at another server.
    pub(super) fn to_standing(&self) -> Self {
        let mut headers = self.headers.clone();
        headers.remove(&LAST_EVENT);
        Self {
            method: self.method.clone(),
            uri: self.uri.clone(),
            headers,
            body: self.body.clone(),
            message: self.message.clone(),
            session: self.session.clone(),
        }
    }
}

pub(super) fn is_event_stream(parts: &response::Parts) -> bool {
    let kind = parts
        .headers
        .get(CONTENT_TYPE)
        .and_then(|it| it.to_str().ok());
    kind.is_some_and(|kind| kind.starts_with("text/event-stream"))
}
