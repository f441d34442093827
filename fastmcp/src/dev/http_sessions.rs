//! [`HttpSessions`]: the sessions of clients over HTTP, and their IDs at each server.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use axum::http::header::{ACCEPT, CONTENT_TYPE};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, Uri};
use bytes::Bytes;
use serde_json::{Value, json};

use crate::dev::events::Events;
use crate::dev::session::Session;
use crate::dev::upstream::{Upstream, collect};

/// The number of sessions; beyond it, the oldest is forgotten.
const MAX_SESSIONS: usize = 1_000;

pub(super) const SESSION: HeaderName = HeaderName::from_static("mcp-session-id");
pub(super) const LAST_EVENT: HeaderName = HeaderName::from_static("last-event-id");

const MEDIA_TYPES: HeaderValue = HeaderValue::from_static("application/json, text/event-stream");
const JSON: HeaderValue = HeaderValue::from_static("application/json");

/// One session of a client.
#[derive(Debug)]
pub(super) struct HttpSession {
    pub(super) uri: Uri,
    /// The headers of the request that began the session, for example of authorization.
    headers: HeaderMap,
    state: Mutex<Session>,
    /// The IDs of the session, by the server. The lock is held while the session is restored.
    ids: tokio::sync::Mutex<HashMap<u64, HeaderValue>>,
    /// The servers of the requests in flight, by the ID of the request.
    in_flight: Mutex<HashMap<String, u64>>,
    began: Instant,
}

impl HttpSession {
    fn state(&self) -> MutexGuard<'_, Session> {
        lock(&self.state)
    }

    /// Remembers a message of the client, if the next server has to know it.
    pub(super) fn observe(&self, message: &Value) {
        self.state().observe(message);
    }

    pub(super) fn began_request(&self, id: &Value, server: u64) {
        lock(&self.in_flight).insert(id.to_string(), server);
    }

    pub(super) fn ended_request(&self, id: &Value) {
        lock(&self.in_flight).remove(&id.to_string());
    }

    /// Returns the server that has a request.
    pub(super) fn server_of_request(&self, id: &Value) -> Option<u64> {
        lock(&self.in_flight).get(&id.to_string()).copied()
    }

    /// Returns the ID of the session at a server. A server that does not know it gets the same messages as the one
    /// before.
    pub(super) async fn id_at(&self, server: &Upstream) -> Result<HeaderValue, String> {
        let mut ids = self.ids.lock().await;
        if let Some(id) = ids.get(&server.number()) {
            return Ok(id.clone());
        }
        let state = self.state().clone();
        let mut headers = self.headers.clone();
        headers.insert(ACCEPT, MEDIA_TYPES);
        headers.insert(CONTENT_TYPE, JSON);
        for (method, params) in state.replay(&Session::default()) {
            let mut message = json!({ "jsonrpc": "2.0", "method": method, "params": params });
            if !method.starts_with("notifications/") {
                message["id"] = "dev:restore".into();
            }
            let answer = exchange(server, &self.uri, &headers, &message).await;
            let (response_headers, answer) =
                answer.map_err(|error| format!("cannot restore the session: {error}"))?;
            if method == "initialize" {
                let id = response_headers.get(&SESSION).cloned();
                let id = id.ok_or_else(|| format!("the server refuses the session: {answer}"))?;
                headers.insert(SESSION, id);
            }
        }
        let id = headers
            .get(&SESSION)
            .cloned()
            .ok_or("the session has not begun")?;
        // Servers that have stopped need no entry.
        ids.retain(|number, _| number + 64 > server.number());
        ids.insert(server.number(), id.clone());
        Ok(id)
    }
}

/// Sends a message, and returns the headers and the message of the response.
pub(super) async fn exchange(
    server: &Upstream,
    uri: &Uri,
    headers: &HeaderMap,
    message: &Value,
) -> std::io::Result<(HeaderMap, Value)> {
    let mut headers = headers.clone();
    headers.insert(ACCEPT, MEDIA_TYPES);
    headers.insert(CONTENT_TYPE, JSON);
    let response = server
        .send(Method::POST, uri, &headers, message.to_string().into())
        .await?;
    let (parts, body) = response.into_parts();
    let body: Bytes = collect(body)
        .await
        .ok_or(std::io::ErrorKind::UnexpectedEof)?;
    let mut events = Events::new(server.number());
    events.push(&body);
    let message = match serde_json::from_slice(&body) {
        Ok(message) => message,
        Err(_) => {
            let mut messages = std::iter::from_fn(|| events.next()).map(|event| event.message);
            let is_response =
                |message: &Value| message["id"] != Value::Null && !message["method"].is_string();
            messages.find(is_response).unwrap_or_default()
        }
    };
    Ok((parts.headers, message))
}

/// The sessions of clients, by the IDs that the clients know.
#[derive(Debug, Default)]
pub(super) struct HttpSessions(Mutex<HashMap<HeaderValue, Arc<HttpSession>>>);

impl HttpSessions {
    pub(super) fn get(&self, headers: &HeaderMap) -> Option<Arc<HttpSession>> {
        lock(&self.0).get(headers.get(&SESSION)?).cloned()
    }

    /// Adds a session. The client knows it by the ID at the server with which it began.
    pub(super) fn begin(
        &self,
        id: HeaderValue,
        server: u64,
        uri: Uri,
        headers: HeaderMap,
        initialize: &Value,
    ) {
        let session = HttpSession {
            uri,
            headers,
            state: Mutex::default(),
            ids: tokio::sync::Mutex::new(HashMap::from([(server, id.clone())])),
            in_flight: Mutex::default(),
            began: Instant::now(),
        };
        session.observe(initialize);
        let mut sessions = lock(&self.0);
        if sessions.len() >= MAX_SESSIONS {
            let oldest = sessions
                .iter()
                .min_by_key(|(_, it)| it.began)
                .map(|(id, _)| id.clone());
            oldest.and_then(|id| sessions.remove(&id));
        }
        sessions.insert(id, Arc::new(session));
    }

    pub(super) fn end(&self, id: &HeaderValue) {
        lock(&self.0).remove(id);
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
