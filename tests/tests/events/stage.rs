//! A server with events behind authentication, and a webhook.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::middleware;
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use fastmcp::Server;
use fastmcp::docket::{Docket, ExecutionState, Filter, Retry};
use fastmcp::events::{EventOptions, Events, Subscriber};
use fastmcp::prelude::*;
use fastmcp_tests::http::{Http, answer, authenticate};
use ring::hmac;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::Notify;

/// The time limit of each step. A step that exceeds it counts as hanging.
const AT_MOST: Duration = Duration::from_mins(1);

/// The secret of the public test vector of Standard Webhooks.
pub const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
pub const OTHER_SECRET: &str = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYX";

#[fastmcp::data]
pub struct Build {
    pub repository: String,
    pub ok: bool,
}

/// A build has finished.
#[event(name = "build.finished")]
pub fn build_finished(
    /// The repository to watch
    repository: &str,
    #[arg(default = false)] only_failed: bool,
    #[payload] build: &Build,
) -> bool {
    build.repository == repository && !(only_failed && build.ok)
}

#[fastmcp::data]
pub struct Note {
    pub to: String,
}

/// A note for one user.
#[event(name = "note.written", scopes("notes:read"))]
pub fn note_written(subscriber: Subscriber, #[payload] note: &Note) -> bool {
    subscriber
        .principal()
        .is_some_and(|it| it.subject() == note.to)
}

#[fastmcp::data]
pub struct Tick {
    pub number: u64,
}

/// A clock has ticked. Every subscriber gets it, whatever its label is.
#[event(name = "clock.ticked")]
pub fn clock_ticked(label: u32, #[payload] tick: &Tick) {
    let _ = (label, tick.number);
}

/// Emits the end of a build.
#[tool]
pub async fn finish_build(repository: String, ok: bool, events: Events) -> Result<String> {
    let emitted = events.emit(build_finished)(Build { repository, ok }).await?;
    Ok(emitted.event_id)
}

/// Returns the options of the tests: webhooks on this machine, and quick retries.
pub fn options() -> EventOptions {
    EventOptions::new()
        .allow_loopback(true)
        .retry(Retry::attempts(4).delay(Duration::from_millis(20)))
}

/// A server, and clients of its two principals.
pub struct Stage {
    pub server: Server,
    pub docket: Docket,
    pub ada: Http,
    pub bob: Http,
    pub nobody: Http,
}

impl Stage {
    pub async fn new() -> Self {
        Self::with(options()).await
    }

    pub async fn with(options: EventOptions) -> Self {
        let docket = Docket::memory("events");
        let server = FastMcp::new("events")
            .docket(docket.clone())
            .events(options);
        let server = server.start().await.expect("the server starts");
        let app = Router::new()
            .nest_service("/mcp", server.http_service())
            .layer(middleware::from_fn(authenticate));
        let url = format!("http://{}/mcp", serve(app).await);
        Self {
            ada: Http::new(&url).with("x-user", "ada"),
            bob: Http::new(&url).with("x-user", "bob"),
            nobody: Http::new(&url),
            server,
            docket,
        }
    }

    pub fn events(&self) -> Events {
        self.server.events().expect("the server has events")
    }

    /// Emits the end of a build, and returns its ID.
    pub async fn emit(&self, repository: &str, ok: bool) -> String {
        let repository = repository.to_owned();
        let emitted = self.events().emit(build_finished)(Build { repository, ok });
        emitted.await.expect("it is stored").event_id
    }
}

/// Serves an application, and returns its address.
pub async fn serve(app: Router) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    tokio::spawn(async move { axum::serve(listener, app).await });
    address
}

/// Sends a request, and returns the response.
pub async fn ask(http: &Http, method: &str, params: Value) -> Value {
    answer(http.modern(method, params)).await.message()
}

/// Sends a request, and returns the result.
pub async fn result(http: &Http, method: &str, params: Value) -> Value {
    let mut answer = ask(http, method, params).await;
    assert!(answer.get("result").is_some(), "{answer}");
    answer["result"].take()
}

/// Returns the parameters of a subscription to builds.
pub fn subscription(url: &str, repository: &str) -> Value {
    json!({
        "name": "build.finished",
        "arguments": { "repository": repository },
        "delivery": { "mode": "webhook", "url": url, "secret": SECRET },
        "cursor": null,
    })
}

