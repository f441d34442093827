//! `events/subscribe` and `events/unsubscribe`.

use axum::http::StatusCode;
use axum::response::IntoResponse;
use serde_json::{Value, json};

use crate::stage::{OTHER_SECRET, SECRET, Stage, Webhook, ask, options, result, subscription};

#[tokio::test]
async fn a_callback_is_verified_once_before_the_first_subscription() {
    let stage = Stage::new().await;
    let webhook = Webhook::new().await;
    let params = subscription(&webhook.url, "one");
    let first = result(&stage.ada, "events/subscribe", params.clone()).await;
    let [verification] = &webhook.messages()[..] else {
        panic!("one verification: {:?}", webhook.messages());
    };
    assert_eq!(verification.path, "/hook");
    assert_eq!(verification.body["type"], "verification");
    assert!(verification.is_signed_with(SECRET));
    assert_eq!(verification.header("content-type"), "application/json");
    assert_eq!(
        json!(verification.header("x-mcp-subscription-id")),
        first["id"]
    );
    assert!(first["refreshBefore"].as_str().unwrap().ends_with('Z'));
    assert_eq!(
        (&first["cursor"], &first["truncated"]),
        (&Value::Null, &json!(false))
    );
    assert!(!first.to_string().contains(&SECRET[6..]), "{first}");

    // The order of keys and the same value in another form make no other subscription.
    let again = result(&stage.ada, "events/subscribe", params.clone()).await;
    assert_eq!(again["id"], first["id"]);
    let mut other = params.clone();
    other["arguments"]["repository"] = json!("two");
    let other = result(&stage.ada, "events/subscribe", other).await;
    assert_ne!(other["id"], first["id"]);
    assert_eq!(webhook.messages().len(), 1, "verified for this caller");
    let bobs = result(&stage.bob, "events/subscribe", params).await;
    assert_ne!(bobs["id"], first["id"]);
    assert_eq!(webhook.messages().len(), 2, "but not for another one");
}

#[tokio::test]
async fn a_callback_that_does_not_echo_the_challenge_gets_no_subscription() {
    let stage = Stage::new().await;
    let refusing: [fn() -> axum::response::Response; 4] = [
        || StatusCode::NOT_FOUND.into_response(),
        || "private text".into_response(),
        || json!({ "challenge": "guess" }).to_string().into_response(),
        || "x".repeat(1 << 20).into_response(),
    ];
    for (index, refusal) in refusing.into_iter().enumerate() {
        let webhook = Webhook::with(move |_| Some(refusal())).await;
        let params = subscription(&webhook.url, "one");
        let refused = ask(&stage.ada, "events/subscribe", params).await;
        assert_eq!(refused["error"]["code"], -32015, "{index}: {refused}");
        assert_eq!(
            refused["error"]["data"]["reason"], "challenge_failed",
            "{index}"
        );
        assert!(!refused.to_string().contains("private"), "{refused}");
        stage.emit("one", true).await;
        crate::stage::settle(&stage.docket).await;
        assert!(webhook.events().is_empty(), "{index}");
    }
    let closed = subscription("http://127.0.0.1:1/hook", "one");
    let refused = ask(&stage.ada, "events/subscribe", closed).await;
    assert_eq!(
        refused["error"]["data"]["reason"], "connection_failed",
        "{refused}"
    );
}

