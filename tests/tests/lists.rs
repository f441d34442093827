//! Lists: their order, pages and cache hints, hidden components, and notifications of changes.

use std::time::Duration;

use fastmcp::mcp::{CacheScope, ContentBlock};
use fastmcp::prelude::*;
use fastmcp::{FastMcp, Selection, Server, content};
use fastmcp_tests::wire::Wire;
use serde_json::{Value, json};

/// One.
#[tool]
async fn one() {}

/// Two.
#[tool(tags("beta"))]
async fn two() {}

/// Three.
#[tool]
async fn three(ctx: Context) -> Vec<String> {
    let tools = ctx.tools().into_iter();
    tools.map(|tool| tool.name.into_owned()).collect()
}

/// Shows or hides the components with the tag `beta`.
#[tool]
async fn beta(visible: bool, ctx: Context) -> Result<()> {
    let beta = Selection::tag("beta");
    if visible {
        ctx.show(&beta)?;
    } else {
        ctx.hide(&beta)?;
    }
    Ok(())
}

/// A prompt with the tag `beta`.
#[prompt(tags("beta"))]
async fn text() -> &'static str {
    "text"
}

/// A page.
#[resource("page://a")]
async fn page() -> &'static str {
    "a"
}

#[completion]
async fn document_names(value: String) -> Vec<String> {
    vec![format!("{value}é"), format!("{value} b")]
}

/// A document, declared with characters that a URI cannot contain.
#[resource("DOCS://Host/café%2f%7e/{name}{?lang}")]
async fn document(#[arg(complete = document_names)] name: String, lang: Option<String>) -> String {
    format!("{name} {lang:?}")
}

/// A page of a web site.
#[resource("https://Example.com/")]
async fn site() -> &'static str {
    "site"
}

/// Returns a link to a document.
#[tool(tags("links"))]
async fn link(name: String) -> ContentBlock {
    content::resource_link(&format!("docs://Host/café%2F~/{name}"), "a document")
}

/// Counts the calls in this session.
#[tool]
async fn calls(ctx: Context) -> Option<u32> {
    let session = ctx.session()?;
    let calls = session.get::<u32>().map_or(1, |calls| *calls + 1);
    session.insert(calls);
    Some(calls)
}

async fn server() -> Server {
    FastMcp::new("lists").docket(None).start().await.unwrap()
}

fn names(answer: &Value) -> Vec<&str> {
    let tools = answer["result"]["tools"].as_array().unwrap().iter();
    tools.map(|tool| tool["name"].as_str().unwrap()).collect()
}

const ALL: [&str; 6] = ["beta", "calls", "link", "one", "three", "two"];

#[tokio::test]
async fn a_list_is_divided_into_pages_and_an_invalid_cursor_is_refused() {
    let server = FastMcp::new("lists").docket(None).page_size(2);
    let server = server.start().await.unwrap();
    let mut wire = Wire::of_rounds(&server, json!({}));
    let (mut all, mut cursor) = (Vec::new(), Value::Null);
    loop {
        let page = wire
            .request("tools/list", json!({ "cursor": cursor }))
            .await;
        assert!(names(&page).len() <= 2);
        all.extend(names(&page).into_iter().map(str::to_owned));
        cursor = page["result"]["nextCursor"].clone();
        if cursor.is_null() {
            break;
        }
    }
    assert_eq!(all, ALL);
    for list in ["tools/list", "prompts/list", "resources/list"] {
        let answer = wire.request(list, json!({ "cursor": "§" })).await;
        assert_eq!(answer["error"]["code"], -32602, "{answer}");
    }
}

#[tokio::test]
async fn cache_hints_are_sent_with_responses() {
    let server = FastMcp::new("lists")
        .docket(None)
        .cache(Duration::from_secs(90), CacheScope::Public);
    let server = server.start().await.unwrap();
    let mut wire = Wire::of_rounds(&server, json!({}));
    for (method, params) in [
        ("server/discover", json!({})),
        ("tools/list", json!({})),
        ("prompts/list", json!({})),
        ("resources/list", json!({})),
        ("resources/templates/list", json!({})),
        ("resources/read", json!({ "uri": "page://a" })),
    ] {
        let answer = wire.request(method, params).await;
        assert_eq!(answer["result"]["ttlMs"], 90_000, "{method}: {answer}");
        assert_eq!(answer["result"]["cacheScope"], "public", "{method}");
    }
}

