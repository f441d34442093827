//! HTTP on the wire: accepted hosts and origins, size limits, required headers, and the media type
//! of the response.

mod fast_path;

use fastmcp::prelude::*;
use fastmcp::{HttpOptions, Server};
use fastmcp_tests::http::{Answer, Http, LEGACY, answer, message};
use reqwest::RequestBuilder;
use serde_json::{Value, json};
use tokio::net::TcpListener;

#[tool]
fn echo(text: String) -> String {
    text
}

/// Sends a notification before the result.
#[tool]
async fn chatty(ctx: Context) -> &'static str {
    ctx.report_progress(1.0, None, None).await;
    "done"
}

/// Has arguments that clients also send as headers.
#[tool]
fn place(
    #[arg(header = "Region")] region: String,
    #[arg(header = "Zone")] zone: Option<u32>,
    #[arg(header = "Draft")] draft: Option<bool>,
) -> String {
    format!("{region} {zone:?} {draft:?}")
}

async fn serve(options: HttpOptions) -> Http {
    serve_with(FastMcp::new("wire"), options).await
}

pub(crate) async fn serve_with(server: FastMcp, options: HttpOptions) -> Http {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let path = if format!("{options:?}").contains("\"/\"") {
        "/"
    } else {
        "/mcp"
    };
    let server: Server = server.http(options).start().await.unwrap();
    tokio::spawn(async move { server.serve_http(listener).await });
    Http::new(&format!("http://{address}{path}"))
}

async fn status(request: RequestBuilder) -> u16 {
    answer(request).await.status.as_u16()
}

fn echo_call() -> Value {
    json!({ "name": "echo", "arguments": { "text": "hi" } })
}

#[tokio::test]
async fn only_allowed_hosts_and_origins_are_accepted() {
    let local = serve(HttpOptions::new()).await;
    let public = HttpOptions::new()
        .allowed_hosts(["mcp.example.com", "other.example.com:8443"])
        .allowed_origins(["https://app.example.com", "http://dev.example.com:*"]);
    let public = serve(public).await;
    let open = serve(HttpOptions::new().any_host().any_origin()).await;
    let closed = serve(HttpOptions::new().allowed_origins([""; 0])).await;
    for (http, host, origin, expected) in [
        (&local, "localhost", None, 200),
        (&local, "localhost:9", Some("http://localhost:5173"), 200),
        (&local, "[::1]", Some("https://127.0.0.1"), 200),
        (&local, "evil.example", None, 403),
        (&local, "localhost.evil.example", None, 403),
        (&local, "localhost", Some("http://evil.example"), 403),
        (&local, "localhost", Some("null"), 403),
        (&local, "localhost", Some("no origin"), 403),
        (&public, "mcp.example.com", None, 200),
        (
            &public,
            "MCP.example.com:80",
            Some("https://app.example.com"),
            200,
        ),
        (
            &public,
            "mcp.example.com",
            Some("https://app.example.com:8443"),
            403,
        ),
        (
            &public,
            "mcp.example.com",
            Some("http://app.example.com"),
            403,
        ),
        (
            &public,
            "mcp.example.com",
            Some("http://dev.example.com:3000"),
            200,
        ),
        (&public, "other.example.com:8443", None, 200),
        (&public, "other.example.com", None, 403),
        (&public, "localhost", None, 403),
        (
            &open,
            "anything.example",
            Some("http://anywhere.example"),
            200,
        ),
        (&closed, "localhost", None, 200),
        (&closed, "localhost", Some("http://localhost"), 403),
    ] {
        let mut http = http.clone().with("host", host);
        if let Some(origin) = origin {
            http = http.with("origin", origin);
        }
        let got = status(http.modern("tools/call", echo_call())).await;
        assert_eq!(got, expected, "{host} {origin:?}");
    }
}