/// A message that a webhook got.
#[derive(Debug, Clone)]
pub struct Message {
    pub path: String,
    pub headers: HeaderMap,
    pub text: String,
    pub body: Value,
}

impl Message {
    pub fn header(&self, name: &str) -> &str {
        self.headers[name].to_str().unwrap()
    }

    /// Returns whether one of the signatures is made with this secret.
    pub fn is_signed_with(&self, secret: &str) -> bool {
        let key = STANDARD
            .decode(secret.trim_start_matches("whsec_"))
            .unwrap();
        let key = hmac::Key::new(hmac::HMAC_SHA256, &key);
        let (id, timestamp) = (self.header("webhook-id"), self.header("webhook-timestamp"));
        let signed = format!("{id}.{timestamp}.{}", self.text);
        let expected = STANDARD.encode(hmac::sign(&key, signed.as_bytes()));
        let signatures = self.header("webhook-signature").split(' ');
        signatures
            .into_iter()
            .any(|it| it == format!("v1,{expected}"))
    }
}

/// The answer to a message.
type Rule = dyn Fn(&Message) -> Option<Response> + Send + Sync;

/// A webhook, which echoes challenges.
#[derive(Clone)]
pub struct Webhook {
    pub url: String,
    shared: Arc<Shared>,
}

struct Shared {
    messages: Mutex<Vec<Message>>,
    arrived: Notify,
    rule: Box<Rule>,
}

impl Webhook {
    pub async fn new() -> Self {
        Self::with(|_| None).await
    }

    /// Starts a webhook that answers with the status that `rule` returns.
    pub async fn answering(rule: impl Fn(&Message) -> StatusCode + Send + Sync + 'static) -> Self {
        Self::with(move |message| {
            let is_event = message.body["type"] != "verification";
            is_event.then(|| rule(message).into_response())
        })
        .await
    }

    /// Starts a webhook with answers of its own.
    pub async fn with(rule: impl Fn(&Message) -> Option<Response> + Send + Sync + 'static) -> Self {
        let shared = Arc::new(Shared {
            messages: Mutex::default(),
            arrived: Notify::new(),
            rule: Box::new(rule),
        });
        let app = Router::new()
            .fallback(receive)
            .with_state(Arc::clone(&shared));
        Self {
            url: format!("http://{}/hook", serve(app).await),
            shared,
        }
    }

    pub fn messages(&self) -> Vec<Message> {
        self.shared.messages.lock().unwrap().clone()
    }

    /// Returns the messages that are no verifications.
    pub fn events(&self) -> Vec<Message> {
        let mut messages = self.messages();
        messages.retain(|it| it.body["type"] != "verification");
        messages
    }

    /// Waits for a number of events.
    pub async fn wait_for(&self, count: usize) -> Vec<Message> {
        let wait = async {
            loop {
                let arrived = self.shared.arrived.notified();
                let events = self.events();
                if events.len() >= count {
                    return events;
                }
                arrived.await;
            }
        };
        let waited = tokio::time::timeout(AT_MOST, wait).await;
        waited.unwrap_or_else(|_| panic!("only {} of {count} events", self.events().len()))
    }
}

async fn receive(
    State(shared): State<Arc<Shared>>,
    uri: axum::http::Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let message = Message {
        path: uri.to_string(),
        headers,
        text: String::from_utf8(body.to_vec()).unwrap(),
        body: serde_json::from_slice(&body).unwrap(),
    };
    let response = (shared.rule)(&message);
    let response = response.unwrap_or_else(|| {
        let challenge = &message.body["challenge"];
        json!({ "challenge": challenge })
            .to_string()
            .into_response()
    });
    shared.messages.lock().unwrap().push(message);
    shared.arrived.notify_waiters();
    response
}

/// Waits until the docket has done what was queued.
pub async fn settle(docket: &Docket) {
    let settled = async {
        loop {
            let mut waiting = 0;
            for prefix in ["fastmcp:event/", "fastmcp:event-delivery/"] {
                let pending = Filter::new()
                    .key_prefix(prefix)
                    .state(ExecutionState::Scheduled)
                    .state(ExecutionState::Queued)
                    .state(ExecutionState::Running);
                let page = docket.list(&pending, None, 1).await.unwrap();
                waiting += page.executions.len();
            }
            if waiting == 0 {
                return;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(AT_MOST, settled)
        .await
        .expect("it settles");
}
