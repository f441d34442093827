//! Web pages as clients: preflight requests, and the headers that let a page read a response (CORS).

use axum::extract::Request;
use axum::http::StatusCode;
use axum::http::header::AUTHORIZATION;
use axum::middleware::{self, Next};
use axum::response::Response;
use fastmcp::prelude::*;
use fastmcp::{HttpOptions, Server};
use fastmcp_tests::http::{Answer, Http, answer};
use reqwest::Method;
use serde_json::json;
use tokio::net::TcpListener;

const PAGE: &str = "https://app.example.com";

#[tool]
fn hello() -> &'static str {
    "hello"
}

async fn authenticate(request: Request, next: Next) -> Result<Response, StatusCode> {
    if request.headers().get(AUTHORIZATION).is_none() {
        return Err(StatusCode::UNAUTHORIZED);
    }
    Ok(next.run(request).await)
}

fn options() -> HttpOptions {
    HttpOptions::new().allowed_origins([PAGE, "http://dev.example.com:*"])
}

/// Serves the server alone, and behind authentication.
async fn serve() -> [(String, bool); 2] {
    let server: Server = FastMcp::new("page").http(options()).start().await.unwrap();
    let app = axum::Router::new()
        .nest_service("/mcp", server.http_service())
        .layer(middleware::from_fn(authenticate))
        .layer(server.http_cors());
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let behind = format!("http://{}/mcp", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, app).await });
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let alone = format!("http://{}/mcp", listener.local_addr().unwrap());
    tokio::spawn(async move { server.serve_http(listener).await });
    [(alone, false), (behind, true)]
}

async fn preflight(url: &str, origin: &str, method: &str, headers: &str) -> Answer {
    let request = reqwest::Client::new().request(Method::OPTIONS, url);
    let request = request
        .header("Origin", origin)
        .header("Access-Control-Request-Method", method)
        .header("Access-Control-Request-Headers", headers);
    answer(request).await
}

/// Returns the items of a header that is a list.
fn list(answer: &Answer, name: &str) -> Vec<String> {
    let values = answer.headers.get_all(name).iter();
    values
        .flat_map(|value| value.to_str().unwrap().split(','))
        .map(|item| item.trim().to_ascii_lowercase())
        .collect()
}

#[tokio::test]
async fn a_page_of_an_allowed_origin_may_send_requests() {
    for (url, _) in serve().await {
        for method in ["GET", "POST", "DELETE"] {
            for origin in [PAGE, "http://dev.example.com:5173"] {
                let asked = "content-type,Mcp-Param-Region, mcp-new, x-other,authorization";
                let allowed = preflight(&url, origin, method, asked).await;
                assert_eq!(allowed.status, 204, "{allowed:?}");
                assert_eq!(allowed.headers["access-control-allow-origin"], origin);
                let methods = list(&allowed, "access-control-allow-methods");
                assert!(methods.contains(&method.to_ascii_lowercase()));
                let headers = list(&allowed, "access-control-allow-headers");
                for header in [
                    "content-type",
                    "accept",
                    "authorization",
                    "last-event-id",
                    "mcp-session-id",
                    "mcp-protocol-version",
                    "mcp-method",
                    "mcp-name",
                    "mcp-param-region",
                    "mcp-new",
                ] {
                    assert!(headers.contains(&header.to_owned()), "{header}");
                }
                assert!(!headers.contains(&"x-other".to_owned()));
                assert!(list(&allowed, "vary").contains(&"origin".to_owned()));
            }
        }
    }
}

#[tokio::test]
async fn other_pages_may_not() {
    for (url, _) in serve().await {
        for origin in ["https://evil.example", "null", "http://app.example.com"] {
            let refused = preflight(&url, origin, "POST", "content-type").await;
            assert_eq!(refused.status, 403, "{origin}");
            assert!(!refused.headers.contains_key("access-control-allow-origin"));
            let http = Http::new(&url).with("authorization", "token");
            let refused = answer(http.with("origin", origin).post("{}")).await;
            assert_eq!(refused.status, 403, "{origin}");
            assert!(!refused.headers.contains_key("access-control-allow-origin"));
        }
        // Not a preflight request.
        let request = reqwest::Client::new().request(Method::OPTIONS, &url);
        let refused = answer(request.header("authorization", "token")).await;
        assert_eq!(refused.status, 405);
    }
}

#[tokio::test]
async fn a_page_can_read_every_response() {
    for (url, is_authenticated) in serve().await {
        let anonymous = Http::new(&url).with("origin", PAGE);
        let http = anonymous.clone().with("authorization", "token");
        let status = if is_authenticated { 401 } else { 400 };
        for (request, status) in [
            (http.modern("tools/call", json!({ "name": "hello" })), 200),
            (http.initialize("2025-11-25"), 200),
            (http.post("{"), 400),
            (http.get(), 400),
            (anonymous.post("{"), status),
        ] {
            let answer = answer(request).await;
            assert_eq!(answer.status, status, "{answer:?}");
            assert_eq!(answer.headers["access-control-allow-origin"], PAGE);
            let origins = answer.headers.get_all("access-control-allow-origin");
            assert_eq!(origins.iter().count(), 1);
            let exposed = list(&answer, "access-control-expose-headers");
            assert!(exposed.contains(&"mcp-session-id".to_owned()));
            assert!(list(&answer, "vary").contains(&"origin".to_owned()));
        }
        let no_page = Http::new(&url).with("authorization", "token");
        let answer = answer(no_page.modern("tools/call", json!({ "name": "hello" }))).await;
        assert!(!answer.headers.contains_key("access-control-allow-origin"));
    }
}
