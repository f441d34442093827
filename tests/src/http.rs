//! An HTTP client that sends exactly the given headers and body, and returns the whole response.

#![allow(
    clippy::missing_panics_doc,
    reason = "a test that panics has failed, which is what they are for"
)]

use axum::extract::Request;
use axum::middleware::Next;
use fastmcp::Principal;
use reqwest::header::{HeaderMap, HeaderValue};
use reqwest::{RequestBuilder, Response, StatusCode};
use serde_json::{Value, json};

/// The revision without sessions.
pub const MODERN: &str = "2026-07-28";

/// The last revision with sessions.
pub const LEGACY: &str = "2025-11-25";

/// A layer that sets the principal from the header `x-user`.
pub async fn authenticate(mut request: Request, next: Next) -> axum::response::Response {
    let user = request.headers().get("x-user");
    let user = user.and_then(|user| user.to_str().ok()).map(Principal::new);
    if let Some(user) = user {
        request.extensions_mut().insert(user);
    }
    next.run(request).await
}

/// The client of one endpoint.
#[derive(Debug, Clone)]
pub struct Http {
    /// The address of the endpoint.
    pub url: String,
    /// Sent with every request.
    pub headers: HeaderMap,
    client: reqwest::Client,
}

/// A response of the endpoint.
#[derive(Debug)]
pub struct Answer {
    /// The status.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    /// The body as text.
    pub text: String,
}

/// One event of a stream.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Event {
    /// `id:`
    pub id: Option<String>,
    /// `retry:`, in milliseconds.
    pub retry: Option<u64>,
    /// `data:`; `null` if there is none.
    pub data: Value,
}

/// An event stream, read incrementally.
#[derive(Debug)]
pub struct Events {
    response: Response,
    text: String,
}

impl Http {
    /// Returns a client for the endpoint at `url`.
    #[must_use]
    pub fn new(url: &str) -> Self {
        Self {
            url: url.to_owned(),
            headers: HeaderMap::new(),
            client: reqwest::Client::new(),
        }
    }

    /// Returns the same client with one more header.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: &str) -> Self {
        let value = HeaderValue::from_str(value).expect("a header");
        self.headers.insert(name, value);
        self
    }

    /// Starts a `POST` of any body, with the two headers that every client sends.
    pub fn post(&self, body: impl Into<reqwest::Body>) -> RequestBuilder {
        self.client
            .post(&self.url)
            .header("Content-Type", "application/json")
            .header("Accept", "application/json, text/event-stream")
            .headers(self.headers.clone())
            .body(body)
    }

    /// Starts a `GET` for an event stream.
    pub fn get(&self) -> RequestBuilder {
        let request = self.client.get(&self.url);
        request
            .header("Accept", "text/event-stream")
            .headers(self.headers.clone())
    }

    /// Starts a `DELETE`.
    pub fn delete(&self) -> RequestBuilder {
        self.client.delete(&self.url).headers(self.headers.clone())
    }

    /// Starts a request of revision 2026-07-28 with its headers.
    pub fn modern(&self, method: &str, params: Value) -> RequestBuilder {
        self.modern_without_name(method, params.clone()).headers(
            ["name", "uri", "taskId"]
                .iter()
                .find_map(|key| params[key].as_str())
                .map(|name| {
                    let mut headers = HeaderMap::new();
                    headers.insert("mcp-name", HeaderValue::from_str(name).expect("a header"));
                    headers
                })
                .unwrap_or_default(),
        )
    }

    /// Starts the same request without `Mcp-Name`.
    pub fn modern_without_name(&self, method: &str, mut params: Value) -> RequestBuilder {
        let meta = &mut params["_meta"];
        meta["io.modelcontextprotocol/protocolVersion"] = json!(MODERN);
        if meta["io.modelcontextprotocol/clientCapabilities"].is_null() {
            meta["io.modelcontextprotocol/clientCapabilities"] = json!({});
        }
        let message = json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params });
        self.post(message.to_string())
            .header("MCP-Protocol-Version", MODERN)
            .header("Mcp-Method", method)
    }

    /// Calls a tool in revision 2026-07-28 and returns the response.
    pub async fn call(&self, tool: &str, arguments: Value) -> Answer {
        let params = json!({ "name": tool, "arguments": arguments });
        answer(self.modern("tools/call", params)).await
    }

    /// Starts a session and returns a client for it.
    pub async fn session(&self) -> Self {
        self.session_of(LEGACY).await
    }

    /// Starts a session of a revision and returns a client for it.
    pub async fn session_of(&self, revision: &str) -> Self {
        let answer = answer(self.initialize(revision)).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        let id = answer.headers["mcp-session-id"].to_str().expect("an id");
        let session = self
            .clone()
            .with("mcp-session-id", id)
            .with("mcp-protocol-version", revision);
        let initialized = json!({ "jsonrpc": "2.0", "method": "notifications/initialized" });
        let response = session.post(initialized.to_string()).send().await;
        assert_eq!(response.expect("an answer").status(), 202);
        session
    }

    /// Starts the first request of a session.
    pub fn initialize(&self, revision: &str) -> RequestBuilder {
        let params = json!({
            "protocolVersion": revision,
            "capabilities": { "elicitation": {}, "sampling": {} },
            "clientInfo": { "name": "test", "version": "1" },
        });
        self.post(message(0, "initialize", params))
    }

    /// Calls a tool in a session.
    pub fn legacy_call(&self, id: u32, tool: &str, arguments: Value) -> RequestBuilder {
        let params = json!({ "name": tool, "arguments": arguments });
        self.post(message(id, "tools/call", params))
    }
}