#[tokio::test]
async fn oversized_and_invalid_bodies_are_refused() {
    let http = serve(HttpOptions::new().max_body_bytes(2000)).await;
    let long = json!({ "name": "echo", "arguments": { "text": "x".repeat(2000) } });
    assert_eq!(status(http.modern("tools/call", long)).await, 413);
    let deep = format!("{}{}", "[".repeat(900), "]".repeat(900));
    for (body, code, id) in [
        ("{".to_owned(), -32700, None),
        (String::new(), -32700, None),
        ("\u{feff}{".to_owned(), -32700, None),
        (deep, -32700, None),
        ("[]".to_owned(), -32600, None),
        ("null".to_owned(), -32600, None),
        (
            r#"{"jsonrpc":"1.0","id":4,"method":"ping"}"#.to_owned(),
            -32600,
            Some(json!(4)),
        ),
        (
            r#"{"jsonrpc":"2.0","id":"a","method":1e9999}"#.to_owned(),
            -32700,
            Some(json!("a")),
        ),
    ] {
        let refused = answer(http.post(body.clone())).await;
        assert_eq!(refused.status, 400, "{body}: {refused:?}");
        assert!(refused.is_json());
        assert_eq!(refused.code(), code, "{body}: {refused:?}");
        assert_eq!(refused.message().get("id"), id.as_ref(), "{body}");
    }
    let call = http.modern("tools/call", echo_call());
    assert_eq!(answer(call).await.tool_text(), "hi");
}

#[tokio::test]
async fn other_methods_and_media_types_are_refused() {
    let http = serve(HttpOptions::new()).await;
    let body = message(1, "ping", json!({}));
    let typed = |kind: &str| {
        let request = http.post(body.clone()).build().unwrap();
        let mut request = request;
        request
            .headers_mut()
            .insert("content-type", kind.parse().unwrap());
        RequestBuilder::from_parts(reqwest::Client::new(), request)
    };
    assert_eq!(status(typed("text/plain")).await, 415);
    let json_only = http.clone().with("accept", "application/json");
    assert_eq!(
        status(json_only.modern("tools/call", echo_call())).await,
        406
    );
    assert_eq!(status(http.get()).await, 400, "a stream without a session");
    let stateless = serve(HttpOptions::new().stateless()).await;
    assert_eq!(status(stateless.get()).await, 405);
    assert_eq!(status(stateless.delete()).await, 405);
}

#[tokio::test]
async fn an_answer_is_json_unless_notifications_precede_it() {
    let json = serve(HttpOptions::new()).await;
    let streams = serve(HttpOptions::new().json_answers(false)).await;
    let chatty = json!({ "name": "chatty", "_meta": { "progressToken": 1 } });
    for (http, params, is_json) in [
        (&json, echo_call(), true),
        (&json, chatty.clone(), false),
        (&streams, echo_call(), false),
        (&streams, chatty, false),
    ] {
        let answer = answer(http.modern("tools/call", params)).await;
        assert_eq!(answer.is_json(), is_json, "{answer:?}");
        assert!(["hi", "done"].contains(&&*answer.tool_text()));
        assert_eq!(answer.message()["result"]["resultType"], "complete");
    }
}

#[tokio::test]
async fn a_stateless_server_answers_both_revisions_and_keeps_no_sessions() {
    let http = serve(HttpOptions::new().stateless()).await;
    assert_eq!(
        answer(http.modern("tools/call", echo_call()))
            .await
            .tool_text(),
        "hi"
    );
    let init = json!({
        "protocolVersion": LEGACY, "capabilities": {},
        "clientInfo": { "name": "test", "version": "1" },
    });
    let initialized = answer(http.post(message(0, "initialize", init))).await;
    assert_eq!(initialized.message()["result"]["protocolVersion"], LEGACY);
    assert!(!initialized.headers.contains_key("mcp-session-id"));
    let legacy = http.with("mcp-protocol-version", LEGACY);
    let call = answer(legacy.post(message(1, "tools/call", echo_call()))).await;
    assert_eq!(call.tool_text(), "hi");
}

