//! Who may use a dashboard: hosts, pages of other origins, tokens, scopes, and layers of the program.

use axum::Router;
use axum::middleware;
use fastmcp::auth::{Auth, StaticTokens};
use fastmcp::docket::{Docket, Submission};
use fastmcp::{Dashboard, FastMcp, HttpOptions, Principal};
use reqwest::StatusCode;
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::setup::{Page, answer, serve, serve_docket};

fn error(body: &Value) -> &str {
    let text = body["error"].as_str();
    text.or_else(|| body["error"]["message"].as_str())
        .unwrap_or_default()
}

fn server() -> FastMcp {
    FastMcp::new("shop")
        .docket(Docket::memory("jobs"))
        .without_worker()
}

/// A server with tokens of callers with several scopes.
fn secured() -> FastMcp {
    let caller =
        |name: &str, scopes: &[&str]| Principal::new(name).with_scopes(scopes.iter().copied());
    let tokens = StaticTokens::new()
        .token("root-token", caller("root", &["docket:admin"]))
        .token("eve-token", caller("eve", &["docket:read"]))
        .token("bob-token", caller("bob", &["orders:read"]));
    server().auth(Auth::new(
        "https://shop.example/mcp",
        "https://login.example",
        tokens,
    ))
}

#[tokio::test]
async fn without_a_scope_only_loopback_hosts_are_served() {
    let page = serve_docket(&Docket::memory("jobs")).await;
    for path in ["", "/", "/api/overview", "/api/executions", "/api/events"] {
        let evil = page.get(path).header("host", "evil.example");
        assert_eq!(answer(evil).await.0, StatusCode::FORBIDDEN, "{path}");
    }
    // Also if the server itself accepts other hosts.
    let open = server().http(HttpOptions::new().any_host());
    let page = serve(open, |dashboard| dashboard).await;
    let (status, body) = answer(page.get("/api/overview").header("host", "shop.example")).await;
    assert_eq!(status, StatusCode::FORBIDDEN);
    assert!(error(&body).contains("`Dashboard::scope`"), "{body}");
    // Unless the program says so.
    let open = server().http(HttpOptions::new().allowed_hosts(["shop.example"]));
    let page = serve(open, Dashboard::allow_anonymous).await;
    let request = || page.get("/api/overview");
    assert_eq!(
        answer(request().header("host", "shop.example")).await.0,
        StatusCode::OK
    );
    assert_eq!(
        answer(request().header("host", "evil.example")).await.0,
        StatusCode::FORBIDDEN
    );
}

#[tokio::test]
async fn pages_of_other_origins_get_and_change_nothing() {
    let docket = Docket::memory("jobs");
    docket.submit(Submission::new("mail", "{}")).await.unwrap();
    let page = serve_docket(&docket).await;
    let own = page.url.trim_end_matches("/dashboard").to_owned();
    let cancel = json!({ "action": "cancel", "filter": { "view": "all" } });
    for (name, value) in [
        ("origin", "https://evil.example"),
        ("origin", "http://localhost:3000"),
        ("origin", "null"),
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-site", "same-site"),
    ] {
        let post = page.post(&cancel).header(name, value);
        assert_eq!(
            answer(post).await.0,
            StatusCode::FORBIDDEN,
            "{name}: {value}"
        );
        let get = page.get("/api/overview").header(name, value);
        assert_eq!(
            answer(get).await.0,
            StatusCode::FORBIDDEN,
            "{name}: {value}"
        );
    }
    // A form cannot send JSON.
    for kind in [
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data",
    ] {
        let post = page.get("/api/actions").build().unwrap();
        let client = reqwest::Client::new();
        let form = client.post(post.url().clone()).header("content-type", kind);
        let form = form.header("origin", &own).body(cancel.to_string());
        assert_eq!(
            answer(form).await.0,
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "{kind}"
        );
    }
    assert_eq!(docket.stats().await.unwrap().counts.queued, 1);
    // No answer lets another origin read it.
    let response = page
        .get("/api/overview")
        .header("origin", &own)
        .send()
        .await
        .unwrap();
    assert_eq!(response.status(), StatusCode::OK);
    assert!(
        response
            .headers()
            .get("access-control-allow-origin")
            .is_none()
    );
    let post = page.post(&cancel).header("origin", &own);
    assert_eq!(answer(post).await.0, StatusCode::OK);
    assert_eq!(docket.stats().await.unwrap().counts.queued, 0);
}

