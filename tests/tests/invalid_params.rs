//! Requests of known methods whose parameters do not fit.

use fastmcp::HttpOptions;
use fastmcp::prelude::*;
use fastmcp_tests::http::{Http, LEGACY, answer, message};
use fastmcp_tests::wire::Wire;
use serde_json::{Value, json};
use tokio::net::TcpListener;

#[tool]
fn greet(who: String) -> String {
    format!("Hello, {who}!")
}

/// Returns the name that the client sent.
#[tool]
fn client_name(ctx: Context) -> Option<String> {
    ctx.client_info().map(|info| info.name.clone())
}

/// Methods with parameters that do not fit, and the text of the error.
fn unfit() -> Vec<(&'static str, Value, &'static str)> {
    vec![
        (
            "tools/call",
            json!({ "name": "greet", "arguments": "{\"who\":\"Ann\"}" }),
            "arguments: expected object, got string",
        ),
        ("tools/call", json!({}), "name: required member is missing"),
        (
            "resources/read",
            json!({}),
            "uri: required member is missing",
        ),
        ("prompts/get", json!({}), "name: required member is missing"),
        (
            "completion/complete",
            json!({ "ref": { "type": "ref/prompt", "name": "x" } }),
            "argument: required member is missing",
        ),
        (
            "tools/list",
            json!({ "cursor": 4 }),
            "cursor: expected string, got number",
        ),
        ("tasks/get", json!({}), "taskId: required member is missing"),
    ]
}

async fn serve(options: HttpOptions) -> Http {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let server = FastMcp::new("params").http(options).start().await.unwrap();
    tokio::spawn(async move { server.serve_http(listener).await });
    Http::new(&format!("http://{address}/mcp"))
}

fn assert_refused(answer: &Value, method: &str, text: &str) {
    let error = &answer["error"];
    assert_eq!(error["code"], -32602, "{method}: {answer}");
    let expected = format!("invalid parameters of `{method}`: {text}");
    assert_eq!(error["message"], *expected, "{method}");
}

#[tokio::test]
async fn unfit_parameters_are_invalid_params_on_a_byte_stream() {
    let server = FastMcp::new("params").start().await.unwrap();
    let mut wire = Wire::of_sessions(&server, json!({})).await;
    for (method, params, text) in unfit() {
        assert_refused(&wire.request(method, params).await, method, text);
    }
    let unknown = wire.request("no/such", json!({})).await;
    assert_eq!(unknown["error"]["code"], -32601);
    assert_eq!(unknown["error"]["message"], "unknown method `no/such`");
    // A request needs no parameters to be of a known method.
    for (method, params) in [
        ("tools/call", Value::Null),
        ("tools/call", json!("text")),
        ("prompts/get", json!([1])),
    ] {
        wire.say(json!({ "jsonrpc": "2.0", "id": "x", "method": method, "params": params }))
            .await;
        let answer = wire.hear().await;
        assert_eq!(answer["error"]["code"], -32602, "{answer}");
        assert_eq!(answer["id"], "x");
    }
    let answer = wire.request(
        "tools/call",
        json!({ "name": "greet", "arguments": { "who": "Ann" } }),
    );
    assert_eq!(answer.await["result"]["content"][0]["text"], "Hello, Ann!");
}

#[tokio::test]
async fn unfit_parameters_are_status_400_since_2026_07_28() {
    let http = serve(HttpOptions::new()).await;
    for (method, params, text) in unfit() {
        // The header `Mcp-Name` repeats a member that these requests lack.
        let request = http.modern_without_name(method, params.clone());
        let answer = answer(request.header("Mcp-Name", "greet")).await;
        if answer.code() == -32020 {
            continue;
        }
        assert_eq!(answer.status, 400, "{method}");
        assert_refused(&answer.message(), method, text);
    }
    let unknown = answer(http.modern("no/such", json!({}))).await;
    assert_eq!((unknown.status.as_u16(), unknown.code()), (404, -32601));
}

#[tokio::test]
async fn methods_that_2026_07_28_removed_are_unknown_whatever_their_parameters() {
    let http = serve(HttpOptions::new()).await;
    for method in [
        "initialize",
        "ping",
        "logging/setLevel",
        "resources/subscribe",
        "resources/unsubscribe",
    ] {
        for params in [json!({}), json!({ "level": 3, "uri": 4 })] {
            let unknown = answer(http.modern_without_name(method, params)).await;
            assert_eq!(unknown.status, 404, "{method}: {}", unknown.text);
            assert_eq!(unknown.code(), -32601, "{method}");
        }
    }
}

#[tokio::test]
async fn unfit_parameters_are_errors_in_sessions() {
    let http = serve(HttpOptions::new()).await;
    let session = http.session().await;
    for (method, params, text) in unfit() {
        let answer = answer(session.post(message(1, method, params))).await;
        let status = if method.ends_with("/list") { 400 } else { 200 };
        assert_eq!(answer.status, status, "{method}");
        assert_refused(&answer.message(), method, text);
    }
    for stateless in [false, true] {
        let options = HttpOptions::new();
        let http = serve(if stateless {
            options.stateless()
        } else {
            options
        })
        .await;
        let params = json!({ "protocolVersion": LEGACY, "capabilities": {},
                             "clientInfo": { "name": "x" } });
        let answer = answer(http.post(message(1, "initialize", params))).await;
        assert_refused(
            &answer.message(),
            "initialize",
            "clientInfo.version: required member is missing",
        );
    }
}

#[tokio::test]
async fn a_client_without_a_name_has_none() {
    let http = serve(HttpOptions::new().stateless()).await;
    let call = json!({ "name": "client_name", "arguments": {} });
    let anonymous = answer(http.post(message(1, "tools/call", call))).await;
    let result = &anonymous.message()["result"];
    assert_eq!(
        result["structuredContent"]["result"],
        Value::Null,
        "{result}"
    );
}
