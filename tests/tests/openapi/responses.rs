//! Responses of APIs as results of tools.

use std::time::Duration;

use axum::Router;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Redirect};
use axum::routing::{get, post};
use fastmcp::mcp::ContentBlock;
use serde_json::{Value, json};

use crate::stage::{api, call, document, json_response, serve, start, text};

fn with_response(schema: Value) -> Value {
    document(
        "get",
        "/",
        json!({ "responses": { "200": {
            "description": "ok", "content": { "application/json": { "schema": schema } },
        } } }),
    )
}

async fn respond(document: &Value, response: Value) -> fastmcp::ToolResult {
    let router = Router::new().route("/", get(move || async move { json_response(&response) }));
    call(api(document).base_url(serve(router).await), json!({})).await
}

#[tokio::test]
async fn objects_are_structured_and_lists_are_text() {
    let document = with_response(json!({ "type": "array", "items": { "type": "integer" } }));
    let result = respond(&document, json!([1, 2])).await;
    assert_eq!(text(&result), "[1,2]");
    let document = document_without_schema();
    let result = respond(&document, json!({ "a": 1 })).await;
    assert_eq!(result.structured_content, Some(json!({ "a": 1 })));
    assert_eq!(text(&result), r#"{"a":1}"#);
}

fn document_without_schema() -> Value {
    document("get", "/", json!({}))
}

/// APIs send what their documents do not state, and clients refuse content that does not match.
#[tokio::test]
async fn structured_content_always_matches_the_listed_schema() {
    let schema = json!({
        "type": "object",
        "required": ["id", "name"],
        "additionalProperties": false,
        "properties": {
            "id": { "type": "integer" },
            "name": { "type": "string", "enum": ["a"] },
            "tags": { "type": "array", "items": { "type": "string" } },
            "owner": { "type": "object", "properties": { "id": { "type": "integer" } } },
        },
    });
    let document = with_response(schema);
    // Missing, null, unknown values and fields: as they are.
    let loose = json!({ "name": "z", "owner": null, "more": 1 });
    let result = respond(&document, loose.clone()).await;
    assert_eq!(result.structured_content, Some(loose));
    assert_eq!(result.content.len(), 1);
    // Other types are only in the text.
    let wrong = json!({ "id": "7", "tags": ["a", 1], "owner": { "id": {} } });
    let result = respond(&document, wrong.clone()).await;
    let fitting = json!({ "tags": ["a", null], "owner": {} });
    assert_eq!(result.structured_content, Some(fitting));
    let text = text(&result);
    assert!(text.starts_with(&wrong.to_string()), "{text}");
    assert!(text.contains("no `id`, `tags[1]`, `owner.id`"), "{text}");
    for other in [json!([1]), json!("a"), json!(null)] {
        let result = respond(&document, other).await;
        assert_eq!(result.structured_content, Some(json!({})));
    }
}

#[tokio::test]
async fn errors_of_the_api_are_errors_of_the_tool() {
    let router = Router::new().route(
        "/items/{id}",
        get(|| async { (StatusCode::NOT_FOUND, "no such item: ".repeat(1000)) }),
    );
    let parameter = json!({ "name": "id", "in": "path", "required": true, "schema": {} });
    let document = document("get", "/items/{id}", json!({ "parameters": [parameter] }));
    let result = call(
        api(&document).base_url(serve(router).await),
        json!({ "id": "7" }),
    )
    .await;
    assert!(result.is_error);
    let text = text(&result);
    assert!(
        text.starts_with("GET /items/{id}: the API responded 404 Not Found: no such item: no"),
        "{text}"
    );
    assert!(text.chars().count() < 4_100);
}

#[tokio::test]
async fn large_responses_are_bounded() {
    let router = Router::new()
        .route("/text", get(|| async { "a".repeat(5_000) }))
        .route(
            "/json",
            get(|| async { json_response(&json!(vec![1; 5_000])) }),
        )
        .route(
            "/image",
            get(|| async { ([(header::CONTENT_TYPE, "image/png")], vec![1_u8; 5_000]) }),
        );
    let address = serve(router).await;
    let result = |path: &'static str| {
        let document = document("get", path, json!({}));
        call(
            api(&document).base_url(address.clone()).max_response(1_000),
            json!({}),
        )
    };
    let cut = result("/text").await;
    assert!(!cut.is_error);
    assert_eq!(
        text(&cut),
        format!("{}\n(cut after 1000 bytes)", "a".repeat(1_000))
    );
    for path in ["/json", "/image"] {
        let error = result(path).await;
        assert!(error.is_error, "{path}");
        assert!(text(&error).contains("more than 1000 bytes"), "{path}");
    }
}