#[tokio::test]
async fn with_authorization_a_caller_needs_a_token_with_the_scope() {
    let page = serve(secured(), |dashboard| {
        dashboard.scope("docket:admin").read_scope("docket:read")
    })
    .await;
    let pause = json!({ "action": "pause" });
    // The page itself has no data, and a browser cannot send a token for it.
    assert_eq!(answer(page.get("")).await.0, StatusCode::OK);
    for path in [
        "/api/overview",
        "/api/executions",
        "/api/executions/1",
        "/api/events",
    ] {
        let response = page.get(path).send().await.unwrap();
        assert_eq!(response.status(), StatusCode::UNAUTHORIZED, "{path}");
        assert!(
            response.headers().contains_key("www-authenticate"),
            "{path}"
        );
    }
    assert_eq!(answer(page.post(&pause)).await.0, StatusCode::UNAUTHORIZED);
    let forged = page.with_token("forged");
    assert_eq!(
        answer(forged.get("/api/overview")).await.0,
        StatusCode::UNAUTHORIZED
    );

    let bob = page.with_token("bob-token");
    let response = bob.get("/api/overview").send().await.unwrap();
    assert_eq!(response.status(), StatusCode::FORBIDDEN);
    let challenge = response.headers()["www-authenticate"]
        .to_str()
        .unwrap()
        .to_owned();
    assert!(
        challenge.contains("error=\"insufficient_scope\""),
        "{challenge}"
    );
    assert!(challenge.contains("scope=\"docket:read\""), "{challenge}");

    let eve = page.with_token("eve-token");
    let overview = eve.read("/api/overview").await;
    assert_eq!(
        (&overview["caller"], &overview["may_operate"]),
        (&json!("eve"), &json!(false))
    );
    let response = eve.post(&pause).send().await.unwrap();
    assert_eq!(response.status(), StatusCode::FORBIDDEN);
    let challenge = response.headers()["www-authenticate"]
        .to_str()
        .unwrap()
        .to_owned();
    assert!(challenge.contains("scope=\"docket:admin\""), "{challenge}");

    let root = page.with_token("root-token");
    root.act(pause).await;
    let state = eve.read("/api/overview").await["state"].clone();
    assert_eq!(state["paused"], true);
    assert_eq!(state["actions"][0]["caller"], "root");
}

#[tokio::test]
async fn with_authorization_and_no_scope_nobody_gets_in() {
    for options in [
        (|it| it) as fn(Dashboard) -> Dashboard,
        Dashboard::allow_anonymous,
    ] {
        let page = serve(secured(), options).await;
        assert_eq!(
            answer(page.get("/api/overview")).await.0,
            StatusCode::UNAUTHORIZED
        );
        let root = page.with_token("root-token");
        let (status, body) = answer(root.get("/api/overview")).await;
        assert_eq!(status, StatusCode::FORBIDDEN);
        assert!(error(&body).contains("`Dashboard::scope`"), "{body}");
    }
}

