//! The event stream: what it sends, and that nothing looks at the docket while no page does.

use std::sync::Arc;
use std::time::Duration;

use fastmcp::FastMcp;
use fastmcp::docket::{Docket, Submission};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::time::timeout;

use crate::counting::{Calls, counted};
use crate::setup::{Page, answer, serve_docket};

/// The messages of a stream.
struct Messages {
    response: reqwest::Response,
    text: String,
}

impl Messages {
    async fn open(page: &Page) -> Self {
        let response = page.get("/api/events").send().await.unwrap();
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        let text = String::new();
        Self { response, text }
    }

    /// Returns the next message; `None` at the end of the stream.
    async fn next(&mut self) -> Option<Value> {
        loop {
            if let Some((event, rest)) = self.text.split_once("\n\n") {
                let data = event.strip_prefix("data: ").map(ToOwned::to_owned);
                let rest = rest.to_owned();
                self.text = rest;
                match data {
                    Some(data) => return Some(serde_json::from_str(&data).unwrap()),
                    None => continue,
                }
            }
            let part = timeout(Duration::from_secs(30), self.response.chunk()).await;
            let part = part.expect("a message").ok()??;
            self.text.push_str(std::str::from_utf8(&part).unwrap());
        }
    }

    /// Waits for a state that fulfils a condition.
    async fn until(&mut self, is_met: impl Fn(&Value) -> bool) -> Value {
        loop {
            let message = self.next().await.expect("a message");
            if !message["state"].is_null() && is_met(&message["state"]) {
                return message["state"].clone();
            }
        }
    }
}

#[tokio::test]
async fn the_stream_sends_the_state_when_it_changes() {
    let docket = Docket::memory("jobs");
    let page = serve_docket(&docket).await;
    let mut messages = Messages::open(&page).await;
    let first = messages.next().await.unwrap();
    assert_eq!(
        first["state"]["counts"]["queued"], 0,
        "the first message has the state"
    );
    let second = messages.next().await.unwrap();
    assert!(
        second["state"].is_null() && second["sample"].is_array(),
        "nothing has changed: {second}"
    );
    docket.submit(Submission::new("mail", "{}")).await.unwrap();
    messages.until(|state| state["counts"]["queued"] == 1).await;
    // Another page gets the state, and so does the first one, because an action is logged.
    let mut other = Messages::open(&page).await;
    page.act(json!({ "action": "pause" })).await;
    for stream in [&mut messages, &mut other] {
        let state = stream.until(|state| state["paused"] == true).await;
        assert_eq!(state["actions"][0]["action"], "pause");
    }
    let samples = page.read("/api/overview").await["samples"].clone();
    assert!(samples.as_array().unwrap().len() >= 3, "{samples}");
}

#[tokio::test]
async fn nothing_looks_at_the_docket_while_no_page_does() {
    let calls = Arc::new(Calls::default());
    let docket = counted(&Docket::memory("jobs"), &calls);
    let page = serve_docket(&docket).await;
    let mut messages = Messages::open(&page).await;
    messages.next().await.unwrap();
    messages.next().await.unwrap();
    assert!(calls.count("stats") >= 2);
    drop(messages);
    // The loop finds at its next look that the page is gone.
    while !calls.are_silent_for(Duration::from_secs(3)).await {}
    let before = calls.all();
    tokio::time::sleep(Duration::from_secs(3)).await;
    assert_eq!(calls.all(), before, "no page looks");
    // And continues for the next one.
    Messages::open(&page).await.next().await.unwrap();
    assert!(calls.all() > before);
}

#[tokio::test]
async fn several_pages_cost_as_much_as_one() {
    let calls = Arc::new(Calls::default());
    let docket = counted(&Docket::memory("jobs"), &calls);
    let page = serve_docket(&docket).await;
    let mut pages = Vec::new();
    for _ in 0..10 {
        pages.push(Messages::open(&page).await);
    }
    let before = calls.count("stats");
    let first = &mut pages[0];
    for _ in 0..4 {
        first.next().await.unwrap();
    }
    let looks = calls.count("stats") - before;
    assert!(looks <= 6, "{looks} looks for four messages to ten pages");
}

#[tokio::test]
async fn the_number_of_pages_is_limited() {
    let page = serve_docket(&Docket::memory("jobs")).await;
    let mut pages = Vec::new();
    for _ in 0..100 {
        pages.push(Messages::open(&page).await);
    }
    let (status, body) = answer(page.get("/api/events")).await;
    assert_eq!(status.as_u16(), 503, "{body}");
    // A page that has gone makes room.
    pages.pop();
    let deadline = std::time::Instant::now() + Duration::from_secs(30);
    while page.get("/api/events").send().await.unwrap().status() != 200 {
        assert!(
            std::time::Instant::now() < deadline,
            "there is never room again"
        );
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

#[tokio::test]
async fn streams_end_when_the_server_stops() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let server = FastMcp::new("shop")
        .docket(Docket::memory("jobs"))
        .start()
        .await
        .unwrap();
    let app = server
        .http_router()
        .nest_service("/dashboard", server.dashboard());
    let stopped = server.stopped();
    let serving = tokio::spawn(async move {
        axum::serve(listener, app)
            .with_graceful_shutdown(stopped)
            .await
    });
    let page = Page::new(format!("http://{address}/dashboard"));
    let mut messages = Messages::open(&page).await;
    messages.next().await.unwrap();
    server.shutdown().await.unwrap();
    while messages.next().await.is_some() {}
    let served = timeout(Duration::from_secs(30), serving).await;
    served.expect("the listener stops").unwrap().unwrap();
}
