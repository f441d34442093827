//! The fast path: requests get the same response with it and without it.

use fastmcp::HttpOptions;
use fastmcp::prelude::*;
use fastmcp_tests::http::{Answer, Http, answer};
use reqwest::RequestBuilder;
use serde_json::json;

use crate::serve_with;

/// Fails.
#[tool]
fn fail(code: Option<u32>) -> Result<String> {
    Err(std::io::Error::other(format!("{code:?}")).into())
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
