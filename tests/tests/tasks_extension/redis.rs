//! Tasks on a docket in Redis: servers that share nothing else, and the keys that remain (T8, T17).

use std::time::Duration;

use fastmcp::Server;
use fastmcp::prelude::*;
use serde_json::{Value, json};

use crate::stage::{NOT_FOUND, Wire, serve_on};

#[path = "../../../fastmcp/tests/support/redis.rs"]
mod server;

use server::RedisServer;

/// Kept for ten seconds.
#[tool(task(ttl = "10s"))]
async fn brief(ctx: Context) -> Result<bool> {
    ctx.report_progress(1.0, None, Some("a word that is nowhere else"))
        .await;
    Ok(ctx.elicit("Sure?").key("sure").await?)
}

/// Returns the number of keys on the server that contain this text.
fn places(redis: &RedisServer, word: &str) -> u32 {
    let script = "local found = 0 \
        for _, key in ipairs(redis.call('KEYS', '*')) do \
            local kind = redis.call('TYPE', key).ok \
            local value = {} \
            if kind == 'hash' then value = redis.call('HGETALL', key) \
            elseif kind == 'string' then value = {redis.call('GET', key)} \
            elseif kind == 'zset' then value = redis.call('ZRANGE', key, 0, -1) \
            elseif kind == 'set' then value = redis.call('SMEMBERS', key) \
            elseif kind == 'list' then value = redis.call('LRANGE', key, 0, -1) \
            elseif kind == 'stream' then value = redis.call('XRANGE', key, '-', '+') end \
            local all = key .. cjson.encode(value) \
            if string.find(all, ARGV[1], 1, true) then found = found + 1 end \
        end return found";
    let said = redis.send(&format!("EVAL \"{script}\" 0 \"{word}\""));
    let count = said.trim().strip_prefix(':').map(str::parse);
    count.unwrap_or_else(|| panic!("{said}")).expect("a number")
}

/// Starts a server with its own connection.
async fn serve(redis: &RedisServer) -> Server {
    let docket = Docket::builder("tasks").url(&redis.url()).unwrap();
    serve_on(&docket).await
}

fn value(value: impl Into<Value>) -> Value {
    json!({ "action": "accept", "content": { "value": value.into() } })
}

/// T8: every replica resolves a handle at once; if one stops, the others have all of its tasks.
#[tokio::test]
async fn replicas_share_their_tasks() {
    let Some(redis) = RedisServer::start() else {
        return;
    };
    let (one, other) = (serve(&redis).await, serve(&redis).await);
    let (mut wire, mut asks) = (Wire::open(&one), Wire::open(&other));
    for number in 0..20 {
        let id = wire.start("add", json!({ "a": number, "b": 1 })).await;
        asks.get(&id).await;
        let task = asks.until(&id, "completed").await;
        assert_eq!(task["result"]["structuredContent"]["sum"], number + 1);
    }
    let asked = wire.start("trip", json!({})).await;
    asks.until(&asked, "input_required").await;
    wire.update(&asked, json!({ "from": value("Bern") })).await;
    let task = asks.get(&asked).await;
    assert_eq!(
        task["inputRequests"].as_object().unwrap().len(),
        1,
        "{task}"
    );
    one.shutdown().await.unwrap();

    asks.update(&asked, json!({ "to": value("Rome") })).await;
    asks.until(&asked, "input_required").await;
    other.shutdown().await.unwrap();
    let last = serve(&redis).await;
    let mut wire = Wire::open(&last);
    loop {
        // Between two answers the task is working; then it requests the seats.
        let task = wire.get(&asked).await;
        if task["inputRequests"].get("seats").is_some() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    wire.update(&asked, json!({ "seats": value(2) })).await;
    let task = wire.until(&asked, "completed").await;
    let text = &task["result"]["content"][0]["text"];
    assert_eq!(text, "2 from Bern to Rome");
}

/// T17: after its TTL nothing is left of a task, finished or not, even if no request follows.
#[tokio::test]
async fn nothing_is_left_of_an_expired_task() {
    let Some(redis) = RedisServer::start() else {
        return;
    };
    let server = serve(&redis).await;
    let mut wire = Wire::open(&server);
    let open = wire.start("brief", json!({})).await;
    let ended = wire.start("brief", json!({})).await;
    for id in [&open, &ended] {
        wire.until(id, "input_required").await;
    }
    wire.update(&ended, json!({ "sure": value(true) })).await;
    wire.until(&ended, "completed").await;
    let words = [open.as_str(), ended.as_str(), "a word that is nowhere else"];
    let found = || words.map(|word| places(&redis, word));
    let before = found();
    assert!(
        !before.contains(&0),
        "the test looks where they are: {before:?}"
    );
    for id in [&open, &ended] {
        loop {
            let answer = wire.ask("tasks/get", json!({ "taskId": id })).await;
            if answer["error"] == json!({ "code": NOT_FOUND, "message": "task not found" }) {
                break;
            }
            assert!(answer.get("error").is_none(), "{answer}");
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }
    assert_eq!(found(), [0, 0, 0]);
}
