//! Sessions on replicas: two HTTP servers as separate processes share the sessions in one Redis. Requests of a session
//! reach either of them, and the session survives the process that began it.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use fastmcp_tests::http::{Answer, Events, Http, answer, message};
use reqwest::header::HeaderMap;
use serde_json::{Value, json};

#[path = "../../fastmcp/tests/support/redis.rs"]
mod server;

use server::RedisServer;

/// The time limit of each step. A step that exceeds it counts as hanging.
const AT_MOST: Duration = Duration::from_mins(1);

/// A server process, killed on drop.
struct Replica {
    process: Child,
    url: String,
}

impl Replica {
    fn start(redis: &RedisServer) -> Self {
        let child = Command::new(env!("CARGO_BIN_EXE_task_replica"))
            .arg("http")
            .env("FASTMCP_STORE_URL", redis.url())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn();
        let mut process = child.expect("the program starts");
        let output = process.stdout.take().expect("a pipe");
        let mut url = String::new();
        let read = BufReader::new(output).read_line(&mut url);
        read.expect("its address");
        let url = url.trim().to_owned();
        Self { process, url }
    }

    /// Returns the client of `session` for this replica.
    fn client(&self, session: &HeaderMap) -> Http {
        let mut http = Http::new(&self.url);
        http.headers = session.clone();
        http
    }

    async fn session(&self, user: &str) -> HeaderMap {
        let http = Http::new(&self.url).with("x-user", user);
        http.session().await.headers
    }