#[tokio::test]
async fn a_hidden_component_is_unknown_until_shown_and_sessions_are_notified() {
    let server = server().await;
    let mut wire = Wire::of_sessions(&server, json!({})).await;
    assert_eq!(names(&wire.request("tools/list", json!({})).await), ALL);
    let hide = json!({ "name": "beta", "arguments": { "visible": false } });
    wire.request("tools/call", hide.clone()).await;
    let visible = wire.request("tools/list", json!({})).await;
    assert_eq!(names(&visible), ["beta", "calls", "link", "one", "three"]);
    let answer = wire.call("two").await;
    assert_eq!(answer["error"]["code"], -32602, "{answer}");
    let answer = wire.call("three").await;
    let seen = &answer["result"]["structuredContent"]["result"];
    assert_eq!(seen, &json!(["beta", "calls", "link", "one", "three"]));
    let answer = wire.request("prompts/list", json!({})).await;
    assert_eq!(answer["result"]["prompts"], json!([]));

    let mut told: Vec<_> = wire.notifications.drain(..).collect();
    while told.len() < 2 {
        told.push(wire.hear().await);
    }
    let mut told: Vec<_> = told
        .iter()
        .map(|it| it["method"].as_str().unwrap())
        .collect();
    told.sort_unstable();
    assert_eq!(
        told,
        [
            "notifications/prompts/list_changed",
            "notifications/tools/list_changed"
        ]
    );
    // Nothing changes, so no notification is sent.
    wire.request("tools/call", hide).await;
    assert!(wire.notifications.is_empty());

    server.show(&Selection::tag("beta")).unwrap();
    assert_eq!(names(&wire.request("tools/list", json!({})).await), ALL);
    let error = server.hide(&Selection::tag("bet")).unwrap_err();
    assert!(error.to_string().contains("did you mean `beta`"), "{error}");
}

#[tokio::test]
async fn a_subscriber_gets_only_the_notifications_that_it_requested() {
    let server = server().await;
    let mut wire = Wire::of_rounds(&server, json!({}));
    let id = wire
        .ask(
            "subscriptions/listen",
            json!({ "notifications": { "toolsListChanged": true, "resourceSubscriptions": ["page://a"] } }),
        )
        .await;
    let acknowledged = wire.hear().await;
    assert_eq!(
        acknowledged["method"], "notifications/subscriptions/acknowledged",
        "{acknowledged}"
    );
    server.hide(&Selection::tag("beta")).unwrap();
    server.notify_resource_updated("page://b");
    server.notify_resource_updated("page://a");
    let first = wire.hear().await;
    assert_eq!(first["method"], "notifications/tools/list_changed");
    let subscription = &first["params"]["_meta"]["io.modelcontextprotocol/subscriptionId"];
    assert_eq!(subscription, &json!(id), "{first}");
    let second = wire.hear().await;
    assert_eq!(second["method"], "notifications/resources/updated");
    assert_eq!(second["params"]["uri"], "page://a");
}

#[tokio::test]
async fn a_session_can_subscribe_to_a_resource_and_has_its_own_state() {
    let server = server().await;
    let mut wire = Wire::of_sessions(&server, json!({})).await;
    let unknown = wire
        .request("resources/subscribe", json!({ "uri": "page://none" }))
        .await;
    assert!(unknown["error"]["code"].is_i64(), "{unknown}");
    wire.request("resources/subscribe", json!({ "uri": "page://a" }))
        .await;
    server.notify_resource_updated("page://a");
    let told = wire.hear().await;
    assert_eq!(told["params"]["uri"], "page://a");
    wire.request("resources/unsubscribe", json!({ "uri": "page://a" }))
        .await;
    server.notify_resource_updated("page://a");

    let mut other = Wire::of_sessions(&server, json!({})).await;
    for expected in [1, 2] {
        let answer = wire.call("calls").await;
        assert_eq!(answer["result"]["structuredContent"]["result"], expected);
    }
    let answer = other.call("calls").await;
    assert_eq!(answer["result"]["structuredContent"]["result"], 1);
    assert!(wire.notifications.is_empty(), "{:?}", wire.notifications);

    // Protocol 2026-07-28 has no sessions.
    let mut wire = Wire::of_rounds(&server, json!({}));
    let answer = wire.call("calls").await;
    assert_eq!(answer["result"]["structuredContent"]["result"], Value::Null);
}

/// The form in which the URI of `document` is listed.
const LISTED: &str = "docs://Host/caf%C3%A9%2F~/{name}{?lang}";

async fn read(wire: &mut Wire, uri: &str) -> Value {
    let answer = wire.request("resources/read", json!({ "uri": uri })).await;
    assert!(answer.get("result").is_some(), "{uri}: {answer}");
    answer["result"]["contents"][0].clone()
}

