//! Event streams: comments while a call is silent, the first event of each protocol revision, unique
//! event IDs, and clients that do not read.

use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use axum::body::Body;
use axum::http::Request;
use fastmcp::context::ListKind;
use fastmcp::prelude::*;
use fastmcp::{HttpOptions, HttpService, Server};
use fastmcp_tests::http::{Event, Events, Http, MODERN, answer, message};
use futures_util::StreamExt;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tower_service::Service;

/// Counts what the handlers do.
#[derive(Default)]
struct Counts {
    sent: AtomicUsize,
    dropped: AtomicUsize,
}

/// Counts when a call is dropped.
struct OnDrop(Arc<Counts>);

impl Drop for OnDrop {
    fn drop(&mut self) {
        self.0.dropped.fetch_add(1, Ordering::Relaxed);
    }
}

/// Is silent for two minutes.
#[tool(heartbeat = false)]
async fn slow(fail: bool, counts: State<Arc<Counts>>) -> Result<&'static str> {
    let _dropped = OnDrop(Arc::clone(&counts));
    tokio::time::sleep(Duration::from_secs(122)).await;
    if fail {
        return Err(ToolError::new("no").into());
    }
    Ok("at last")
}

#[tool]
fn hello() -> &'static str {
    "hello"
}

/// Sends ten megabytes.
#[tool]
async fn verbose(ctx: Context, counts: State<Arc<Counts>>) -> &'static str {
    for _ in 0..100 {
        let text = "x".repeat(100_000);
        ctx.info(&*text).await;
        ctx.report_progress(1.0, None, Some(&text)).await;
        counts.sent.fetch_add(1, Ordering::Relaxed);
    }
    "done"
}

async fn start(options: HttpOptions) -> (Server, Arc<Counts>) {
    let counts = Arc::new(Counts::default());
    let server = FastMcp::new("streams")
        .state(Arc::clone(&counts))
        .http(options)
        .start()
        .await
        .unwrap();
    (server, counts)
}

async fn serve(options: HttpOptions) -> (Arc<Server>, Http) {
    let server = Arc::new(start(options).await.0);
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let serving = Arc::clone(&server);
    tokio::spawn(async move { serving.serve_http(listener).await });
    (server, Http::new(&format!("http://{address}/mcp")))
}

/// Builds a request for a service in this process, whose time is paused.
fn request(method: &str, headers: &[(&str, &str)], body: Value) -> Request<Body> {
    let mut request = Request::builder()
        .method(method)
        .uri("/mcp")
        .header("host", "localhost")
        .header("accept", "application/json, text/event-stream")
        .header("content-type", "application/json");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let body = if body.is_null() {
        Body::empty()
    } else {
        Body::from(body.to_string())
    };
    request.body(body).unwrap()
}

fn modern_call(tool: &str, arguments: Value) -> Request<Body> {
    let params = json!({
        "name": tool, "arguments": arguments,
        "_meta": {
            "io.modelcontextprotocol/protocolVersion": MODERN,
            "io.modelcontextprotocol/clientCapabilities": {},
            "io.modelcontextprotocol/logLevel": "debug",
            "progressToken": "t",
        },
    });
    let body = json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params });
    let headers = [
        ("mcp-protocol-version", MODERN),
        ("mcp-method", "tools/call"),
        ("mcp-name", tool),
    ];
    request("POST", &headers, body)
}

fn legacy_call(session: Option<&str>, tool: &str, arguments: Value) -> Request<Body> {
    let params = json!({
        "name": tool, "arguments": arguments, "_meta": { "progressToken": "t" },
    });
    let body = json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params });
    let mut headers = vec![("mcp-protocol-version", "2025-11-25")];
    headers.extend(session.map(|id| ("mcp-session-id", id)));
    request("POST", &headers, body)
}

async fn call(service: &mut HttpService, request: Request<Body>) -> axum::response::Response {
    service.call(request).await.unwrap()
}

/// Starts a session in this process.
async fn session(service: &mut HttpService) -> String {
    let params = json!({
        "protocolVersion": "2025-11-25", "capabilities": {},
        "clientInfo": { "name": "test", "version": "1" },
    });
    let body = json!({ "jsonrpc": "2.0", "id": 0, "method": "initialize", "params": params });
    let started = call(service, request("POST", &[], body)).await;
    let id = started.headers()["mcp-session-id"]
        .to_str()
        .unwrap()
        .to_owned();
    text(started).await;
    let body = json!({ "jsonrpc": "2.0", "method": "notifications/initialized" });
    call(service, request("POST", &[("mcp-session-id", &id)], body)).await;
    id
}

async fn text(response: axum::response::Response) -> String {
    let body = axum::body::to_bytes(response.into_body(), usize::MAX).await;
    String::from_utf8(body.unwrap().to_vec()).unwrap()
}

