//! Deliveries to webhooks.

use std::collections::HashSet;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use axum::http::StatusCode;
use fastmcp::docket::Filter;
use fastmcp::events::EmitError;
use serde_json::json;

use crate::stage::{
    Build, Note, SECRET, Stage, Tick, Webhook, build_finished, clock_ticked, note_written, options,
    result, settle, subscription,
};

#[tokio::test]
async fn an_event_reaches_the_subscribers_that_match() {
    let stage = Stage::new().await;
    let webhook = Webhook::new().await;
    let granted = result(
        &stage.ada,
        "events/subscribe",
        subscription(&webhook.url, "one"),
    )
    .await;
    let mut failed = subscription(&webhook.url, "two");
    failed["arguments"]["only_failed"] = json!(true);
    result(&stage.ada, "events/subscribe", failed).await;
    stage.emit("two", true).await;
    stage.emit("three", true).await;
    let call = stage
        .ada
        .call("finish_build", json!({ "repository": "one", "ok": true }));
    let id = call.await.tool_text();
    let [event] = &webhook.wait_for(1).await[..] else {
        panic!("one event");
    };
    assert!(event.is_signed_with(SECRET));
    assert_eq!(event.header("webhook-id"), id);
    assert_eq!(json!(event.header("x-mcp-subscription-id")), granted["id"]);
    assert_eq!(event.body["eventId"], json!(id));
    assert_eq!(event.body["name"], "build.finished");
    assert_eq!(
        event.body["data"],
        json!({ "repository": "one", "ok": true })
    );
    assert_eq!(event.body["cursor"], json!(null));
    assert_eq!(event.body.get("type"), None);
    assert!(event.body["timestamp"].as_str().unwrap().ends_with('Z'));
    settle(&stage.docket).await;
    assert_eq!(webhook.events().len(), 1);
}

#[tokio::test]
async fn a_failing_webhook_gets_the_same_message_again_and_then_a_dead_letter_is_kept() {
    let stage = Stage::new().await;
    let fails = Arc::new(AtomicBool::new(true));
    let failing = Arc::clone(&fails);
    let webhook = Webhook::answering(move |_| {
        if failing.load(Ordering::SeqCst) {
            StatusCode::INTERNAL_SERVER_ERROR
        } else {
            StatusCode::NO_CONTENT
        }
    })
    .await;
    result(
        &stage.ada,
        "events/subscribe",
        subscription(&webhook.url, "one"),
    )
    .await;
    stage.emit("one", true).await;
    let attempts = webhook.wait_for(4).await;
    settle(&stage.docket).await;
    let texts: HashSet<_> = attempts.iter().map(|it| &it.text).collect();
    assert_eq!((texts.len(), webhook.events().len()), (1, 4));
    let letters = Filter::new().dead_letters();
    let page = stage.docket.list(&letters, None, 10).await.unwrap();
    let [letter] = &page.executions[..] else {
        panic!("one dead letter: {page:?}");
    };
    let failure = letter.failure.as_ref().unwrap();
    assert_eq!(failure.message, "the webhook answered with status 500");
    fails.store(false, Ordering::SeqCst);
    stage.docket.retry(&letters).await.unwrap();
    let attempts = webhook.wait_for(5).await;
    assert_eq!(attempts[4].text, attempts[0].text);
}

#[tokio::test]
async fn a_final_answer_is_not_repeated_and_the_subscription_stays() {
    let stage = Stage::new().await;
    for status in [StatusCode::GONE, StatusCode::PAYLOAD_TOO_LARGE] {
        let count = Arc::new(AtomicUsize::new(0));
        let webhook = Webhook::answering(move |_| match count.fetch_add(1, Ordering::SeqCst) {
            0 => status,
            _ => StatusCode::OK,
        })
        .await;
        result(
            &stage.ada,
            "events/subscribe",
            subscription(&webhook.url, "one"),
        )
        .await;
        let refused = stage.emit("one", true).await;
        webhook.wait_for(1).await;
        settle(&stage.docket).await;
        let next = stage.emit("one", false).await;
        let events = webhook.wait_for(2).await;
        assert_eq!(events[0].body["eventId"], json!(refused), "{status}");
        assert_eq!(events[1].body["eventId"], json!(next), "{status}");
    }
}

#[tokio::test]
async fn a_subscriber_decides_what_matches() {
    let stage = Stage::with(options().authorize(|_, _, _| true)).await;
    let mut wire = fastmcp_tests::wire::Wire::of_rounds(&stage.server, json!({}));
    let webhook = Webhook::new().await;
    let params = json!({
        "name": "note.written",
        "delivery": { "mode": "webhook", "url": webhook.url, "secret": SECRET },
    });
    // A local client needs no scope, and is no user.
    let granted = wire.request("events/subscribe", params).await;
    assert!(granted.get("result").is_some(), "{granted}");
    let emitted = stage.events().emit(note_written)(Note { to: "ada".into() });
    emitted.await.unwrap();
    settle(&stage.docket).await;
    assert_eq!(webhook.events().len(), 0);
}

