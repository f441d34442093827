//! Sessions of revisions before 2026-07-28: streams that break and are resumed, sessions that
//! end, a server that stops.

use std::sync::Arc;
use std::time::Duration;

use fastmcp::prelude::*;
use fastmcp::{HttpOptions, HttpService, Server};
use fastmcp_tests::http::{Event, Events, Http, answer};
use serde_json::json;
use tokio::net::TcpListener;
use tokio::sync::Semaphore;

/// Synchronizes a test with its calls.
struct Gate {
    reached: Semaphore,
    open: Semaphore,
}

impl Gate {
    /// Waits until a call has reached the gate.
    async fn reached(&self) {
        self.reached.acquire().await.unwrap().forget();
    }

    /// Lets the call through.
    fn open(&self) {
        self.open.add_permits(1);
    }

    async fn pass(&self) {
        self.reached.add_permits(1);
        self.open.acquire().await.unwrap().forget();
    }
}

#[tool]
async fn wait(gate: State<Arc<Gate>>, ctx: Context) -> &'static str {
    ctx.report_progress(1.0, None, Some("waiting")).await;
    gate.pass().await;
    "through"
}

/// Closes the stream of its own call and returns whether there was one.
#[tool]
async fn hang_up(gate: State<Arc<Gate>>, ctx: Context) -> bool {
    let was_open = ctx.close_sse_stream();
    gate.pass().await;
    was_open
}

#[tool]
fn hello() -> &'static str {
    "hello"
}

struct Stage {
    server: Server,
    service: HttpService,
    http: Http,
    gate: Arc<Gate>,
}

impl Stage {
    async fn new(options: HttpOptions) -> Self {
        let gate = Arc::new(Gate {
            reached: Semaphore::new(0),
            open: Semaphore::new(0),
        });
        let server = FastMcp::new("stage")
            .state(Arc::clone(&gate))
            .http(options)
            .start()
            .await
            .unwrap();
        let service = server.http_service();
        let app = axum::Router::new().nest_service("/mcp", service.clone());
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move { axum::serve(listener, app).await });
        Self {
            server,
            service,
            http: Http::new(&format!("http://{address}/mcp")),
            gate,
        }
    }
}

fn waiting(token: &str) -> serde_json::Value {
    json!({ "name": "wait", "arguments": {}, "_meta": { "progressToken": token } })
}

/// Reads up to the progress report of `wait` and returns its event id.
async fn progress(events: &mut Events) -> String {
    let primed = events.next().await.unwrap();
    assert!(primed.id.is_some() && primed.data.is_null(), "{primed:?}");
    assert_eq!(primed.retry, Some(3000));
    let report = events.next().await.unwrap();
    assert_eq!(
        report.data["method"], "notifications/progress",
        "{report:?}"
    );
    report.id.unwrap()
}

fn text(event: &Event) -> &str {
    event.data["result"]["content"][0]["text"].as_str().unwrap()
}

#[tokio::test]
async fn a_resumed_stream_delivers_missed_events_once() {
    let stage = Stage::new(HttpOptions::new()).await;
    let session = stage.http.session().await;
    let call = fastmcp_tests::http::message(7, "tools/call", waiting("t"));

    // The stream breaks and is resumed before the response.
    let mut events = Events::of(session.post(call.clone())).await;
    let last = progress(&mut events).await;
    stage.gate.reached().await;
    drop(events);
    let mut resumed = Events::of(session.get().header("Last-Event-ID", last)).await;
    stage.gate.open();
    let first = resumed.next().await.unwrap();
    assert_eq!((text(&first), &first.data["id"]), ("through", &json!(7)));
    assert_eq!(
        resumed.next().await,
        None,
        "the stream ends with its answer"
    );

    // The stream breaks before the response and is resumed after it.
    let mut events = Events::of(session.post(call)).await;
    let last = progress(&mut events).await;
    stage.gate.reached().await;
    drop(events);
    stage.gate.open();
    let mut resumed = Events::of(session.get().header("Last-Event-ID", last)).await;
    let first = resumed.next().await.unwrap();
    assert_eq!(text(&first), "through");
    let id = first.id.unwrap();
    assert_eq!(resumed.next().await, None);
    let mut again = Events::of(session.get().header("Last-Event-ID", id)).await;
    assert_eq!(again.next().await, None, "nothing is behind the answer");
}

#[tokio::test]
async fn a_call_can_close_its_stream_and_the_client_resumes() {
    let stage = Stage::new(HttpOptions::new().retry(Duration::from_millis(10))).await;
    let session = stage.http.session().await;
    let mut events = Events::of(session.legacy_call(3, "hang_up", json!({}))).await;
    let primed = events.next().await.unwrap();
    assert_eq!(primed.retry, Some(10));
    assert_eq!(
        events.next().await,
        None,
        "the connection ends before the answer"
    );
    stage.gate.reached().await;
    let last = primed.id.unwrap();
    let mut resumed = Events::of(session.get().header("Last-Event-ID", last)).await;
    stage.gate.open();
    assert_eq!(text(&resumed.next().await.unwrap()), "true");

    // Without a session no client can resume the stream.
    stage.gate.open();
    assert_eq!(
        stage.http.call("hang_up", json!({})).await.tool_text(),
        "false"
    );
}

