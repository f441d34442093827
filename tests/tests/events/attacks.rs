//! Targets that a server must not reach.

use serde_json::json;

use crate::stage::{Stage, Webhook, ask, options, subscription};

#[tokio::test]
async fn no_private_address_is_reached_in_any_form() {
    let stage = Stage::with(options().allow_loopback(false)).await;
    let webhook = Webhook::new().await;
    let port = webhook.url.rsplit(':').next().unwrap().to_owned();
    for host in [
        "127.0.0.1",
        "localhost",
        "2130706433",
        "0x7f000001",
        "0x7f.1",
        "0177.0.0.1",
        "127.1",
        "①②⑦.0.0.1",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "[64:ff9b::7f00:1]",
        "[2002:7f00:1::]",
        "[fe80::1]",
        "0.0.0.0",
        "[::]",
        "10.0.0.1",
        "172.16.0.1",
        "192.168.0.1",
        "100.64.0.1",
        "169.254.169.254",
        "[fd00:ec2::254]",
        "224.0.0.1",
        "255.255.255.255",
    ] {
        for scheme in ["http", "https"] {
            let url = format!("{scheme}://{host}:{port}");
            let refused = ask(&stage.ada, "events/subscribe", subscription(&url, "one")).await;
            let code = refused["error"]["code"].as_i64();
            let expected = if scheme == "http" { -32602 } else { -32015 };
            assert_eq!(code, Some(expected), "{url}: {refused}");
        }
    }
    assert_eq!(webhook.messages().len(), 0);
}

#[tokio::test]
async fn a_redirect_to_another_address_is_not_followed() {
    let stage = Stage::new().await;
    let inner = Webhook::new().await;
    let location = inner.url.clone();
    let outer = Webhook::with(move |_| {
        let redirect = axum::response::Redirect::temporary(&location);
        Some(axum::response::IntoResponse::into_response(redirect))
    })
    .await;
    let refused = ask(
        &stage.ada,
        "events/subscribe",
        subscription(&outer.url, "one"),
    )
    .await;
    assert_eq!(
        refused["error"]["data"],
        json!({ "reason": "challenge_failed" })
    );
    assert_eq!((outer.messages().len(), inner.messages().len()), (1, 0));
}

#[tokio::test]
async fn verifications_of_one_host_are_limited() {
    let stage = Stage::new().await;
    let webhook = Webhook::new().await;
    let mut refused = 0;
    for number in 0..80 {
        let url = format!("{}/{number}", webhook.url);
        let answer = ask(&stage.ada, "events/subscribe", subscription(&url, "one")).await;
        match answer["error"]["code"].as_i64() {
            None => {}
            Some(code) => {
                assert_eq!(code, -32013, "{answer}");
                assert_eq!(answer["error"]["data"]["limit"], "verifications");
                refused += 1;
            }
        }
    }
    assert_eq!((webhook.messages().len(), refused), (60, 20));
}
