//! The information about a request in `Context`.

use fastmcp::FastMcp;
use fastmcp::context::Transport;
use fastmcp::prelude::*;
use fastmcp_tests::http::{self, Http};
use fastmcp_tests::wire::{OF_ROUNDS, OF_SESSIONS, Wire};
use serde_json::{Value, json};

struct Motto(&'static str);

/// Returns what `Context` contains.
#[tool]
async fn about(ctx: Context) -> Value {
    ctx.info("asked").await;
    json!({
        "id": ctx.request_id(),
        "client": ctx.client_info().map(|client| &client.name),
        "protocol": ctx.protocol_version().map(ToString::to_string),
        "stream": ctx.transport() == Transport::Stream,
        "in_session": ctx.session().is_some(),
        "session_id": ctx.session_id().is_some(),
        "principal": ctx.principal().map(|it| it.subject().to_owned()),
        "header": ctx.header("x-seen"),
        "motto": ctx.state::<Motto>().map(|motto| motto.0),
        "other": ctx.state::<String>().is_some(),
        "prompts": ctx.prompts().len(),
        "cancelled": ctx.cancellation().is_cancelled(),
    })
}

#[fastmcp::data]
struct Place {
    latitude: f64,
}

/// Returns the `_meta` of the request, and one value of it.
#[tool]
async fn meta(ctx: Context) -> Result<Value> {
    let place: Option<Place> = ctx.meta_value("com.example/place")?;
    Ok(json!({ "meta": ctx.meta(), "latitude": place.map(|place| place.latitude) }))
}

/// Returns the client's tenant.
#[prompt]
async fn tenant(ctx: Context) -> Result<String> {
    let tenant: Option<String> = ctx.meta_value("com.example/tenant")?;
    Ok(tenant.unwrap_or_default())
}

/// Returns the client's tenant.
#[resource("tenant://own")]
async fn own_tenant(ctx: Context) -> Result<Option<String>> {
    Ok(ctx.meta_value("com.example/tenant")?)
}

/// Waits until the client cancels, and records it for the next call.
#[tool]
async fn waits(ctx: Context) -> Result<()> {
    let cancelled = ctx.cancellation();
    let session = ctx
        .session()
        .cloned()
        .ok_or_else(|| ToolError::new("no session"))?;
    tokio::spawn(async move {
        cancelled.cancelled().await;
        session.insert("cancelled");
    });
    std::future::pending().await
}

/// Returns whether a call was cancelled in this session.
#[tool]
async fn was_cancelled(ctx: Context) -> bool {
    ctx.session()
        .is_some_and(|session| session.get::<&str>().is_some())
}

fn server() -> FastMcp {
    FastMcp::new("context").docket(None).state(Motto("ask"))
}

fn content(answer: &Value) -> &Value {
    &answer["result"]["structuredContent"]
}

#[tokio::test]
async fn a_handler_sees_its_request_in_both_revisions_and_transports() {
    let started = server().start().await.unwrap();
    let mut wire = Wire::of_sessions(&started, json!({})).await;
    let answer = wire.call("about").await;
    let expected = json!({
        "id": "2", "client": "wire", "protocol": OF_SESSIONS, "stream": true, "in_session": true,
        "session_id": false, "principal": null, "header": null, "motto": "ask", "other": false,
        "prompts": 1, "cancelled": false,
    });
    assert_eq!(content(&answer), &expected);
    assert_eq!(
        wire.notifications.len(),
        1,
        "a session receives log messages"
    );

    let mut wire = Wire::of_rounds(&started, json!({}));
    let answer = wire.call("about").await;
    assert_eq!(content(&answer)["protocol"], OF_ROUNDS);
    assert_eq!(content(&answer)["in_session"], false);
    assert_eq!(
        wire.notifications.len(),
        0,
        "the request did not declare a log level"
    );

    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let started = server().start().await.unwrap();
    tokio::spawn(async move { started.serve_http(listener).await });
    let session = Http::new(&format!("http://{address}/mcp")).session().await;
    let session = session.with("x-seen", "yes");
    let about = http::answer(session.legacy_call(7, "about", json!({})))
        .await
        .message();
    assert_eq!(content(&about)["stream"], false);
    assert_eq!(content(&about)["session_id"], true);
    assert_eq!(content(&about)["header"], "yes");
}

#[tokio::test]
async fn every_call_of_a_session_has_the_same_context_and_logs_before_its_response() {
    let started = server().start().await.unwrap();
    let mut wire = Wire::of_sessions(&started, json!({})).await;
    let first = wire.call("about").await;
    for number in 2..5_usize {
        let mut answer = wire.call("about").await;
        assert_eq!(wire.notifications.len(), number);
        let id = std::mem::replace(&mut answer["result"]["structuredContent"]["id"], "2".into());
        assert_eq!(id, answer["id"].to_string());
        assert_eq!(content(&answer), content(&first));
    }
    wire.request("logging/setLevel", json!({ "level": "error" }))
        .await;
    wire.call("about").await;
    assert_eq!(
        wire.notifications.len(),
        4,
        "the level is that of the client"
    );
}

#[tokio::test]
async fn a_cancelled_request_ends_its_handler_and_its_listeners() {
    for is_first in [true, false] {
        cancel(is_first).await;
    }
}

/// Cancels the first call of a session, or a later one.
async fn cancel(is_first: bool) {
    let started = server().start().await.unwrap();
    let mut wire = Wire::of_sessions(&started, json!({})).await;
    if !is_first {
        wire.call("about").await;
    }
    let id = wire
        .ask("tools/call", json!({ "name": "waits", "arguments": {} }))
        .await;
    // The response to this call shows that the call before it was received.
    wire.call("was_cancelled").await;
    wire.say(json!({
        "jsonrpc": "2.0", "method": "notifications/cancelled", "params": { "requestId": id },
    }))
    .await;
    loop {
        let answer = wire.call("was_cancelled").await;
        if content(&answer)["result"] == true {
            break;
        }
    }
}

#[tokio::test]
async fn a_handler_reads_the_meta_of_its_request() {
    let started = server().start().await.unwrap();
    let sent = json!({
        "com.example/place": { "latitude": 52.5 },
        "com.example/tenant": "acme",
        "progressToken": 7,
    });
    let mut sessions = Wire::of_sessions(&started, json!({})).await;
    let mut rounds = Wire::of_rounds(&started, json!({}));
    for (wire, protocol) in [(&mut sessions, None), (&mut rounds, Some(OF_ROUNDS))] {
        let call = json!({ "name": "meta", "_meta": sent });
        let answer = wire.request("tools/call", call).await;
        let seen = &content(&answer)["meta"];
        for (key, value) in sent.as_object().unwrap() {
            assert_eq!(&seen[key], value, "{answer}");
        }
        let version = &seen["io.modelcontextprotocol/protocolVersion"];
        assert_eq!(version.as_str(), protocol);
        assert_eq!(content(&answer)["latitude"], 52.5);

        for (method, mut params, path) in [
            (
                "prompts/get",
                json!({ "name": "tenant" }),
                "/result/messages/0/content/text",
            ),
            (
                "resources/read",
                json!({ "uri": "tenant://own" }),
                "/result/contents/0/text",
            ),
        ] {
            params["_meta"] = sent.clone();
            let answer = wire.request(method, params.clone()).await;
            assert_eq!(answer.pointer(path).unwrap(), "acme", "{answer}");
            params["_meta"] = json!({ "com.example/tenant": 7 });
            let answer = wire.request(method, params).await;
            assert_eq!(answer["error"]["code"], -32602, "{answer}");
            let message = answer["error"]["message"].as_str().unwrap();
            assert!(
                message.starts_with("_meta.com.example/tenant: "),
                "{message}"
            );
        }
        let call = json!({ "name": "meta", "_meta": { "com.example/place": "x" } });
        let answer = wire.request("tools/call", call).await;
        assert_eq!(answer["error"]["code"], -32602, "{answer}");
    }
    let answer = sessions.call("meta").await;
    assert_eq!(content(&answer), &json!({ "meta": {}, "latitude": null }));
}

#[tokio::test]
async fn a_request_can_reuse_the_id_of_a_cancelled_one() {
    let started = server().start().await.unwrap();
    let mut wire = Wire::of_sessions(&started, json!({})).await;
    let request = |id: Value, tool: &str| {
        json!({
            "jsonrpc": "2.0", "id": id, "method": "tools/call",
            "params": { "name": tool, "arguments": {} },
        })
    };
    let cancel = |id: Value| {
        json!({
            "jsonrpc": "2.0", "method": "notifications/cancelled", "params": { "requestId": id },
        })
    };
    for id in [json!(7), json!("seven")] {
        // Each message is written before the server can read the one before it.
        for _ in 0..3 {
            wire.say(request(id.clone(), "waits")).await;
            wire.say(cancel(id.clone())).await;
        }
        wire.say(request(id.clone(), "about")).await;
        loop {
            let message = wire.hear().await;
            if message.get("method").is_none() {
                assert_eq!(message["id"], id, "{message}");
                let seen = id
                    .as_str()
                    .map_or_else(|| id.to_string(), ToOwned::to_owned);
                assert_eq!(content(&message)["id"], seen, "{message}");
                break;
            }
        }
        // The ID is free again, and no other response follows.
        wire.say(request(id.clone(), "was_cancelled")).await;
        let message = wire.hear().await;
        assert_eq!(message["id"], id, "{message}");
        // A call that was cancelled before it started has recorded nothing.
        let was_cancelled = &content(&message)["result"];
        assert!(was_cancelled.is_boolean(), "{message}");
    }
}
