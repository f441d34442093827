//! A server inside the user's own application: behind its router, its authentication and its
//! extensions.

use axum::Router;
use axum::extract::Request;
use axum::http::{StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::Response;
use fastmcp::client::Client;
use fastmcp::dependencies::Extension;
use fastmcp::prelude::*;
use fastmcp::{HttpOptions, Principal, Server, StartError};
use fastmcp_tests::http::{Http, answer};
use serde_json::json;
use tokio::net::TcpListener;

/// The tenant. A layer inserts it.
#[derive(Clone)]
struct Tenant(&'static str);

#[tool]
fn whoami(principal: Principal, tenant: Option<Extension<Tenant>>) -> String {
    let tenant = tenant.map_or("nobody", |tenant| tenant.0.0);
    format!("{} of {tenant}", principal.subject())
}

#[tool]
fn guest(principal: Option<Principal>) -> bool {
    principal.is_none()
}

#[tool]
fn tenant(Extension(Tenant(name)): Extension<Tenant>) -> &'static str {
    name
}

/// Accepts requests with `Authorization: Bearer NAME`.
async fn authenticate(mut request: Request, next: Next) -> Result<Response, StatusCode> {
    let token = request.headers().get(header::AUTHORIZATION);
    let name = token.and_then(|token| token.to_str().ok()?.strip_prefix("Bearer "));
    let name = name.ok_or(StatusCode::UNAUTHORIZED)?.to_owned();
    if name == "ada" {
        request.extensions_mut().insert(Tenant("acme"));
    }
    if name != "anonymous" {
        request.extensions_mut().insert(Principal::new(name));
    }
    Ok(next.run(request).await)
}

/// Starts the application: an MCP server behind authentication, and one page.
async fn app() -> (Server, String) {
    let server = FastMcp::new("mounted").start().await.unwrap();
    let app = Router::new()
        .nest_service("/api/mcp", server.http_service())
        .layer(middleware::from_fn(authenticate))
        .route("/", axum::routing::get(async || "the page"));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, app).await });
    (server, format!("http://{address}"))
}

/// Returns the tool's text for this caller, and asserts that both revisions return the same text.
async fn says(url: &str, name: &str, tool: &str) -> String {
    let http = Http::new(&format!("{url}/api/mcp"));
    let http = http.with("authorization", &format!("Bearer {name}"));
    let stateless = http.call(tool, json!({})).await.tool_text();
    let session = http.session().await;
    let in_session = answer(session.legacy_call(1, tool, json!({}))).await;
    assert_eq!(
        in_session.tool_text(),
        stateless,
        "both revisions return the same text"
    );
    stateless
}

#[tokio::test]
async fn handlers_take_request_extensions_set_by_layers() {
    let (server, url) = app().await;
    assert_eq!(says(&url, "ada", "whoami").await, "ada of acme");
    assert_eq!(says(&url, "bob", "whoami").await, "bob of nobody");
    assert_eq!(says(&url, "bob", "guest").await, "false");
    assert_eq!(says(&url, "anonymous", "guest").await, "true");
    assert_eq!(says(&url, "ada", "tenant").await, "acme");
    assert_eq!(
        says(&url, "anonymous", "whoami").await,
        "tool `whoami`: parameter `principal` of type `Principal` could not be \
         provided: the caller is not authenticated: insert a `Principal` into the extensions of the \
         HTTP request in an authentication layer, or take an `Option<Principal>`, which is `None` \
         for anonymous callers"
    );
    assert_eq!(
        says(&url, "bob", "tenant").await,
        "tool `tenant`: parameter `extension_tenant_name` of type `Extension<Tenant>` \
         could not be provided: the HTTP request has no extension of type `Tenant`: \
         insert one in a layer in front of the server, or take an \
         `Option<Extension<Tenant>>`, which is `None` without it"
    );
    server.shutdown().await.unwrap();
}

#[tokio::test]
async fn the_application_controls_authentication() {
    let (server, url) = app().await;
    let page = Http::new(&url);
    let known = Http::new(&format!("{url}/api/mcp")).with("authorization", "Bearer ada");
    let status = async |request| answer(request).await.status.as_u16();
    assert_eq!(status(page.get()).await, 200);
    assert_eq!(
        status(Http::new(&format!("{url}/api/mcp")).post("{}")).await,
        401
    );
    assert_eq!(
        status(known.clone().with("host", "evil.example").post("{}")).await,
        403
    );

    server.shutdown().await.unwrap();
    assert_eq!(
        status(known.post("{}")).await,
        503,
        "the server has stopped"
    );
    assert_eq!(status(page.get()).await, 200, "and the rest has not");
}

#[tokio::test]
async fn a_session_belongs_to_the_caller_that_started_it() {
    let (_server, url) = app().await;
    let as_caller = |name: &str| {
        let http = Http::new(&format!("{url}/api/mcp"));
        http.with("authorization", &format!("Bearer {name}"))
    };
    let session = as_caller("ada").session().await;
    let hello = |session: &Http| session.legacy_call(1, "guest", json!({}));
    for thief in ["bob", "anonymous"] {
        let thief = session
            .clone()
            .with("authorization", &format!("Bearer {thief}"));
        assert_eq!(answer(hello(&thief)).await.status, 404);
        assert_eq!(answer(thief.get()).await.status, 404);
        assert_eq!(answer(thief.delete()).await.status, 404);
    }
    assert_eq!(
        answer(hello(&session)).await.status,
        200,
        "and it is still there"
    );
}

#[tokio::test]
async fn there_are_no_request_extensions_over_stdio() {
    let server = FastMcp::new("mounted").start().await.unwrap();
    let client = Client::connect(&server).await.unwrap();
    let result = client.call_tool("guest", json!({})).await.unwrap();
    assert_eq!(json!(result.content)[0]["text"], "true");
    for tool in ["whoami", "tenant"] {
        let result = client.call_tool(tool, json!({})).await.unwrap();
        assert!(result.is_error, "{tool}: {result:?}");
    }
}

#[tokio::test]
async fn invalid_http_options_stop_the_start() {
    let options = HttpOptions::new().allowed_origins(["example.com"]);
    let error = FastMcp::new("mounted").http(options).start().await;
    let Err(StartError::InvalidHttpOption(error)) = error else {
        panic!("it started");
    };
    assert_eq!(
        (error.option, &*error.value),
        ("allowed_origins", "example.com")
    );
}