#[tokio::test]
async fn a_session_ends_when_its_client_deletes_it() {
    let stage = Stage::new(HttpOptions::new()).await;
    let session = stage.http.session().await;
    assert_eq!(stage.service.sessions(), 1);
    let hello = answer(session.legacy_call(1, "hello", json!({}))).await;
    assert_eq!(hello.tool_text(), "hello");
    assert_eq!(answer(session.delete()).await.status, 204);
    assert_eq!(stage.service.sessions(), 0);
    let gone = answer(session.legacy_call(2, "hello", json!({}))).await;
    assert_eq!(gone.status, 404);
    assert_eq!(answer(session.get()).await.status, 404);
}

#[tokio::test]
async fn the_number_of_sessions_is_limited() {
    let stage = Stage::new(HttpOptions::new().max_sessions(2)).await;
    let idle = stage.http.session().await;
    let (first, second) = (stage.http.session().await, stage.http.session().await);
    let gone = answer(idle.legacy_call(1, "hello", json!({}))).await;
    assert_eq!(gone.status, 404, "the oldest idle session gives way");
    let _busy = (
        Events::of(first.get()).await,
        Events::of(second.get()).await,
    );
    let initialize = || stage.http.initialize("2025-11-25");
    let refused = answer(initialize()).await;
    assert_eq!(refused.status, 503);
    assert_eq!(refused.headers["retry-after"], "1");
    assert_eq!(refused.message()["id"], 0);
    assert_eq!(
        stage.http.call("hello", json!({})).await.tool_text(),
        "hello"
    );
    answer(first.delete()).await;
    assert_eq!(answer(initialize()).await.status, 200);
}

#[tokio::test]
async fn idle_sessions_expire_and_busy_ones_do_not() {
    let idle = Duration::from_millis(200);
    let stage = Stage::new(HttpOptions::new().idle_sessions(idle)).await;
    let idle_session = stage.http.session().await;
    let (busy, listening) = (stage.http.session().await, stage.http.session().await);
    let call = busy.legacy_call(1, "wait", json!({}));
    let call = tokio::spawn(answer(call));
    stage.gate.reached().await;
    let listener = Events::of(listening.get()).await;

    let guard = Duration::from_secs(20);
    tokio::time::timeout(guard, async {
        while stage.service.sessions() != 2 {
            tokio::time::sleep(idle / 4).await;
        }
    })
    .await
    .expect("the idle one ends");
    let gone = answer(idle_session.legacy_call(1, "hello", json!({}))).await;
    assert_eq!(gone.status, 404);
    // Much longer than the idle time of a session.
    tokio::time::sleep(idle * 5).await;
    assert_eq!(stage.service.sessions(), 2);
    stage.gate.open();
    assert_eq!(call.await.unwrap().tool_text(), "through");
    drop(listener);
    tokio::time::timeout(guard, async {
        while stage.service.sessions() != 0 {
            tokio::time::sleep(idle / 4).await;
        }
    })
    .await
    .expect("they end once they are idle");
}

#[tokio::test]
async fn a_stopping_server_finishes_calls_in_flight() {
    let stage = Stage::new(HttpOptions::new()).await;
    let session = stage.http.session().await;
    let listener = Events::of(session.get()).await;
    let in_session = tokio::spawn(answer(session.legacy_call(1, "wait", json!({}))));
    let http = stage.http.clone();
    let stateless = tokio::spawn(async move { http.call("wait", json!({})).await });
    stage.gate.reached().await;
    stage.gate.reached().await;

    let stopped = tokio::spawn(stage.server.shutdown());
    let refused = loop {
        let answer = stage.http.call("hello", json!({})).await;
        if answer.status != 200 {
            break answer;
        }
    };
    assert_eq!(refused.status, 503);
    assert!(!stopped.is_finished(), "it waits for the calls");
    stage.gate.open();
    stage.gate.open();
    assert_eq!(in_session.await.unwrap().tool_text(), "through");
    assert_eq!(stateless.await.unwrap().tool_text(), "through");
    stopped.await.unwrap().unwrap();
    assert_eq!(stage.service.sessions(), 0);
    drop(listener);
}

#[tokio::test]
async fn a_call_is_aborted_after_the_shutdown_grace() {
    let grace = Duration::from_millis(50);
    let stage = Stage::new(HttpOptions::new().grace(grace)).await;
    let session = stage.http.session().await;
    let mut events = Events::of(session.legacy_call(1, "wait", json!({}))).await;
    stage.gate.reached().await;
    stage.server.shutdown().await.unwrap();
    while let Some(event) = events.next().await {
        assert!(event.data["result"].is_null(), "{event:?}");
    }
}

#[tokio::test]
async fn the_newest_notification_stream_gets_the_notifications() {
    let stage = Stage::new(HttpOptions::new()).await;
    let session = stage.http.session().await;
    let older = Events::of(session.get()).await;
    let mut newer = Events::of(session.get()).await;
    assert_eq!(
        newer.next().await.unwrap().retry,
        Some(3000),
        "its priming event"
    );
    // Without a progress token, `ctx.info` is sent only on this stream.
    let call = answer(session.legacy_call(1, "announce", json!({}))).await;
    assert_eq!(call.tool_text(), "announced");
    let event = newer.next().await.unwrap();
    assert_eq!(event.data["params"]["data"], "hear, hear");
    drop(older);
}

#[tool]
async fn announce(ctx: Context) -> &'static str {
    ctx.info("hear, hear").await;
    "announced"
}
