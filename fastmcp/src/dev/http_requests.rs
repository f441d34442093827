//! Passes one HTTP request to the server that has to answer it.

use std::sync::Arc;

use axum::body::Body;
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderValue, Method, Request, Response, StatusCode};
use hyper::body::Incoming;
use serde_json::{Value, json};

use crate::dev::client_request::{ClientRequest, is_event_stream};
use crate::dev::events::{answer_for_server, event_id_for_server};
use crate::dev::http_front::HttpFront;
use crate::dev::http_sessions::{LAST_EVENT, SESSION};
use crate::dev::record::Begun;
use crate::dev::response_body::{self, Exchange};
use crate::dev::session::LISTEN;
use crate::dev::standing_stream::{self, Standing};
use crate::dev::upstream::{InFlight, Upstream, collect, with_body};

/// The number of servers that are tried, each of which ends before it has got the request.
const MAX_ATTEMPTS: usize = 5;

impl HttpFront {
    /// Responds to a request.
    pub(super) async fn respond(self: Arc<Self>, request: Request<Body>) -> Response<Body> {
        let (parts, body) = request.into_parts();
        let Some(body) = collect(body).await else {
            return refusal(
                StatusCode::PAYLOAD_TOO_LARGE,
                &Value::Null,
                "the request is too long",
            );
        };
        let message = match parts.method {
            Method::POST => serde_json::from_slice::<Value>(&body).unwrap_or_default(),
            _ => Value::Null,
        };
        let is_message = message["jsonrpc"].is_string();
        let mut request = ClientRequest {
            session: self.sessions.get(&parts.headers),
            method: parts.method,
            uri: parts.uri,
            headers: parts.headers,
            message: if is_message { message } else { Value::Null },
            body,
        };
        if is_message {
            self.learn_access(&request.uri, &request.headers);
        }
        let is_request = request.message["method"].is_string() && !request.message["id"].is_null();
        let begun = is_request.then(|| Begun::new(&request.message, request.body.len()));
        if let Some(session) = &request.session {
            // Before the request is sent: a server that starts in the meantime learns it as well.
            session.observe(&request.message);
        }
        let pinned = self.pinned_server(&mut request);
        let sent = self.send(&request, pinned).await;
        let (server, response, in_flight) = match sent {
            Ok(sent) => sent,
            Err(problem) => {
                if let Some(begun) = begun {
                    self.record.ended(begun, 0, "error", 0);
                }
                let text = format!("the server does not run: {problem}");
                return refusal(
                    StatusCode::SERVICE_UNAVAILABLE,
                    &request.message["id"],
                    &text,
                );
            }
        };
        self.accepted(&request, &server, response, (begun, in_flight))
            .await
    }

    /// Returns the server that alone can answer the request: the one that has asked the question, that runs the call to
    /// cancel, or that has sent the last event.
    fn pinned_server(&self, request: &mut ClientRequest) -> Option<Arc<Upstream>> {
        if let Some((server, answer)) = answer_for_server(&request.message) {
            request.body = answer.to_string().into();
            return self.running(server);
        }
        if request.message["method"] == "notifications/cancelled" {
            let id = &request.message["params"]["requestId"];
            return self.running(request.session.as_ref()?.server_of_request(id)?);
        }
        let last = request.headers.remove(&LAST_EVENT)?;
        let (server, id) = event_id_for_server(last.to_str().ok()?)?;
        let server = self.running(server)?;
        request
            .headers
            .insert(LAST_EVENT, HeaderValue::try_from(id).ok()?);
        Some(server)
    }

    /// Sends a request, to the current server unless `pinned` is another one. A server that ends before it has got the
    /// request is replaced.
    async fn send(
        &self,
        request: &ClientRequest,
        pinned: Option<Arc<Upstream>>,
    ) -> Result<(Arc<Upstream>, Response<Incoming>, InFlight), String> {
        let mut problem = String::new();
        for _ in 0..MAX_ATTEMPTS {
            let server = match &pinned {
                Some(server) => Arc::clone(server),
                None => self.server().await?,
            };
            match request.send_to(&server).await {
                Ok((response, in_flight)) => return Ok((server, response, in_flight)),
                Err(error) if pinned.is_some() || !is_unsent(&error) => {
                    return Err(error.to_string());
                }
                Err(error) => {
                    self.gone(server.number());
                    problem = error.to_string();
                }
            }
        }
        Err(problem)
    }

    /// Handles a response that begins.
    async fn accepted(
        self: Arc<Self>,
        request: &ClientRequest,
        server: &Arc<Upstream>,
        response: Response<Incoming>,
        (begun, in_flight): (Option<Begun>, InFlight),
    ) -> Response<Body> {
        let (mut parts, body) = response.into_parts();
        let is_mcp = request.session.is_some() || request.message.is_object();
        let method = request.message["method"].as_str().unwrap_or_default();
        if parts.status.is_success()
            && method == "initialize"
            && request.session.is_none()
            && let Some(id) = parts.headers.get(&SESSION).cloned()
        {
            let (uri, headers) = (request.uri.clone(), request.headers.clone());
            self.sessions
                .begin(id, server.number(), uri, headers, &request.message);
        }
        if let (Some(_), Some(id)) = (&request.session, request.headers.get(&SESSION)) {
            // The client knows its first ID.
            if parts.headers.contains_key(&SESSION) {
                parts.headers.insert(SESSION, id.clone());
            }
            if request.method == Method::DELETE || parts.status == StatusCode::NOT_FOUND {
                self.sessions.end(id);
            }
        }
        let mut exchange = Exchange {
            record: Arc::clone(&self.record),
            server: server.number(),
            begun,
            session: request
                .session
                .clone()
                .zip(Some(request.message["id"].clone())),
            in_flight: Some(in_flight),
        };
        if !is_mcp || !is_event_stream(&parts) {
            return response_body::whole(parts, body, exchange).await;
        }
        let is_standing = method == LISTEN || request.method == Method::GET;
        if is_standing && parts.status.is_success() {
            // It does not keep the server running: the next one continues the stream.
            exchange.in_flight = None;
            let standing = Standing {
                request: request.to_standing(),
                server: Arc::clone(server),
            };
            return with_body(parts, standing_stream::body(self, standing, body, exchange));
        }
        with_body(parts, response_body::events(body, exchange))
    }
}

/// Returns whether the server has not got the request.
fn is_unsent(error: &std::io::Error) -> bool {
    error.kind() == std::io::ErrorKind::ConnectionRefused
}

fn refusal(status: StatusCode, id: &Value, text: &str) -> Response<Body> {
    let error = json!({ "code": -32603, "message": text });
    let message = json!({ "jsonrpc": "2.0", "id": id, "error": error });
    let mut response = Response::new(Body::from(message.to_string()));
    *response.status_mut() = status;
    response
        .headers_mut()
        .insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}