#[tokio::test]
async fn a_layer_of_the_program_can_authenticate_callers() {
    async fn authenticate(
        mut request: axum::extract::Request,
        next: middleware::Next,
    ) -> axum::response::Response {
        let user = request.headers().get("x-user");
        let user = user
            .and_then(|user| user.to_str().ok())
            .map(ToOwned::to_owned);
        if let Some(user) = user {
            let scopes = (user == "ada").then_some("ops");
            let principal = Principal::new(user).with_scopes(scopes);
            request.extensions_mut().insert(principal);
        }
        next.run(request).await
    }
    let server = server().start().await.unwrap();
    let app = Router::new()
        .nest_service("/ops/board", server.dashboard().scope("ops"))
        .layer(middleware::from_fn(authenticate));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, app).await });
    let page = Page::new(format!("http://{address}/ops/board"));
    assert_eq!(answer(page.get("/")).await.0, StatusCode::OK);
    assert_eq!(
        answer(page.get("/api/overview")).await.0,
        StatusCode::UNAUTHORIZED
    );
    let as_user = |user: &str| page.get("/api/overview").header("x-user", user);
    assert_eq!(answer(as_user("bob")).await.0, StatusCode::FORBIDDEN);
    let (status, overview) = answer(as_user("ada")).await;
    assert_eq!(
        (status, &overview["caller"]),
        (StatusCode::OK, &json!("ada"))
    );
    let pause = page
        .post(&json!({ "action": "pause" }))
        .header("x-user", "ada");
    assert_eq!(answer(pause).await.0, StatusCode::OK);
}

#[tokio::test]
async fn a_read_only_dashboard_changes_nothing() {
    let page = serve(server(), Dashboard::read_only).await;
    assert_eq!(page.read("/api/overview").await["may_operate"], false);
    let (status, body) = answer(page.post(&json!({ "action": "pause" }))).await;
    assert_eq!(status, StatusCode::FORBIDDEN);
    assert!(error(&body).contains("allows no actions"), "{body}");
}

#[tokio::test]
async fn a_dashboard_of_a_worker_process_has_hosts_of_its_own() {
    let docket = Docket::memory("jobs");
    let invalid =
        Dashboard::new(&docket).http(&HttpOptions::new().allowed_hosts(["https://a.example"]));
    assert!(invalid.unwrap_err().to_string().contains("allowed_hosts"));
    let options = HttpOptions::new().allowed_hosts(["ops.example"]);
    let dashboard = Dashboard::new(&docket)
        .http(&options)
        .unwrap()
        .allow_anonymous();
    let app = Router::new().nest_service("/board", dashboard);
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, app).await });
    let page = Page::new(format!("http://{address}/board"));
    let at = |host: &str| page.get("/api/overview").header("host", host);
    assert_eq!(answer(at("ops.example")).await.0, StatusCode::OK);
    assert_eq!(answer(at("localhost")).await.0, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn every_response_has_the_headers_that_protect_the_page() {
    let page = serve_docket(&Docket::memory("jobs")).await;
    let mut nonces = Vec::new();
    for _ in 0..2 {
        let response = page.get("").send().await.unwrap();
        let policy = response.headers()["content-security-policy"]
            .to_str()
            .unwrap()
            .to_owned();
        for part in [
            "default-src 'none'",
            "frame-ancestors 'none'",
            "base-uri 'none'",
            "connect-src 'self'",
        ] {
            assert!(policy.contains(part), "{policy}");
        }
        assert!(!policy.contains("unsafe"), "{policy}");
        assert_eq!(response.headers()["x-frame-options"], "DENY");
        let (_, nonce) = policy.split_once("script-src 'nonce-").unwrap();
        let nonce = nonce.split('\'').next().unwrap().to_owned();
        let text = response.text().await.unwrap();
        assert_eq!(text.matches(&format!("nonce=\"{nonce}\"")).count(), 2);
        nonces.push(nonce);
    }
    assert_ne!(nonces[0], nonces[1]);
    for path in ["", "/api/overview", "/api/executions?view=x", "/api/events"] {
        let response = page.get(path).send().await.unwrap();
        assert_eq!(response.headers()["cache-control"], "no-store", "{path}");
        assert_eq!(
            response.headers()["x-content-type-options"],
            "nosniff",
            "{path}"
        );
        assert_eq!(
            response.headers()["cross-origin-resource-policy"],
            "same-origin",
            "{path}"
        );
    }
}