/// Returns a JSON-RPC request as text.
#[must_use]
pub fn message(id: u32, method: &str, params: Value) -> String {
    json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params }).to_string()
}

/// Sends a request and reads the response to its end.
pub async fn answer(request: RequestBuilder) -> Answer {
    let response = request.send().await.expect("an answer");
    Answer {
        status: response.status(),
        headers: response.headers().clone(),
        text: response.text().await.expect("a body"),
    }
}

impl Answer {
    /// Returns the last message of the response, from JSON or an event stream.
    #[must_use]
    pub fn message(&self) -> Value {
        if let Ok(message) = serde_json::from_str(&self.text) {
            return message;
        }
        let events = self.text.split("\n\n").filter_map(event);
        let last = events.filter(|event| !event.data.is_null()).last();
        last.unwrap_or_else(|| panic!("no message in {self:?}"))
            .data
    }

    /// Returns the first text of a tool's result.
    #[must_use]
    pub fn tool_text(&self) -> String {
        let message = self.message();
        let text = message["result"]["content"][0]["text"].as_str();
        text.unwrap_or_else(|| panic!("no text in {message}"))
            .to_owned()
    }

    /// Returns whether the response is one JSON document.
    #[must_use]
    pub fn is_json(&self) -> bool {
        self.headers["content-type"] == "application/json"
    }

    /// Returns the code of the JSON-RPC error.
    #[must_use]
    pub fn code(&self) -> i64 {
        let message = self.message();
        let code = message["error"]["code"].as_i64();
        code.unwrap_or_else(|| panic!("no error in {message}"))
    }
}

/// Parses one event of an event stream; returns `None` for a comment.
fn event(text: &str) -> Option<Event> {
    let mut event = Event::default();
    let mut is_event = false;
    for line in text.lines() {
        let (field, value) = line.split_once(':')?;
        let value = value.trim_start();
        is_event |= !field.is_empty();
        match field {
            "id" => event.id = Some(value.to_owned()),
            "retry" => event.retry = value.parse().ok(),
            "data" if !value.is_empty() => {
                event.data = serde_json::from_str(value).expect("data is JSON");
            }
            _ => {}
        }
    }
    is_event.then_some(event)
}

impl Events {
    /// Sends a request and returns the events of its response.
    pub async fn of(request: RequestBuilder) -> Self {
        let response = request.send().await.expect("an answer");
        assert_eq!(response.status(), 200);
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        let text = String::new();
        Self { response, text }
    }

    /// Returns the next event, or `None` at the end of the stream.
    pub async fn next(&mut self) -> Option<Event> {
        loop {
            if let Some(end) = self.text.find("\n\n") {
                let rest = self.text.split_off(end + 2);
                let text = std::mem::replace(&mut self.text, rest);
                match event(text.trim_end()) {
                    Some(event) => return Some(event),
                    None => continue,
                }
            }
            let chunk = self.response.chunk().await.ok()??;
            self.text.push_str(&String::from_utf8_lossy(&chunk));
        }
    }
}