#[tokio::test]
async fn the_endpoint_can_be_the_root_path() {
    let http = serve(HttpOptions::new().path("/")).await;
    assert_eq!(
        answer(http.modern("tools/call", echo_call()))
            .await
            .tool_text(),
        "hi"
    );
}

/// Calls `place` with these arguments and these headers.
async fn call_place(http: &Http, arguments: Value, headers: &[(&'static str, &str)]) -> Answer {
    let params = json!({ "name": "place", "arguments": arguments });
    let mut request = http.modern("tools/call", params);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    answer(request).await
}

#[tokio::test]
async fn an_argument_header_must_match_the_body() {
    let http = serve(HttpOptions::new()).await;
    let (region, zone, draft) = ("Mcp-Param-Region", "Mcp-Param-Zone", "mcp-param-draft");
    let all = json!({ "region": "eu", "zone": 3, "draft": true });
    for (arguments, headers, expected) in [
        (
            &all,
            &[(region, "eu"), (zone, "3"), (draft, "true")][..],
            "eu Some(3) Some(true)",
        ),
        (
            &json!({ "region": "eu" }),
            &[(region, "  eu ")],
            "eu None None",
        ),
        (
            &json!({ "region": "Zürich" }),
            &[(region, "=?base64?WsO8cmljaA==?=")],
            "Zürich None None",
        ),
        (
            &json!({ "region": "eu" }),
            &[(region, "=?base64?ZXU=?=")],
            "eu None None",
        ),
        (
            &json!({ "region": "eu", "zone": null }),
            &[(region, "eu")],
            "eu None None",
        ),
    ] {
        let answer = call_place(&http, arguments.clone(), headers).await;
        assert_eq!(answer.status, 200, "{arguments} {headers:?} {answer:?}");
        assert_eq!(answer.tool_text(), expected);
    }
    let eu = json!({ "region": "eu" });
    for (arguments, headers, what) in [
        (&eu, &[][..], "missing"),
        (&eu, &[(region, "us")], "differing"),
        (&eu, &[(region, "EU")], "differing in case"),
        (&eu, &[(region, "=?base64?!!?=")], "no base64"),
        (&eu, &[(region, "=?base64?dXM=?=")], "differing in base64"),
        (&eu, &[(region, "eu"), (zone, "3")], "not in the body"),
        (&eu, &[(region, "eu"), (region, "us")], "twice"),
        (
            &all,
            &[(region, "eu"), (zone, "4"), (draft, "true")],
            "another number",
        ),
        (
            &all,
            &[(region, "eu"), (zone, "3"), (draft, "1")],
            "another bool",
        ),
    ] {
        let answer = call_place(&http, arguments.clone(), headers).await;
        assert_eq!(answer.status, 400, "{what}: {answer:?}");
        assert_eq!(answer.code(), -32020, "{what}: {answer:?}");
        assert_eq!(answer.message()["id"], 1, "{what}");
    }
}

#[tokio::test]
async fn the_name_header_of_a_task_may_be_missing_but_must_match() {
    let lenient = serve(HttpOptions::new()).await;
    let strict = serve(HttpOptions::new().require_task_name(true)).await;
    for method in ["tasks/get", "tasks/update", "tasks/cancel"] {
        let params = json!({ "taskId": "none-of-ours ü", "inputResponses": {} });
        let unnamed = |http: &Http| http.modern_without_name(method, params.clone());
        let refused = answer(unnamed(&strict)).await;
        assert_eq!((refused.status.as_u16(), refused.code()), (400, -32020));
        let taken = answer(unnamed(&lenient)).await;
        assert_ne!(taken.code(), -32020, "{method}: {taken:?}");
        let other = answer(unnamed(&lenient).header("Mcp-Name", "another")).await;
        assert_eq!((other.status.as_u16(), other.code()), (400, -32020));
    }
    // Other methods require the name.
    let unnamed = lenient.modern_without_name("tools/call", echo_call());
    assert_eq!(answer(unnamed).await.code(), -32020);
}