#[tokio::test]
async fn a_right_that_was_revoked_ends_the_deliveries() {
    let revoked = Arc::new(AtomicBool::new(false));
    let rule = Arc::clone(&revoked);
    let stage = Stage::with(options().authorize(move |caller, event, arguments| {
        assert_eq!(
            (event, &arguments["repository"]),
            ("build.finished", &json!("one"))
        );
        let is_bob = caller.principal().is_some_and(|it| it.subject() == "bob");
        !is_bob && !rule.load(Ordering::SeqCst)
    }))
    .await;
    let webhook = Webhook::new().await;
    let params = subscription(&webhook.url, "one");
    let refused = crate::stage::ask(&stage.bob, "events/subscribe", params.clone()).await;
    assert_eq!(refused["error"]["code"], -32012, "{refused}");
    result(&stage.ada, "events/subscribe", params).await;
    stage.emit("one", true).await;
    webhook.wait_for(1).await;
    revoked.store(true, Ordering::SeqCst);
    stage.emit("one", true).await;
    settle(&stage.docket).await;
    assert_eq!(webhook.events().len(), 1);
}

#[tokio::test]
async fn a_thousand_subscriptions_to_one_target_respect_its_limit() {
    const SUBSCRIPTIONS: usize = 1000;
    let stage = Stage::with(options().target_concurrency(3)).await;
    let now = Arc::new(Mutex::new((0_usize, 0_usize)));
    let counter = Arc::clone(&now);
    let app = axum::Router::new().fallback(move |body: axum::body::Bytes| {
        let counter = Arc::clone(&counter);
        async move {
            {
                let mut counter = counter.lock().unwrap();
                counter.0 += 1;
                counter.1 = counter.1.max(counter.0);
            }
            tokio::task::yield_now().await;
            counter.lock().unwrap().0 -= 1;
            let body: serde_json::Value = serde_json::from_slice(&body).unwrap();
            json!({ "challenge": body["challenge"] }).to_string()
        }
    });
    let url = format!("http://{}/hook", crate::stage::serve(app).await);
    let mut wire = fastmcp_tests::wire::Wire::of_rounds(&stage.server, json!({}));
    for label in 0..SUBSCRIPTIONS {
        let params = json!({
            "name": "clock.ticked",
            "arguments": { "label": label },
            "delivery": { "mode": "webhook", "url": url, "secret": SECRET },
        });
        let granted = wire.request("events/subscribe", params).await;
        assert!(granted.get("result").is_some(), "{label}: {granted}");
    }
    let one_more = json!({
        "name": "clock.ticked",
        "arguments": { "label": SUBSCRIPTIONS },
        "delivery": { "mode": "webhook", "url": url, "secret": SECRET },
    });
    let refused = wire.request("events/subscribe", one_more).await;
    assert_eq!(refused["error"]["code"], -32013, "{refused}");
    assert_eq!(
        refused["error"]["data"],
        json!({ "limit": "subscriptions", "max": 1000 })
    );
    let emitted = stage.events().emit(clock_ticked)(Tick { number: 1 });
    emitted.await.unwrap();
    settle(&stage.docket).await;
    let (running, most) = *now.lock().unwrap();
    assert_eq!(running, 0);
    assert!((1..=3).contains(&most), "{most} at once");
    let done = Filter::new()
        .task("fastmcp:event-delivery/clock.ticked")
        .state(fastmcp::docket::ExecutionState::Completed);
    let page = stage.docket.list(&done, None, 1000).await.unwrap();
    assert_eq!(page.executions.len(), SUBSCRIPTIONS);
}

#[tokio::test]
async fn an_event_that_cannot_be_sent_is_an_error_of_its_emitter() {
    let stage = Stage::new().await;
    let emit = |repository: String| {
        stage.events().emit(build_finished)(Build {
            repository,
            ok: true,
        })
    };
    let error = emit("x".repeat(300_000)).await.expect_err("too large");
    assert!(
        matches!(error, EmitError::TooLarge { limit: 262_144, .. }),
        "{error}"
    );
    let error = emit("one".into()).id("two words").await.expect_err("an ID");
    assert!(matches!(error, EmitError::Id), "{error}");
    let emitted = emit("one".into()).id("build-17").await.unwrap();
    assert_eq!(emitted.event_id, "build-17");
}

#[tokio::test]
async fn no_secret_is_in_a_record_that_people_list() {
    let stage = Stage::new().await;
    let webhook = Webhook::answering(|_| StatusCode::IM_A_TEAPOT).await;
    result(
        &stage.ada,
        "events/subscribe",
        subscription(&webhook.url, "one"),
    )
    .await;
    stage.emit("one", true).await;
    webhook.wait_for(4).await;
    settle(&stage.docket).await;
    let letters = stage.docket.dead_letters().await.unwrap();
    let text = format!("{letters:?}");
    assert!(
        !letters.is_empty() && !text.contains(&SECRET[6..]),
        "{text}"
    );
}
