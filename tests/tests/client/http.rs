//! Headers, access tokens, tasks and subscriptions over HTTP.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use axum::extract::Request;
use axum::http::{StatusCode, header};
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Response};
use fastmcp::client::{Client, ClientError, Started, TokenRequest};
use fastmcp::dependencies::Headers;
use fastmcp::mcp::ProtocolVersion;
use fastmcp::prelude::*;
use fastmcp::{Selection, Server};
use serde_json::json;

use crate::REVISIONS;

/// Returns the value of a header.
#[tool]
async fn header_of(name: String, headers: Headers) -> Option<String> {
    headers.get(&name).map(str::to_owned)
}

/// Doubles a number, as a task.
#[tool(task = "required")]
async fn double(number: u32) -> u32 {
    number * 2
}

/// The news.
#[resource("http-news://today")]
async fn news() -> String {
    "none".into()
}

/// Lets requests in whose token is `new`.
async fn guard(request: Request, next: Next) -> Response {
    let token = request.headers().get(header::AUTHORIZATION);
    if token.is_some_and(|token| token == "Bearer new") {
        return next.run(request).await;
    }
    let challenge = [(header::WWW_AUTHENTICATE, "Bearer error=\"invalid_token\"")];
    (StatusCode::UNAUTHORIZED, challenge).into_response()
}

async fn serve(is_guarded: bool) -> (Server, String) {
    let parts = Selection::module(module_path!());
    let server = FastMcp::new("http")
        .select(parts)
        .docket(Docket::memory("http"));
    let server = server.start().await.unwrap();
    let mut app = axum::Router::new().nest_service("/mcp", server.http_service());
    if is_guarded {
        app = app.layer(from_fn(guard));
    }
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/mcp", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, app).await });
    (server, url)
}

#[tokio::test]
async fn a_call_has_headers_of_its_own() {
    let (_server, url) = serve(false).await;
    for protocol in REVISIONS {
        let client = Client::builder().protocol(protocol).header("x-all", "a");
        let client = client.http(&url).await.unwrap();
        let with = client.call::<Option<String>>("header_of", json!({ "name": "x-one" }));
        assert_eq!(
            with.header("x-one", "1").await.unwrap().as_deref(),
            Some("1")
        );
        let without = client.call::<Option<String>>("header_of", json!({ "name": "x-one" }));
        assert_eq!(without.await.unwrap(), None);
        let all = client.call::<Option<String>>("header_of", json!({ "name": "x-all" }));
        assert_eq!(all.await.unwrap().as_deref(), Some("a"));
        let bad = client
            .call_tool("header_of", ())
            .header("x one", "1")
            .await
            .unwrap_err();
        assert!(bad.to_string().contains("header `x one`"), "{bad}");
    }
}

#[tokio::test]
async fn a_refused_token_is_replaced_once() {
    let (_server, url) = serve(true).await;
    for protocol in REVISIONS {
        let refused = Arc::new(AtomicU32::new(0));
        let count = Arc::clone(&refused);
        let provider = move |request: TokenRequest| {
            let mut token = "old";
            if let Some(challenge) = &request.challenge {
                assert!(challenge.contains("invalid_token"), "{challenge}");
                count.fetch_add(1, Ordering::SeqCst);
                token = "new";
            }
            async move { Ok::<_, std::io::Error>(token.to_owned()) }
        };
        let client = Client::builder()
            .protocol(protocol.clone())
            .token_provider(provider);
        let client = client.http(&url).await.unwrap();
        let token = client.call::<Option<String>>("header_of", json!({ "name": "authorization" }));
        assert_eq!(token.await.unwrap().as_deref(), Some("Bearer new"));
        assert!(refused.load(Ordering::SeqCst) >= 2);

        let fails = |_: TokenRequest| async { Err::<String, _>("the login has ended") };
        let client = Client::builder().protocol(protocol).token_provider(fails);
        let error = client.http(&url).await.unwrap_err();
        assert!(matches!(error, ClientError::Connection(_)), "{error}");
        assert!(error.to_string().contains("the login has ended"), "{error}");
    }
}

#[tokio::test]
async fn tasks_and_subscriptions_work_over_http() {
    let (server, url) = serve(false).await;
    let client = Client::builder().protocol(ProtocolVersion::V_2026_07_28);
    let client = client.http(&url).await.unwrap();
    assert_eq!(
        client
            .call::<u32>("double", json!({ "number": 4 }))
            .await
            .unwrap(),
        8
    );
    let started = client
        .call_tool("double", json!({ "number": 5 }))
        .start()
        .await
        .unwrap();
    let Started::Task(task) = started else {
        panic!("{started:?}")
    };
    let other = Client::builder().protocol(ProtocolVersion::V_2026_07_28);
    let other = other.http(&url).await.unwrap();
    assert_eq!(other.task(task.id()).result_as::<u32>().await.unwrap(), 10);

    for protocol in REVISIONS {
        let client = Client::builder()
            .protocol(protocol)
            .http(&url)
            .await
            .unwrap();
        let mut news = client.subscribe("http-news://today").await.unwrap();
        server.notify_resource_updated("http-news://today");
        news.updated().await.unwrap();
        client.close().await;
    }
}