#[tokio::test]
async fn other_media_types_are_content_blocks() {
    let router = Router::new()
        .route(
            "/image",
            get(|| async { ([(header::CONTENT_TYPE, "image/png")], vec![1_u8]) }),
        )
        .route(
            "/file",
            get(|| async { ([(header::CONTENT_TYPE, "application/zip")], vec![1_u8]) }),
        )
        .route(
            "/xml",
            get(|| async { ([(header::CONTENT_TYPE, "application/xml")], "<a/>") }),
        )
        .route("/nothing", get(|| async { StatusCode::NO_CONTENT }));
    let address = serve(router).await;
    let result = |path: &'static str| {
        let document = document("get", path, json!({}));
        call(api(&document).base_url(address.clone()), json!({}))
    };
    assert!(matches!(
        result("/image").await.content[..],
        [ContentBlock::Image(_)]
    ));
    assert!(matches!(
        result("/file").await.content[..],
        [ContentBlock::Resource(_)]
    ));
    assert_eq!(text(&result("/xml").await), "<a/>");
    assert_eq!(text(&result("/nothing").await), "204 No Content");
}

#[tokio::test]
async fn redirects_stay_on_the_server_and_so_do_credentials() {
    let headers = |headers: HeaderMap| async move {
        let key = headers
            .get("authorization")
            .map(|it| it.to_str().unwrap().to_owned());
        json_response(&json!({ "authorization": key }))
    };
    let other = serve(Router::new().fallback(headers)).await;
    let router = Router::new()
        .route("/here", get(|| async { Redirect::temporary("/target") }))
        .route("/target", get(headers))
        .route("/circle", get(|| async { Redirect::temporary("/circle") }))
        .route(
            "/write",
            post(|| async { (StatusCode::FOUND, [(header::LOCATION, "/target")]) }),
        )
        .route(
            "/there",
            get(move || async move { Redirect::temporary(&other).into_response() }),
        );
    let address = serve(router).await;
    let result = |method: &'static str, path: &'static str| {
        let document = document(method, path, json!({}));
        call(
            api(&document).base_url(address.clone()).bearer("secret"),
            json!({}),
        )
    };
    let here = result("get", "/here").await;
    assert_eq!(
        here.structured_content,
        Some(json!({ "authorization": "Bearer secret" }))
    );
    for (method, path, problem) in [
        (
            "get",
            "/there",
            "it redirects to another server (`http://127.0.0.1:",
        ),
        ("get", "/circle", "it redirects in a circle"),
        ("post", "/write", "only requests that read follow"),
    ] {
        let error = result(method, path).await;
        assert!(error.is_error);
        assert!(text(&error).contains(problem), "{}", text(&error));
    }
}

#[tokio::test]
async fn an_api_that_does_not_respond_is_an_error() {
    let router = Router::new().route("/", get(|| async { std::future::pending::<()>().await }));
    let slow = api(&document_without_schema())
        .base_url(serve(router).await)
        .timeout(Duration::from_millis(20));
    let result = call(slow, json!({})).await;
    assert_eq!(
        text(&result),
        "GET /: the API cannot be used: there was no response within 20ms"
    );
    // A port that was free a moment ago.
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let result = call(api(&document_without_schema()).base_url(address), json!({})).await;
    assert!(
        text(&result).contains("Connection refused"),
        "{}",
        text(&result)
    );
}

#[tokio::test]
async fn tools_of_a_server_work_side_by_side() {
    let mut two = document_without_schema();
    two["paths"]["/"]["post"] = json!({ "operationId": "call" });
    let router = Router::new().route("/", get(|| async { "read" }).post(|| async { "written" }));
    let (_server, client) = start(api(&two).base_url(serve(router).await)).await;
    let read = client.call_tool("call", json!({}));
    let written = client.call_tool("call_2", json!({}));
    let (read, written) = tokio::join!(read.into_future(), written.into_future());
    assert_eq!(text(&read.unwrap()), "read");
    assert_eq!(text(&written.unwrap()), "written");
}