#[tokio::test]
async fn equivalent_uris_read_one_resource() {
    let server = server().await;
    let mut wire = Wire::of_sessions(&server, json!({})).await;
    let list = wire.request("resources/templates/list", json!({})).await;
    let listed = &list["result"]["resourceTemplates"][0]["uriTemplate"];
    assert_eq!(listed, LISTED, "{list}");
    for uri in [
        "docs://Host/caf%C3%A9%2F~/%C3%A4%20b%2Fc?lang=d%26e",
        "DOCS://hOST/café%2f%7E/ä b%2fc?lang=d%26e",
        "docs://Host/x/../café%2F%7e/./%c3%a4%20b%2Fc?%6cang=d%26e",
    ] {
        let contents = read(&mut wire, uri).await;
        assert_eq!(contents["text"], "ä b/c Some(\"d&e\")");
        assert_eq!(contents["uri"], uri, "the client recognizes its URI");
    }
    for uri in [
        "https://Example.com/",
        "HTTPS://example.COM",
        "https://example.com/x/..",
    ] {
        assert_eq!(read(&mut wire, uri).await["text"], "site");
    }
    for other in [
        "docs://Host/Caf%C3%A9%2F~/a",
        "docs://Host/café/~/a",
        "docs://Host/caf%C3%A9%2F~/a/../../b",
        "https://example.com/X",
    ] {
        let answer = wire
            .request("resources/read", json!({ "uri": other }))
            .await;
        assert_eq!(answer["error"]["code"], -32002, "{other}: {answer}");
    }

    let call = json!({ "name": "link", "arguments": { "name": "ä b?" } });
    let linked = wire.request("tools/call", call).await;
    let uri = linked["result"]["content"][0]["uri"].as_str().unwrap();
    assert!(
        uri.starts_with("docs://Host/caf%C3%A9%2F~/%C3%A4%20b"),
        "{uri}"
    );
    assert_eq!(read(&mut wire, uri).await["text"], "ä b None");

    for uri in [LISTED, "docs://host/café%2F~/{name}{?lang}"] {
        let request = json!({
            "ref": { "type": "ref/resource", "uri": uri },
            "argument": { "name": "name", "value": "a" },
        });
        let answer = wire.request("completion/complete", request).await;
        let values = &answer["result"]["completion"]["values"];
        assert_eq!(values, &json!(["aé", "a b"]), "{answer}");
    }

    server
        .hide(&Selection::name("docs://Host/café%2f~/{name}{?lang}"))
        .unwrap();
    let hidden = json!({ "uri": "docs://Host/caf%C3%A9%2F~/a" });
    let answer = wire.request("resources/read", hidden).await;
    assert_eq!(answer["error"]["code"], -32002, "{answer}");
}

#[tokio::test]
async fn subscriptions_compare_uris_in_their_normal_form() {
    let server = server().await;
    let asked = "docs://Host/café%2f~/ä b?lang=x";
    let same = "DOCS://host/caf%C3%A9%2F~/%C3%A4%20b?lang=%78";
    let other = "docs://Host/caf%C3%A9%2F~/%C3%84%20b?lang=x";

    let mut wire = Wire::of_sessions(&server, json!({})).await;
    let answer = wire
        .request("resources/subscribe", json!({ "uri": asked }))
        .await;
    assert!(answer.get("result").is_some(), "{answer}");
    let mut listener = Wire::of_rounds(&server, json!({}));
    let filter = json!({ "notifications": { "resourceSubscriptions": [asked] } });
    listener.ask("subscriptions/listen", filter).await;
    let acknowledged = listener.hear().await;
    let accepted = &acknowledged["params"]["notifications"]["resourceSubscriptions"];
    assert_eq!(accepted, &json!([asked]), "{acknowledged}");

    server.notify_resource_updated(other);
    server.notify_resource_updated(same);
    for wire in [&mut wire, &mut listener] {
        let told = wire.hear().await;
        assert_eq!(told["method"], "notifications/resources/updated", "{told}");
        assert_eq!(told["params"]["uri"], asked, "{told}");
    }
    wire.request("resources/unsubscribe", json!({ "uri": same }))
        .await;
    server.notify_resource_updated(asked);
    // The next notification of the listener shows that the session would have got its own.
    assert_eq!(listener.hear().await["params"]["uri"], asked);
    wire.call("one").await;
    assert!(wire.notifications.is_empty(), "{:?}", wire.notifications);
}
