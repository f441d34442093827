//! The fast path: requests get the same response with it and without it.

use fastmcp::HttpOptions;
use fastmcp::prelude::*;
use fastmcp_tests::http::{Answer, Http, answer};
use reqwest::RequestBuilder;
use serde_json::json;
use tokio::sync::Notify;

use crate::serve_with;

/// Fails.
#[tool]
fn fail(code: Option<u32>) -> Result<String> {
    Err(std::io::Error::other(format!("{code:?}")).into())
}

static ALLOWED: Notify = Notify::const_new();

/// Waits until the test allows it to return.
#[tool]
async fn late() -> &'static str {
    ALLOWED.notified().await;
    "late"
}

/// Returns the status, the headers and the body of a response, without its date. The library sends an event stream in
/// parts, and the fast path as a whole.
fn parts(answer: Answer) -> (u16, Vec<(String, String)>, String) {
    let framing = ["date", "content-length", "transfer-encoding"];
    let headers = answer
        .headers
        .iter()
        .filter(|(name, _)| !framing.contains(&name.as_str()));
    let headers = headers.map(|(name, value)| (name.to_string(), format!("{value:?}")));
    let mut headers: Vec<_> = headers.collect();
    headers.sort_unstable();
    (answer.status.as_u16(), headers, answer.text)
}

/// Sends a random call, which is valid or has a few mistakes.
fn random_call(http: &Http, seed: u64) -> RequestBuilder {
    fn any<T: Copy>(random: &mut fastrand::Rng, values: &[T]) -> T {
        values[random.usize(..values.len())]
    }
    let mut random = fastrand::Rng::with_seed(seed);
    let random = &mut random;
    let is_usual = random.u8(..3) > 0;
    let modern = random.bool();
    let revision = if modern { "2026-07-28" } else { "2025-11-25" };
    let tool = any(
        random,
        &["echo", "echo", "place", "fail", "chatty", "unknown"],
    );
    let arguments = match tool {
        "echo" if is_usual => json!({ "text": "\u{e9}\n\"" }),
        "place" if is_usual => json!({ "region": "eu", "zone": 3 }),
        _ => any(
            random,
            &[
                "{}",
                r#"{"text":7}"#,
                r#"{"code":4}"#,
                r#"{"text":"a","x":1}"#,
            ],
        )
        .parse()
        .unwrap(),
    };
    let mut params = json!({ "name": tool, "arguments": arguments });
    if modern || !is_usual && random.bool() {
        params["_meta"] = json!({
            "io.modelcontextprotocol/protocolVersion": revision,
            "io.modelcontextprotocol/clientCapabilities": {},
        });
        if !is_usual {
            let key = "io.modelcontextprotocol/protocolVersion";
            match random.u8(..4) {
                0 => params["_meta"][key] = any(random, &["2025-11-25", "2030-01-01"]).into(),
                1 => params["_meta"]["progressToken"] = 3.into(),
                2 => params["_meta"] = json!({}),
                _ => {}
            }
        }
    }
    let mut message =
        json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params });
    if random.u8(..4) == 0 {
        message["id"] = any(random, &["\"a\"", "-3", "1.5", "null", "9007199254740993"])
            .parse()
            .unwrap();
    }
    let mut headers = vec![
        ("mcp-protocol-version", revision),
        ("mcp-method", "tools/call"),
        ("mcp-name", tool),
    ];
    if tool == "place" {
        headers.extend([("mcp-param-region", "eu"), ("mcp-param-zone", "3")]);
    }
    if !is_usual {
        let at = random.usize(..headers.len());
        match random.u8(..4) {
            0 => drop(headers.remove(at)),
            1 => headers.push(headers[at]),
            2 => {
                headers[at].1 = any(
                    random,
                    &["=?base64?ZWNobw==?=", "2024-11-05", "1999", "echo"],
                );
            }
            _ => headers.push(("mcp-session-id", "none")),
        }
    }
    let request = http.post(message.to_string());
    headers.into_iter().fold(request, |request, (name, value)| {
        request.header(name, value)
    })
}