    fn kill(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl Drop for Replica {
    fn drop(&mut self) {
        self.kill();
    }
}

async fn call(http: &Http, tool: &str, arguments: Value) -> Value {
    let response = answer(http.legacy_call(1, tool, arguments)).await;
    assert_eq!(response.status, 200, "{}", response.text);
    response.message()["result"]["structuredContent"]["result"].clone()
}

async fn request(http: &Http, method: &str, params: Value) -> Answer {
    answer(http.post(message(7, method, params))).await
}

/// Sends a notification or a response.
async fn tell(http: &Http, message: Value) {
    let response = answer(http.post(message.to_string())).await;
    assert_eq!(response.status, 202, "{}", response.text);
}

/// Waits for an event whose message has this method.
async fn event(events: &mut Events, method: &str) -> Value {
    let found = async {
        loop {
            let event = events.next().await.expect("the stream goes on");
            if event.data["method"] == method {
                return event.data;
            }
        }
    };
    let found = tokio::time::timeout(AT_MOST, found).await;
    found.unwrap_or_else(|_| panic!("no {method}"))
}

#[tokio::test]
async fn a_session_and_its_state_survive_the_process_that_began_it() {
    let Some(redis) = RedisServer::start() else {
        return;
    };
    let (mut first, second) = (Replica::start(&redis), Replica::start(&redis));
    let session = first.session("ada").await;
    let at_first = first.client(&session);
    assert_eq!(
        call(&at_first, "add_to_cart", json!({ "item": "tea" })).await,
        json!(["tea"])
    );
    assert_eq!(call(&at_first, "visit", json!({})).await, 1);
    let level = request(&at_first, "logging/setLevel", json!({ "level": "error" })).await;
    assert_eq!(level.status, 200);
    first.kill();

    let at_second = second.client(&session);
    assert_eq!(
        call(&at_second, "add_to_cart", json!({ "item": "milk" })).await,
        json!(["tea", "milk"])
    );
    // The log level of the session applies at the other replica too.
    let mut stream = Events::of(at_second.get()).await;
    call(&at_second, "log", json!({})).await;
    let logged = event(&mut stream, "notifications/message").await;
    assert_eq!(logged["params"]["data"], "loud");

    // The state of a user belongs to no session, that of a session to no other.
    let other = second.session("ada").await;
    let other = second.client(&other);
    assert_eq!(call(&other, "visit", json!({})).await, 2);
    assert_eq!(
        call(&other, "add_to_cart", json!({ "item": "ink" })).await,
        json!(["ink"])
    );
    let bob = second.session("bob").await;
    assert_eq!(call(&second.client(&bob), "visit", json!({})).await, 1);
}

#[tokio::test]
async fn a_session_belongs_to_its_caller_at_every_replica() {
    let Some(redis) = RedisServer::start() else {
        return;
    };
    let (first, second) = (Replica::start(&redis), Replica::start(&redis));
    let session = first.session("ada").await;
    let mut stolen = session.clone();
    stolen.insert("x-user", "eve".parse().unwrap());
    let mut anonymous = session.clone();
    anonymous.remove("x-user");
    for headers in [stolen, anonymous] {
        let thief = second.client(&headers);
        let call = answer(thief.legacy_call(1, "waiting", json!({}))).await;
        assert_eq!(call.status, 404, "{}", call.text);
        assert_eq!(answer(thief.get()).await.status, 404);
        assert_eq!(answer(thief.delete()).await.status, 404);
    }
    let mut unknown = session.clone();
    for id in ["x", "a:state:cart", "0f5ab4f2-0000-0000-0000-000000000000"] {
        unknown.insert("mcp-session-id", id.parse().unwrap());
        let call = second.client(&unknown).legacy_call(1, "waiting", json!({}));
        assert_eq!(answer(call).await.status, 404, "{id}");
    }

    // The end reaches the replica that has the session.
    let at_second = second.client(&session);
    assert_eq!(answer(at_second.delete()).await.status, 204);
    let begin = Instant::now();
    let at_first = first.client(&session);
    while answer(at_first.legacy_call(1, "waiting", json!({})))
        .await
        .status
        != 404
    {
        assert!(begin.elapsed() < AT_MOST, "the session goes on");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test]
async fn a_load_balancer_may_send_each_message_to_another_replica() {
    let Some(redis) = RedisServer::start() else {
        return;
    };
    let (first, second) = (Replica::start(&redis), Replica::start(&redis));
    let session = first.session("ada").await;
    let (at_first, at_second) = (first.client(&session), second.client(&session));

    // Both replicas ask, and each gets the answer to its own question, at the wrong door.
    let mut asked = Vec::new();
    for (id, http) in [(11, &at_first), (12, &at_second)] {
        let mut events = Events::of(http.legacy_call(id, "greet", json!({}))).await;
        let question = event(&mut events, "elicitation/create").await;
        asked.push((events, question["id"].clone()));
    }
    for (name, (_, id), http) in [
        ("Ada", &asked[0], &at_second),
        ("Bea", &asked[1], &at_first),
    ]
    .map(|(name, asked, http)| (name, (&asked.0, &asked.1), http))
    {
        let content = json!({ "action": "accept", "content": { "value": name } });
        tell(
            http,
            json!({ "jsonrpc": "2.0", "id": id, "result": content }),
        )
        .await;
    }
    for (number, name) in ["Ada", "Bea"].into_iter().enumerate() {
        let events = &mut asked[number].0;
        let answered = async {
            loop {
                let event = events.next().await.expect("the response");
                if !event.data["result"].is_null() {
                    return event.data;
                }
            }
        };
        let answered = tokio::time::timeout(AT_MOST, answered).await.expect(name);
        let text = &answered["result"]["content"][0]["text"];
        assert_eq!(text, &format!("Hello, {name}!"));
    }

    // A cancellation reaches the call at the other replica.
    let params = json!({ "name": "wait", "arguments": {}, "_meta": { "progressToken": 1 } });
    let mut waits = Events::of(at_first.post(message(21, "tools/call", params))).await;
    event(&mut waits, "notifications/progress").await;
    assert_eq!(call(&at_first, "waiting", json!({})).await, 1);
    let params = json!({ "requestId": 21 });
    let cancel = json!({ "jsonrpc": "2.0", "method": "notifications/cancelled", "params": params });
    tell(&at_second, cancel).await;
    let begin = Instant::now();
    while call(&at_first, "waiting", json!({})).await != 0 {
        assert!(begin.elapsed() < AT_MOST, "it waits");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }

    // A subscription at one replica, a change at the other, and the stream of notifications at either.
    let subscribed = request(
        &at_first,
        "resources/subscribe",
        json!({ "uri": "news://today" }),
    );
    assert_eq!(subscribed.await.status, 200);
    let mut stream = Events::of(at_first.get()).await;
    let begin = Instant::now();
    let updated = async { event(&mut stream, "notifications/resources/updated").await };
    tokio::pin!(updated);
    loop {
        call(&at_second, "publish", json!({})).await;
        let wait = Duration::from_millis(100);
        if let Ok(updated) = tokio::time::timeout(wait, &mut updated).await {
            assert_eq!(updated["params"]["uri"], "news://today");
            break;
        }
        assert!(begin.elapsed() < AT_MOST, "no notification");
    }
}

#[tokio::test]
async fn a_store_that_cannot_be_reached_is_not_a_missing_session() {
    let Some(mut redis) = RedisServer::start() else {
        return;
    };
    let (first, second) = (Replica::start(&redis), Replica::start(&redis));
    let session = first.session("ada").await;
    let at_first = first.client(&session);
    assert_eq!(call(&at_first, "waiting", json!({})).await, 0);
    redis.kill();
    // A client that got 404 would begin a new session, and lose its state.
    let at_second = second.client(&session);
    let refused = answer(at_second.legacy_call(1, "waiting", json!({}))).await;
    assert_eq!(refused.status, 503, "{}", refused.text);
    // The replica that has the session goes on.
    assert_eq!(call(&at_first, "waiting", json!({})).await, 0);
    let response = answer(at_first.legacy_call(2, "visit", json!({}))).await;
    let result = response.message()["result"].clone();
    assert_eq!(result["isError"], true, "{result}");
    let text = result["content"][0]["text"].as_str().unwrap();
    assert!(
        text.contains("the store cannot be used: Redis at redis://127.0.0.1:"),
        "{text}"
    );
}
