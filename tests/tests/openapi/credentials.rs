//! Credentials: what the API gets, and who gives it.

use fastmcp::auth::{Auth, StaticTokens};
use fastmcp::client::Client;
use fastmcp::openapi::{Credential, OpenApi, SecurityKind};
use fastmcp::{FastMcp, Principal, ToolError};
use serde_json::{Value, json};

use crate::stage::{api, call, document, echo, text};

fn secured(security: Value) -> Value {
    let mut document = document("get", "/", json!({ "security": security }));
    document["components"] = json!({ "securitySchemes": {
        "header": { "type": "apiKey", "in": "header", "name": "X-Key" },
        "query": { "type": "apiKey", "in": "query", "name": "key" },
        "cookie": { "type": "apiKey", "in": "cookie", "name": "sid" },
        "basic": { "type": "http", "scheme": "basic" },
        "bearer": { "type": "http", "scheme": "Bearer" },
        "oauth": { "type": "oauth2", "flows": {} },
        "tls": { "type": "mutualTLS" },
    } });
    document
}

async fn sent(api: OpenApi) -> Value {
    let result = call(api.base_url(echo().await), json!({})).await;
    let shown = text(&result);
    result
        .structured_content
        .unwrap_or_else(|| panic!("{shown}"))
}

#[tokio::test]
async fn a_credential_goes_where_its_scheme_says() {
    for (scheme, part, value) in [
        ("header", "/headers/x-key", "k&1"),
        ("query", "/query", "key=k%261"),
        ("cookie", "/headers/cookie", "sid=k%261"),
        ("bearer", "/headers/authorization", "Bearer k&1"),
        ("oauth", "/headers/authorization", "Bearer k&1"),
    ] {
        let api = api(&secured(json!([{ scheme: [] }]))).credential(scheme, Credential::key("k&1"));
        assert_eq!(sent(api).await.pointer(part).unwrap(), value, "{scheme}");
    }
    let credential = Credential::basic("ada", "pass");
    let api = api(&secured(json!([{ "basic": [] }]))).credential("basic", credential);
    assert_eq!(
        sent(api).await["headers"]["authorization"],
        "Basic YWRhOnBhc3M="
    );
}

#[tokio::test]
async fn the_first_alternative_with_all_credentials_is_sent() {
    let security = json!([{}, { "header": [], "query": [] }, { "header": [] }, { "bearer": [] }]);
    let api = api(&secured(security)).credentials(|scheme, call| async move {
        assert_eq!(call.name(), "call");
        Ok(match scheme.kind() {
            SecurityKind::HeaderKey(_) | SecurityKind::Bearer => {
                Some(Credential::key(scheme.name()))
            }
            _ => None,
        })
    });
    let request = sent(api).await;
    assert_eq!(request["headers"]["x-key"], "header");
    assert_eq!(
        (&request["query"], &request["headers"]["authorization"]),
        (&Value::Null, &Value::Null)
    );
}

#[tokio::test]
async fn a_provider_that_fails_fails_the_call() {
    let api = api(&secured(json!([{ "oauth": [] }])))
        .credentials(|_, _| async { Err(ToolError::new("sign in first").into()) });
    let result = call(api.base_url(echo().await), json!({})).await;
    assert!(result.is_error);
    assert_eq!(text(&result), "sign in first");
}

/// A model must not see or set what the program gives.
#[tokio::test]
async fn keys_and_headers_of_the_program_are_no_arguments() {
    let mut document = secured(json!([{ "header": [] }]));
    document["paths"]["/"]["get"]["parameters"] = json!([
        { "name": "x-key", "in": "header", "required": true, "schema": { "type": "string" } },
        { "name": "X-Version", "in": "header", "required": true, "schema": { "type": "string" } },
        { "name": "n", "in": "query", "schema": { "type": "integer" } },
    ]);
    let api = || {
        api(&document)
            .header("x-version", "2")
            .credential("header", Credential::key("k"))
    };
    let (_server, client) = crate::stage::start(api().base_url("http://127.0.0.1:9")).await;
    let tools = client.list_tools().await.unwrap();
    let schema = Value::Object((*tools[0].input_schema).clone());
    assert_eq!(schema["properties"].as_object().unwrap().len(), 1);
    let request = sent(api()).await;
    assert_eq!(request["headers"]["x-key"], "k");
    assert_eq!(request["headers"]["x-version"], "2");
}

#[test]
fn credentials_are_in_no_debug_output() {
    let shown = format!(
        "{:?} {:?}",
        Credential::key("k-1"),
        Credential::basic("u-1", "p-1")
    );
    let api = api(&secured(json!([]))).bearer("b-1").header("x", "h-1");
    let shown = format!("{shown} {api:?}");
    for secret in ["k-1", "u-1", "p-1", "b-1", "h-1"] {
        assert!(!shown.contains(secret), "{shown}");
    }
}

#[tokio::test]
async fn the_token_of_the_caller_is_sent_only_on_request() {
    let address = echo().await;
    let server = |api: OpenApi| {
        let tokens = StaticTokens::new().token("caller-token", Principal::new("ada"));
        let auth = Auth::new(
            "https://mcp.example.com/mcp",
            "https://login.example.com",
            tokens,
        );
        FastMcp::new("api")
            .auth(auth)
            .openapi(api.base_url(address.clone()))
            .start()
    };
    for passes in [false, true] {
        let mut api = api(&document("get", "/", json!({})));
        if passes {
            api = api.pass_caller_token();
        }
        let server = server(api).await.unwrap();
        let router = axum::Router::new().nest_service("/mcp", server.http_service());
        let url = format!("{}/mcp", crate::stage::serve(router).await);
        let client = Client::builder().bearer("caller-token").http(&url).await;
        let client = client.unwrap();
        let result = client.call_tool("call", json!({})).await.unwrap();
        let request = result.structured_content.unwrap();
        let expected = if passes {
            json!("Bearer caller-token")
        } else {
            Value::Null
        };
        assert_eq!(request["headers"]["authorization"], expected);
    }
    // Without a token of the caller, nothing is sent.
    let api = api(&document("get", "/", json!({}))).pass_caller_token();
    let result = call(api.base_url(address), json!({})).await;
    assert!(text(&result).contains("access token"), "{}", text(&result));
}