#[tokio::test]
async fn requests_get_the_same_response_with_and_without_the_fast_path() {
    let stateless = HttpOptions::new().stateless();
    for options in [
        stateless.clone(),
        stateless.json_answers(false),
        HttpOptions::new(),
    ] {
        let [fast, library] = [true, false].map(|enabled| {
            let options = options.clone();
            async move { serve_with(FastMcp::new("wire").fast_path(enabled), options).await }
        });
        let (fast, library) = (fast.await, library.await);
        let (mut succeeded, mut failed) = (0, 0);
        for seed in 0..300 {
            let one = parts(answer(random_call(&fast, seed)).await);
            let other = parts(answer(random_call(&library, seed)).await);
            assert_eq!(one, other, "seed {seed}: {:?}", random_call(&fast, seed));
            if one.0 == 200 {
                succeeded += 1;
            } else {
                failed += 1;
            }
        }
        assert!(succeeded > 80 && failed > 20, "{succeeded} {failed}");
    }
}

/// Returns the text of an event stream without the numbers of its streams, which differ.
fn without_stream_numbers(text: &str) -> String {
    let lines = text.split('\n').map(|line| match line.split_once('/') {
        Some((start, _)) if line.starts_with("id: ") => start,
        _ => line,
    });
    lines.collect::<Vec<_>>().join("\n")
}

#[tokio::test]
async fn sessions_get_the_same_response_with_and_without_the_fast_path() {
    for revision in ["2025-06-18", "2025-11-25"] {
        let [fast, library] = [true, false].map(|enabled| async move {
            let server = FastMcp::new("wire").fast_path(enabled);
            let http = serve_with(server, HttpOptions::new()).await;
            http.session_of(revision).await
        });
        let (fast, library) = (fast.await, library.await);
        let mut succeeded = 0;
        for seed in 0..300 {
            let mut one = parts(answer(random_call(&fast, seed)).await);
            let mut other = parts(answer(random_call(&library, seed)).await);
            one.2 = without_stream_numbers(&one.2);
            other.2 = without_stream_numbers(&other.2);
            assert_eq!(one, other, "seed {seed}: {:?}", random_call(&fast, seed));
            succeeded += u32::from(one.0 == 200);
        }
        assert!(succeeded > 50, "{succeeded}");
    }
}

/// Starts a call and reads its first event, which has no message.
async fn start_late(session: &Http) -> (reqwest::Response, String) {
    let request = session.legacy_call(7, "late", json!({}));
    let mut response = request.send().await.unwrap();
    let first = response.chunk().await.unwrap().unwrap();
    (response, String::from_utf8(first.to_vec()).unwrap())
}

#[tokio::test]
async fn a_late_call_of_a_session_can_be_resumed_and_cancelled() {
    let http = serve_with(FastMcp::new("wire"), HttpOptions::new()).await;
    let session = http.session().await;
    let (response, first) = start_late(&session).await;
    let id = first.lines().find_map(|line| line.strip_prefix("id: "));
    let duplicate = answer(session.legacy_call(7, "late", json!({}))).await;
    assert_eq!(duplicate.message()["error"]["code"], -32600);
    // The client disconnects, and comes back for the response.
    drop(response);
    ALLOWED.notify_one();
    let resumed = answer(session.get().header("last-event-id", id.unwrap())).await;
    assert_eq!(resumed.tool_text(), "late");

    let (response, _) = start_late(&session).await;
    let cancel = json!({
        "jsonrpc": "2.0", "method": "notifications/cancelled", "params": { "requestId": 7 },
    });
    let accepted = answer(session.post(cancel.to_string())).await;
    assert_eq!(accepted.status, 202);
    assert_eq!(
        response.text().await.unwrap(),
        "",
        "a cancelled call gets no response"
    );
    // Its ID is free.
    ALLOWED.notify_one();
    let again = answer(session.legacy_call(7, "late", json!({}))).await;
    assert_eq!(again.tool_text(), "late");
}