/// Returns the last message of an event stream.
fn last_message(text: &str) -> Value {
    let mut data = text.lines().filter_map(|line| line.strip_prefix("data: "));
    serde_json::from_str(data.next_back().unwrap()).unwrap()
}

#[tokio::test(start_paused = true)]
async fn a_silent_call_gets_comments_in_every_mode() {
    let options = HttpOptions::new;
    for (options, mode) in [
        (options(), "modern"),
        (options().json_answers(false), "modern"),
        (options().stateless(), "modern"),
        (options().stateless(), "stateless"),
        (options().stateless().json_answers(false), "stateless"),
        (options(), "session"),
        (options().json_answers(false), "session"),
    ] {
        let what = format!("{mode} {options:?}");
        let (server, _) = start(options).await;
        let mut service = server.http_service();
        for fail in [false, true] {
            let arguments = json!({ "fail": fail });
            let request = match mode {
                "modern" => modern_call("slow", arguments),
                "stateless" => legacy_call(None, "slow", arguments),
                _ => {
                    let session = session(&mut service).await;
                    legacy_call(Some(&session), "slow", arguments)
                }
            };
            let started = tokio::time::Instant::now();
            let response = call(&mut service, request).await;
            assert!(started.elapsed() <= Duration::from_secs(15), "{what}");
            assert_eq!(response.status(), 200);
            assert_eq!(response.headers()["content-type"], "text/event-stream");
            let text = text(response).await;
            assert_eq!(text.matches(":\n\n").count(), 8, "{what}: {text}");
            let message = last_message(&text);
            assert_eq!(message["id"], 1);
            assert_eq!(message["result"]["isError"] == true, fail, "{message}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_late_error_is_the_last_event() {
    let grace = Duration::from_secs(30);
    let (server, _) = start(HttpOptions::new().grace(grace)).await;
    let mut service = server.http_service();
    let response = call(&mut service, modern_call("slow", json!({ "fail": false }))).await;
    let stopped = tokio::spawn(server.shutdown());
    let message = last_message(&text(response).await);
    assert_eq!(message["id"], 1);
    assert!(message["error"]["code"].is_i64(), "{message}");
    stopped.await.unwrap().unwrap();
}

#[tokio::test(start_paused = true)]
async fn comments_are_optional_and_a_quick_response_is_json() {
    for (options, tool, seconds) in [
        (HttpOptions::new().keep_alive(None), "slow", 122),
        (HttpOptions::new(), "hello", 0),
    ] {
        let (server, _) = start(options).await;
        let started = tokio::time::Instant::now();
        let arguments = json!({ "fail": false });
        let arguments = if tool == "slow" { arguments } else { json!({}) };
        let response = call(&mut server.http_service(), modern_call(tool, arguments)).await;
        assert_eq!(started.elapsed().as_secs(), seconds);
        assert_eq!(response.headers()["content-type"], "application/json");
    }
}

#[tokio::test(start_paused = true)]
async fn a_silent_stream_of_notifications_gets_comments() {
    let every = Duration::from_secs(5);
    let (server, _) = start(HttpOptions::new().keep_alive(every)).await;
    let mut service = server.http_service();
    let session = session(&mut service).await;
    let get = request("GET", &[("mcp-session-id", &session)], Value::Null);
    let mut body = call(&mut service, get).await.into_body().into_data_stream();
    let first = body.next().await.unwrap().unwrap();
    assert!(first.ends_with(b"retry: 3000\n\n"), "{first:?}");
    for _ in 0..3 {
        let started = tokio::time::Instant::now();
        assert_eq!(&body.next().await.unwrap().unwrap()[..], b":\n\n");
        assert_eq!(started.elapsed(), every);
    }
}

#[tokio::test(start_paused = true)]
async fn a_client_that_disconnects_from_a_silent_call_cancels_it() {
    let (server, counts) = start(HttpOptions::new()).await;
    let response = call(
        &mut server.http_service(),
        modern_call("slow", json!({ "fail": false })),
    )
    .await;
    assert_eq!(counts.dropped.load(Ordering::Relaxed), 0);
    drop(response);
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert_eq!(counts.dropped.load(Ordering::Relaxed), 1);
}

#[tokio::test(start_paused = true)]
async fn a_call_waits_for_a_client_that_does_not_read() {
    let (server, counts) = start(HttpOptions::new()).await;
    let mut service = server.http_service();
    let sent = || counts.sent.swap(0, Ordering::Relaxed);

    // The stream of notifications.
    let id = session(&mut service).await;
    let get = request("GET", &[("mcp-session-id", &id)], Value::Null);
    let notifications = call(&mut service, get).await;
    let response = call(&mut service, legacy_call(Some(&id), "verbose", json!({}))).await;
    let progress = tokio::spawn(text(response));
    tokio::time::sleep(Duration::from_mins(1)).await;
    let waiting = sent();
    assert!((3..30).contains(&waiting), "{waiting}");
    drop(notifications);
    let text_of_call = progress.await.unwrap();
    assert_eq!(waiting + sent(), 100);
    assert_eq!(last_message(&text_of_call)["id"], 1);

    // The stream of the call itself, with and without a session.
    for request in [
        legacy_call(Some(&id), "verbose", json!({})),
        modern_call("verbose", json!({})),
    ] {
        let response = call(&mut service, request).await;
        tokio::time::sleep(Duration::from_mins(1)).await;
        let waiting = sent();
        assert!((2..30).contains(&waiting), "{waiting}");
        let read = text(response).await;
        assert_eq!(waiting + sent(), 100);
        assert!(read.len() > 10_000_000, "nothing is lost");
        assert_eq!(last_message(&read)["id"], 1);
    }
}

/// Returns the events of a whole response.
async fn events(request: reqwest::RequestBuilder) -> Vec<Event> {
    let mut events = Events::of(request).await;
    let mut all = Vec::new();
    while let Some(event) = events.next().await {
        all.push(event);
    }
    all
}

#[tokio::test]
async fn only_revisions_from_2025_11_25_on_get_an_event_without_a_message() {
    let (server, http) = serve(HttpOptions::new()).await;
    for (revision, is_primed) in [
        ("2024-11-05", false),
        ("2025-03-26", false),
        ("2025-06-18", false),
        ("2025-11-25", true),
    ] {
        let check = |first: &Event, what: &str| {
            let is_empty = first.data.is_null() && first.retry == Some(3000) && first.id.is_some();
            assert_eq!(is_empty, is_primed, "{revision} {what}: {first:?}");
            assert_ne!(first.data.is_null(), !is_primed, "{revision} {what}");
        };
        check(&events(http.initialize(revision)).await[0], "initialize");
        let session = http.session_of(revision).await;
        let call = events(session.legacy_call(1, "hello", json!({}))).await;
        check(&call[0], "call");
        assert_eq!(call.len(), 1 + usize::from(is_primed));
        let mut notifications = Events::of(session.get()).await;
        server.notify_list_changed(ListKind::Tools);
        check(&notifications.next().await.unwrap(), "notifications");
    }
}

#[tokio::test]
async fn the_ids_of_events_are_unique_in_a_session() {
    let (server, http) = serve(HttpOptions::new()).await;
    let session = http.session().await;
    let mut ids = Vec::new();
    for id in 0..2 {
        ids.extend(events(session.legacy_call(id, "hello", json!({}))).await);
    }
    let mut last = None;
    for connection in 0..3 {
        // The first and the last connection are new, the second resumes the first.
        let request = match last {
            Some(id) if connection == 1 => session.get().header("Last-Event-ID", id),
            _ => session.get(),
        };
        let mut stream = Events::of(request).await;
        let mut expected = 1;
        if connection == 1 {
            // One change happened between the two connections.
            expected = 2;
        } else {
            let first = stream.next().await.unwrap();
            assert!(first.data.is_null(), "{first:?}");
            ids.push(first);
        }
        server.notify_list_changed(ListKind::Tools);
        for _ in 0..expected {
            let change = stream.next().await.unwrap();
            let method = change.data["method"].as_str().unwrap();
            assert!(method.ends_with("/list_changed"), "{change:?}");
            ids.push(change);
        }
        last = ids.last().unwrap().id.clone();
        drop(stream);
        if connection == 0 {
            // Another kind: changes of one kind within a short time are one notification.
            server.notify_list_changed(ListKind::Prompts);
        }
    }
    let ids: Vec<String> = ids.into_iter().map(|event| event.id.unwrap()).collect();
    let unique: HashSet<&String> = ids.iter().collect();
    assert_eq!(unique.len(), ids.len(), "{ids:?}");
}

#[tokio::test]
async fn the_first_event_is_a_position_to_resume_from() {
    let (server, http) = serve(HttpOptions::new()).await;
    let session = http.session().await;
    let mut stream = Events::of(session.get()).await;
    let first = stream.next().await.unwrap();
    drop(stream);
    server.notify_list_changed(ListKind::Prompts);
    let resume = session.get().header("Last-Event-ID", first.id.unwrap());
    let change = Events::of(resume).await.next().await.unwrap();
    assert_eq!(change.data["method"], "notifications/prompts/list_changed");
    let unknown = session.get().header("Last-Event-ID", "nonsense");
    assert_eq!(Events::of(unknown).await.next().await, None);
    let call = answer(session.post(message(3, "ping", json!({})))).await;
    assert_eq!(call.message()["result"], json!({}));
}
