//! Sessions keep their state, their streams and their IDs while the service of the protocol library sleeps.

use std::collections::HashSet;
use std::sync::atomic::{AtomicU32, Ordering};

use fastmcp::HttpOptions;
use fastmcp::prelude::*;
use fastmcp_tests::http::{Events, Http, answer, message};
use serde_json::{Value, json};
use tokio::net::TcpListener;

/// More sessions than may keep their services.
const MANY: usize = 100;

/// Returns the number of calls in this session, and logs it at two levels.
#[tool]
async fn count(ctx: Context) -> Result<u32> {
    let session = ctx
        .session()
        .ok_or_else(|| ToolError::new("no session"))?
        .get_or_insert_with(AtomicU32::default);
    ctx.debug("counted").await;
    ctx.error("counted").await;
    Ok(session.fetch_add(1, Ordering::Relaxed) + 1)
}

/// Changes the news.
#[tool]
fn publish(ctx: Context) -> &'static str {
    ctx.notify_resource_updated("news://today");
    "published"
}

/// Asks for a name.
#[tool]
async fn greet(ctx: Context) -> Result<String> {
    let name: String = ctx.elicit("Who?").key("name").await?;
    Ok(format!("Hello, {name}!"))
}

/// The news.
#[resource("news://today")]
async fn news() -> &'static str {
    "none"
}

async fn serve() -> Http {
    let server = FastMcp::new("idle").http(HttpOptions::new());
    let server = server.start().await.unwrap();
    let app = axum::Router::new().nest_service("/mcp", server.http_service());
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        let _server = server;
        axum::serve(listener, app).await
    });
    Http::new(&format!("http://{address}/mcp"))
}

/// Lets the services of all earlier sessions sleep.
async fn outnumber(http: &Http) {
    for _ in 0..MANY {
        http.session().await;
    }
}

async fn request(session: &Http, method: &str, params: Value) -> Value {
    let answer = answer(session.post(message(1, method, params))).await;
    answer.message()["result"].clone()
}

/// Reads the next message of a stream.
async fn next(events: &mut Events) -> Value {
    loop {
        let event = events.next().await.expect("the stream is open");
        if !event.data.is_null() {
            return event.data;
        }
    }
}

#[tokio::test]
async fn a_session_keeps_its_state_and_its_stream_while_its_service_sleeps() {
    let http = serve().await;
    let session = http.session().await;
    let level = json!({ "level": "error" });
    assert_eq!(
        request(&session, "logging/setLevel", level).await,
        json!({})
    );
    let uri = json!({ "uri": "news://today" });
    assert_eq!(
        request(&session, "resources/subscribe", uri).await,
        json!({})
    );
    let first = answer(session.legacy_call(1, "count", json!({}))).await;
    assert_eq!(first.tool_text(), "1");
    let mut notifications = Events::of(session.get()).await;
    assert_eq!(next(&mut notifications).await["params"]["level"], "error");

    outnumber(&http).await;
    // The change comes from another session, while the service of this one sleeps.
    let publisher = http.session().await;
    answer(publisher.legacy_call(1, "publish", json!({}))).await;
    let updated = next(&mut notifications).await;
    assert_eq!(updated["method"], "notifications/resources/updated");
    assert_eq!(updated["params"]["uri"], "news://today");

    let second = answer(session.legacy_call(1, "count", json!({}))).await;
    assert_eq!(second.tool_text(), "2");
    assert_eq!(next(&mut notifications).await["params"]["level"], "error");
}

#[tokio::test]
async fn a_session_never_repeats_the_ids_of_its_questions_and_events() {
    let http = serve().await;
    let session = http.session().await;
    let (mut questions, mut ids) = (Vec::new(), Vec::new());
    for _ in 0..3 {
        let mut call = Events::of(session.legacy_call(1, "greet", json!({}))).await;
        let asked = loop {
            let event = call.next().await.unwrap();
            ids.push(event.id.unwrap());
            if !event.data.is_null() {
                break event.data;
            }
        };
        assert_eq!(asked["method"], "elicitation/create", "{asked}");
        // An answer to a question of an earlier service belongs to no question of this one.
        for id in questions.iter().chain([&asked["id"]]) {
            let name = if *id == asked["id"] { "Ada" } else { "Eve" };
            let answered = json!({
                "jsonrpc": "2.0",
                "id": id,
                "result": { "action": "accept", "content": { "value": name } },
            });
            assert_eq!(answer(session.post(answered.to_string())).await.status, 202);
        }
        questions.push(asked["id"].clone());
        let event = call.next().await.unwrap();
        let text = &event.data["result"]["content"][0]["text"];
        assert_eq!(text, "Hello, Ada!", "{}", event.data);
        ids.push(event.id.unwrap());
        outnumber(&http).await;
    }
    let numbers: HashSet<_> = questions.iter().map(Value::to_string).collect();
    assert_eq!(numbers.len(), 3, "{questions:?}");
    let unique: HashSet<_> = ids.iter().collect();
    assert_eq!(unique.len(), ids.len(), "{ids:?}");
}

#[tokio::test]
async fn a_call_in_flight_keeps_its_service() {
    let http = serve().await;
    let session = http.session().await;
    let mut call = Events::of(session.legacy_call(7, "greet", json!({}))).await;
    let asked = next(&mut call).await;
    outnumber(&http).await;
    let answered = json!({
        "jsonrpc": "2.0",
        "id": asked["id"],
        "result": { "action": "accept", "content": { "value": "Ada" } },
    });
    assert_eq!(answer(session.post(answered.to_string())).await.status, 202);
    let text = &next(&mut call).await["result"]["content"][0]["text"];
    assert_eq!(text, "Hello, Ada!");
    // A deleted session whose service sleeps has ended.
    outnumber(&http).await;
    assert_eq!(answer(session.delete()).await.status, 204);
    let ended = answer(session.legacy_call(1, "count", json!({}))).await;
    assert_eq!(ended.status, 404);
}
