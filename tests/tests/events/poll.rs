//! `events/poll`.

use std::time::Duration;

use serde_json::{Value, json};

use crate::stage::{Stage, ask, options, result};

fn poll(cursor: &Value) -> Value {
    json!({ "name": "build.finished", "arguments": { "repository": "one" }, "cursor": cursor })
}

fn ids(page: &Value) -> Vec<String> {
    let events = page["events"].as_array().unwrap().iter();
    events
        .map(|it| it["eventId"].as_str().unwrap().to_owned())
        .collect()
}

#[tokio::test]
async fn a_client_gets_each_event_after_its_cursor_once_and_in_order() {
    let stage = Stage::new().await;
    stage.emit("one", true).await;
    // Polling needs no authentication.
    let first = result(&stage.nobody, "events/poll", poll(&Value::Null)).await;
    assert_eq!(
        (ids(&first).len(), &first["truncated"], &first["hasMore"]),
        (0, &json!(false), &json!(false))
    );
    let mut emitted = Vec::new();
    for number in 0..7 {
        emitted.push(stage.emit("one", number % 2 == 0).await);
        stage.emit("two", true).await;
    }
    let mut cursor = first["cursor"].clone();
    let mut seen = Vec::new();
    loop {
        let mut params = poll(&cursor);
        params["maxEvents"] = json!(3);
        let page = result(&stage.nobody, "events/poll", params).await;
        assert_eq!(page["truncated"], json!(false), "{page}");
        assert!(page["nextPollMs"].is_u64());
        seen.extend(ids(&page));
        cursor = page["cursor"].clone();
        if page["hasMore"] == json!(false) {
            break;
        }
    }
    assert_eq!(seen, emitted);
    let last = result(&stage.nobody, "events/poll", poll(&cursor)).await;
    assert_eq!(ids(&last), [""; 0]);
}

#[tokio::test]
async fn a_cursor_that_is_not_valid_any_more_starts_anew() {
    let stage = Stage::new().await;
    for cursor in ["", "other", "0.1.-", "ffffffffffffffffff.0.-"] {
        let page = result(&stage.ada, "events/poll", poll(&json!(cursor))).await;
        assert_eq!(
            (&page["truncated"], ids(&page).len()),
            (&json!(true), 0),
            "{cursor}"
        );
        let next = result(&stage.ada, "events/poll", poll(&page["cursor"])).await;
        assert_eq!(next["truncated"], json!(false));
    }
}

#[tokio::test]
async fn a_maximum_age_skips_older_events() {
    let stage = Stage::new().await;
    let first = result(&stage.ada, "events/poll", poll(&Value::Null)).await;
    stage.emit("one", true).await;
    tokio::time::sleep(Duration::from_millis(20)).await;
    let mut params = poll(&first["cursor"]);
    params["maxAgeMs"] = json!(1);
    let page = result(&stage.ada, "events/poll", params).await;
    assert_eq!(
        (&page["truncated"], ids(&page).len()),
        (&json!(true), 0),
        "{page}"
    );
}

#[tokio::test]
async fn a_server_without_history_offers_webhooks_only() {
    let stage = Stage::with(options().history(Duration::ZERO)).await;
    let list = result(&stage.ada, "events/list", json!({})).await;
    assert_eq!(list["events"][0]["delivery"], json!(["webhook"]));
    for method in ["events/poll", "events/stream"] {
        let refused = ask(&stage.ada, method, poll(&Value::Null)).await;
        assert_eq!(refused["error"]["code"], -32014, "{refused}");
        assert_eq!(refused["error"]["data"]["feature"], "deliveryMode");
    }
}