#[tokio::test]
async fn malformed_requests_are_refused_with_the_member_at_fault() {
    let stage = Stage::new().await;
    let webhook = Webhook::new().await;
    let valid = subscription(&webhook.url, "one");
    let cases = [
        ("/name", json!(null), "name: required member is missing"),
        ("/name", json!(7), "name: expected string"),
        ("/arguments", json!([]), "arguments: expected object"),
        (
            "/arguments",
            json!({}),
            "arguments.repository: required argument is missing",
        ),
        ("/arguments/repository", json!({}), "arguments.repository: "),
        (
            "/arguments/colour",
            json!("red"),
            "arguments.colour: unknown argument",
        ),
        ("/arguments/#payload", json!({}), "unknown argument"),
        (
            "/delivery",
            json!(null),
            "delivery: required member is missing",
        ),
        ("/delivery", json!("x"), "delivery: expected object"),
        (
            "/delivery/url",
            json!(null),
            "delivery.url: required member is missing",
        ),
        (
            "/delivery/url",
            json!("hook"),
            "delivery.url: not a valid URL",
        ),
        (
            "/delivery/url",
            json!("http://example.com/"),
            "must begin with `https://`",
        ),
        (
            "/delivery/url",
            json!("https://a:b@example.com/"),
            "user name or a password",
        ),
        (
            "/delivery/secret",
            json!(null),
            "delivery.secret: required member is missing",
        ),
        (
            "/delivery/secret",
            json!("hunter2"),
            "delivery.secret: expected `whsec_`",
        ),
        (
            "/delivery/secret",
            json!("whsec_c2hvcnQ="),
            "24 to 64 bytes",
        ),
        ("/delivery/mode", json!(7), "delivery.mode: expected string"),
        ("/cursor", json!(7), "cursor: expected string or null"),
        ("/maxAgeMs", json!(-1), "maxAgeMs: expected a number from 0"),
        ("/ttlMs", json!(0), "ttlMs: must be positive"),
        ("/ttlMs", json!("1h"), "ttlMs: expected a number from 0"),
    ];
    for (pointer, value, expected) in cases {
        let mut params = valid.clone();
        let (parent, member) = pointer.rsplit_once('/').unwrap();
        params.pointer_mut(parent).unwrap()[member] = value.clone();
        let answer =
            fastmcp_tests::http::answer(stage.ada.modern_without_name("events/subscribe", params))
                .await;
        let text = answer.message()["error"]["message"].to_string();
        assert_eq!(answer.code(), -32602, "{pointer} {value}: {text}");
        assert!(text.contains(expected), "{pointer} {value}: {text}");
        assert!(
            !text.contains("hunter2") && !text.contains("c2hv"),
            "{text}"
        );
    }
    let mut poll = valid.clone();
    poll["delivery"]["mode"] = json!("poll");
    let refused = ask(&stage.ada, "events/subscribe", poll).await;
    assert_eq!(refused["error"]["code"], -32014, "{refused}");
    assert_eq!(
        refused["error"]["data"],
        json!({ "feature": "deliveryMode", "value": "poll" })
    );
    let mut unknown = valid;
    unknown["name"] = json!("build.finish");
    let refused = ask(&stage.ada, "events/subscribe", unknown).await;
    assert_eq!(refused["error"]["code"], -32011, "{refused}");
    assert!(
        refused
            .to_string()
            .contains("did you mean `build.finished`?"),
        "{refused}"
    );
    assert_eq!(webhook.messages().len(), 0, "nothing was verified");
}

#[tokio::test]
async fn anonymous_callers_subscribe_only_if_the_server_allows_it() {
    let webhook = Webhook::new().await;
    let params = subscription(&webhook.url, "one");
    let stage = Stage::new().await;
    let refused = ask(&stage.nobody, "events/subscribe", params.clone()).await;
    assert_eq!(refused["error"]["code"], -32012, "{refused}");
    let open = Stage::with(options().allow_anonymous()).await;
    result(&open.nobody, "events/subscribe", params).await;
}

#[tokio::test]
async fn a_lifetime_is_clamped_and_reported() {
    let stage = Stage::new().await;
    let webhook = Webhook::new().await;
    let mut ends = Vec::new();
    for ttl in [json!(1), json!(3_600_000), json!(null), json!(u64::MAX)] {
        let mut params = subscription(&webhook.url, "one");
        params["ttlMs"] = ttl;
        let granted = result(&stage.ada, "events/subscribe", params).await;
        ends.push(granted["refreshBefore"].as_str().unwrap().to_owned());
    }
    assert!(ends[0] < ends[1] && ends[1] < ends[2], "{ends:?}");
    // Both are the longest lifetime, so they end in the same hour.
    assert_eq!(ends[2][..11], ends[3][..11], "{ends:?}");
}

#[tokio::test]
async fn only_the_owner_ends_a_subscription() {
    let stage = Stage::new().await;
    let webhook = Webhook::new().await;
    let mut params = subscription(&webhook.url, "one");
    result(&stage.ada, "events/subscribe", params.clone()).await;
    // SEP-3415 leaves the mode and the secret out.
    params["delivery"] = json!({ "url": webhook.url });
    let ended = result(&stage.bob, "events/unsubscribe", params.clone()).await;
    assert_eq!(ended["resultType"], "complete");
    stage.emit("one", true).await;
    webhook.wait_for(1).await;
    result(&stage.ada, "events/unsubscribe", params.clone()).await;
    result(&stage.ada, "events/unsubscribe", params).await;
    stage.emit("one", true).await;
    crate::stage::settle(&stage.docket).await;
    assert_eq!(webhook.events().len(), 1);
}

#[tokio::test]
async fn a_new_secret_and_the_old_one_sign_for_a_while() {
    let stage = Stage::new().await;
    let webhook = Webhook::new().await;
    let mut params = subscription(&webhook.url, "one");
    result(&stage.ada, "events/subscribe", params.clone()).await;
    params["delivery"]["secret"] = json!(OTHER_SECRET);
    result(&stage.ada, "events/subscribe", params).await;
    stage.emit("one", true).await;
    let events = webhook.wait_for(1).await;
    assert!(events[0].is_signed_with(SECRET) && events[0].is_signed_with(OTHER_SECRET));
    assert_eq!(events[0].header("webhook-signature").split(' ').count(), 2);
}
