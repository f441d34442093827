//! Tests of servers that admit only callers with a valid access token.

use std::time::Duration;

use fastmcp::auth::{Auth, IntrospectionVerifier, JwtVerifier, StaticTokens};
use fastmcp::dependencies::Docket;
use fastmcp::prelude::*;
use fastmcp::{HttpOptions, Principal, StartError};
use fastmcp_tests::http::{Answer, Http, answer, message};
use fastmcp_tests::issuer::{Issuer, Keys, SigningKey, now, unsigned};
use serde_json::{Value, json};
use tokio::net::TcpListener;

const RESOURCE: &str = "https://mcp.example.com/mcp";
const METADATA: &str = "https://mcp.example.com/.well-known/oauth-protected-resource/mcp";

/// Returns who the caller is.
#[tool]
fn whoami(principal: Principal) -> String {
    let scopes: Vec<&str> = principal.scopes().collect();
    format!(
        "{} of {} via {}: {}",
        principal.subject(),
        principal.issuer().unwrap_or("-"),
        principal.client().unwrap_or("-"),
        scopes.join(" ")
    )
}

/// Returns the orders.
#[tool(scopes("orders:read"), annotations(read_only))]
fn read_orders() -> Vec<u32> {
    vec![1, 2]
}

/// Writes an order.
#[tool(scopes("orders:read", "orders:write"))]
fn write_order(id: u32) -> u32 {
    id
}

/// Ships an order, as a task.
#[tool(task, scopes("orders:write"))]
fn ship(id: u32) -> u32 {
    id
}

#[tool(tags("internal"))]
fn reindex() {}

#[resource("orders://all", scopes("orders:read"))]
fn all_orders() -> String {
    "orders".to_owned()
}

#[resource("orders://help")]
fn help() -> String {
    "help".to_owned()
}

struct Stock;

#[tools(scopes("stock:read"))]
impl Stock {
    /// Counts.
    #[tool]
    fn count() -> u32 {
        3
    }

    /// Adds.
    #[tool(scopes("stock:read", "stock:write"))]
    fn restock(count: u32) -> u32 {
        3 + count
    }
}

#[prompt(scopes("orders:read"))]
fn summarize() -> String {
    "Summarize the orders.".to_owned()
}

async fn serve(server: FastMcp) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let server = server.start().await.unwrap();
    tokio::spawn(async move { server.serve_http(listener).await });
    format!("http://{address}/mcp")
}

async fn orders(auth: Auth) -> Http {
    let docket = Docket::memory("orders");
    Http::new(&serve(FastMcp::new("orders").auth(auth).docket(docket)).await)
}

/// Starts an issuer and a server that trusts it.
async fn secured() -> (Issuer, Http) {
    let issuer = Issuer::start().await;
    let http = orders(Auth::jwt(RESOURCE, issuer.url())).await;
    (issuer, http)
}

fn bearer(http: &Http, token: &str) -> Http {
    http.clone()
        .with("authorization", &format!("Bearer {token}"))
}

fn challenge(answer: &Answer) -> &str {
    let header = answer.headers.get("www-authenticate");
    header.map_or("", |it| it.to_str().unwrap())
}

async fn names(http: &Http, method: &str, list: &str, name: &str) -> Vec<String> {
    let listed = answer(http.modern(method, json!({}))).await;
    let items = listed.message()["result"][list].as_array().unwrap().clone();
    items
        .iter()
        .map(|it| it[name].as_str().unwrap().to_owned())
        .collect()
}

#[tokio::test]
async fn a_client_finds_the_authorization_server_and_calls_a_tool() {
    let (issuer, http) = secured().await;
    // Each method, also one that the server would refuse with a token.
    for request in [
        http.get(),
        http.delete(),
        http.post("{"),
        http.modern("tools/list", json!({})),
    ] {
        let refused = answer(request).await;
        assert_eq!(refused.status, 401, "{refused:?}");
        assert_eq!(
            challenge(&refused),
            format!("Bearer resource_metadata=\"{METADATA}\"")
        );
    }
    let token = issuer.token("ada", RESOURCE, "orders:read");
    let called = bearer(&http, &token).call("whoami", json!({})).await;
    let text = &called.message()["result"]["content"][0]["text"];
    assert_eq!(
        text,
        &json!(format!("ada of {} via test: orders:read", issuer.url()))
    );
    assert_eq!(issuer.key_requests(), 1);
}

#[tokio::test]
async fn the_metadata_is_at_both_addresses() {
    let issuer = Issuer::start().await;
    let auth = Auth::jwt(RESOURCE, issuer.url())
        .advertise_scopes(["profile"])
        .resource_name("Orders");
    let url = serve(
        FastMcp::new("orders")
            .auth(auth)
            .docket(Docket::memory("orders")),
    )
    .await;
    let origin = url.strip_suffix("/mcp").unwrap();
    for path in ["", "/mcp"] {
        let url = format!("{origin}/.well-known/oauth-protected-resource{path}");
        let metadata = reqwest::get(url).await.unwrap();
        assert_eq!(metadata.headers()["access-control-allow-origin"], "*");
        let metadata: Value = serde_json::from_str(&metadata.text().await.unwrap()).unwrap();
        assert_eq!(
            metadata,
            json!({
                "resource": RESOURCE,
                "authorization_servers": [issuer.url()],
                "bearer_methods_supported": ["header"],
                "scopes_supported": ["orders:read", "orders:write", "profile", "stock:read", "stock:write"],
                "resource_name": "Orders",
            })
        );
    }
    let other = reqwest::get(format!("{origin}/.well-known/openid-configuration"))
        .await
        .unwrap();
    assert_eq!(other.status(), 404);
}

#[tokio::test]
#[expect(clippy::too_many_lines, reason = "one table of tokens")]
async fn unfit_tokens_are_refused() {
    let (issuer, http) = secured().await;
    let key = issuer.key();
    let good = || issuer.claims("ada", RESOURCE, "orders:read");
    let with = |name: &str, value: Value| {
        let mut claims = good();
        claims[name] = value;
        key.sign(&claims)
    };
    let header = |header: Value| key.sign_with(&header, &good());
    let public = key.public().to_string();
    let hmac = jsonwebtoken::EncodingKey::from_secret(public.as_bytes());
    let mut confused = jsonwebtoken::Header::new(jsonwebtoken::Algorithm::HS256);
    confused.kid = Some("one".to_owned());
    let valid = key.sign(&good());
    let (message, signature) = valid.rsplit_once('.').unwrap();
    let other_claims = issuer.claims("eve", RESOURCE, "admin");
    let swapped = unsigned(&json!({ "alg": "ES256", "kid": "one" }), &other_claims);
    for (what, token) in [
        (
            "another audience",
            with("aud", json!("https://other.example.com/mcp")),
        ),
        (
            "a longer audience",
            with("aud", json!(format!("{RESOURCE}/admin"))),
        ),
        ("a list without us", with("aud", json!(["a", "b"]))),
        ("no audience", with("aud", Value::Null)),
        (
            "another issuer",
            with("iss", json!("https://login.example.com")),
        ),
        (
            "an issuer with a slash",
            with("iss", json!(format!("{}/", issuer.url()))),
        ),
        ("a list of issuers", with("iss", json!([issuer.url()]))),
        ("no issuer", with("iss", Value::Null)),
        ("expired", with("exp", json!(now() - 60))),
        ("no expiry", with("exp", Value::Null)),
        ("an expiry as text", with("exp", json!("9999999999"))),
        ("a negative expiry", with("exp", json!(-1))),
        ("not valid yet", with("nbf", json!(now() + 600))),
        ("no subject", {
            let mut claims = good();
            claims["sub"] = json!("");
            claims["client_id"] = Value::Null;
            key.sign(&claims)
        }),
        (
            "no algorithm",
            format!("{}.", unsigned(&json!({ "alg": "none" }), &good())),
        ),
        (
            "the public key as a secret",
            jsonwebtoken::encode(&confused, &good(), &hmac).unwrap(),
        ),
        (
            "another algorithm",
            header(json!({ "alg": "RS256", "kid": "one" })),
        ),
        (
            "another curve",
            header(json!({ "alg": "ES384", "kid": "one" })),
        ),
        (
            "a key of its own",
            header(json!({ "alg": "ES256", "jwk": key.public(), "kid": "mine" })),
        ),
        (
            "an address of keys",
            header(json!({ "alg": "ES256", "jku": "http://127.0.0.1:1/", "kid": "x" })),
        ),
        (
            "a path as a key",
            header(json!({ "alg": "ES256", "kid": "../../../dev/null" })),
        ),
        (
            "a query as a key",
            header(json!({ "alg": "ES256", "kid": "one' OR '1'='1" })),
        ),
        (
            "critical extensions",
            header(json!({ "alg": "ES256", "kid": "one", "crit": ["x"], "x": 1 })),
        ),
        ("a foreign key", SigningKey::new("one").sign(&good())),
        ("no signature", format!("{message}.")),
        ("two parts", message.to_owned()),
        ("four parts", format!("{valid}.x")),
        ("swapped claims", format!("{swapped}.{signature}")),
        ("garbage", "abc".to_owned()),
        ("eight kilobytes", "a".repeat(8 * 1024)),
        ("twenty kilobytes", "a".repeat(20 * 1024)),
    ] {
        let refused = bearer(&http, &token).call("whoami", json!({})).await;
        assert_eq!(refused.status, 401, "{what}: {refused:?}");
        assert_eq!(
            challenge(&refused),
            format!(
                "Bearer error=\"invalid_token\", resource_metadata=\"{METADATA}\", \
                 error_description=\"the access token is not valid\""
            ),
            "{what}"
        );
        assert!(!refused.text.contains(&token), "{what}");
    }
    for audience in [
        json!(format!("{RESOURCE}/")),
        json!(["https://other", RESOURCE]),
    ] {
        let accepted = bearer(&http, &with("aud", audience))
            .call("whoami", json!({}))
            .await;
        assert_eq!(accepted.status, 200, "{accepted:?}");
    }
    assert!(
        issuer.key_requests() <= 2,
        "{} requests for keys",
        issuer.key_requests()
    );
}

#[tokio::test]
async fn a_token_is_only_in_its_header() {
    let (issuer, http) = secured().await;
    let token = issuer.token("ada", RESOURCE, "");
    let (client, request) = http.modern("tools/list", json!({})).build_split();
    let mut request = request.unwrap();
    request
        .url_mut()
        .set_query(Some(&format!("access_token={token}")));
    let refused = answer(reqwest::RequestBuilder::from_parts(client, request)).await;
    assert_eq!(refused.status, 400, "{refused:?}");
    assert!(challenge(&refused).starts_with("Bearer error=\"invalid_request\""));
    for header in [format!("Basic {token}"), token.clone(), "Bearer".to_owned()] {
        let refused = answer(http.clone().with("authorization", &header).get()).await;
        assert_eq!(
            (
                refused.status.as_u16(),
                challenge(&refused).contains("error")
            ),
            (401, false)
        );
    }
    let lower = http
        .clone()
        .with("authorization", &format!("bearer {token}"));
    assert_eq!(lower.call("whoami", json!({})).await.status, 200);
}

#[tokio::test]
async fn lists_and_calls_follow_the_scopes() {
    let (issuer, http) = secured().await;
    let caller = |scope: &str| bearer(&http, &issuer.token("ada", RESOURCE, scope));
    let (none, reader) = (caller("other"), caller("orders:read"));
    assert_eq!(
        names(&none, "tools/list", "tools", "name").await,
        ["reindex", "whoami"]
    );
    let tools = ["read_orders", "reindex", "whoami"];
    assert_eq!(names(&reader, "tools/list", "tools", "name").await, tools);
    let clerk = caller("stock:read");
    let tools = ["count", "reindex", "whoami"];
    assert_eq!(names(&clerk, "tools/list", "tools", "name").await, tools);
    assert_eq!(
        names(&none, "resources/list", "resources", "uri").await,
        ["orders://help"]
    );
    assert!(
        names(&none, "prompts/list", "prompts", "name")
            .await
            .is_empty()
    );
    assert_eq!(
        names(&reader, "prompts/list", "prompts", "name").await,
        ["summarize"]
    );

    for (method, params, scope) in [
        (
            "tools/call",
            json!({ "name": "write_order", "arguments": { "id": 1 } }),
            "orders:read orders:write",
        ),
        (
            "tools/call",
            json!({ "name": "ship", "arguments": { "id": 1 } }),
            "orders:write",
        ),
        (
            "tools/call",
            json!({ "name": "restock", "arguments": { "count": 1 } }),
            "stock:read stock:write",
        ),
        (
            "resources/read",
            json!({ "uri": "orders://all" }),
            "orders:read",
        ),
        ("prompts/get", json!({ "name": "summarize" }), "orders:read"),
    ] {
        let refused = answer(none.modern(method, params.clone())).await;
        assert_eq!(refused.status, 403, "{method}: {refused:?}");
        assert_eq!(
            challenge(&refused),
            format!(
                "Bearer error=\"insufficient_scope\", scope=\"{scope}\", resource_metadata=\"{METADATA}\", \
                 error_description=\"the access token lacks a scope of this request\""
            )
        );
        assert_eq!(refused.message()["id"], 1);
        let allowed = answer(
            caller("orders:read orders:write stock:read stock:write").modern(method, params),
        )
        .await;
        assert_eq!(allowed.status, 200, "{method}: {allowed:?}");
    }
    let unknown = reader.call("nothing", json!({})).await;
    assert!(
        unknown.text.contains("unknown tool `nothing`"),
        "{unknown:?}"
    );
}

#[tokio::test]
async fn without_step_up_a_tool_without_scope_is_unknown() {
    let issuer = Issuer::start().await;
    let http = orders(Auth::jwt(RESOURCE, issuer.url()).step_up(false)).await;
    let reader = bearer(&http, &issuer.token("ada", RESOURCE, "orders:read"));
    let refused = reader.call("write_order", json!({ "id": 1 })).await;
    assert!(
        refused.text.contains("unknown tool `write_order`"),
        "{refused:?}"
    );
    let completion = json!({ "ref": { "type": "ref/prompt", "name": "summarize" }, "argument": { "name": "x", "value": "" } });
    let none = bearer(&http, &issuer.token("ada", RESOURCE, ""));
    let refused = answer(none.modern("completion/complete", completion)).await;
    assert!(
        refused.text.contains("unknown prompt `summarize`"),
        "{refused:?}"
    );
}

#[tokio::test]
async fn scopes_include_others_and_some_are_needed_for_everything() {
    let issuer = Issuer::start().await;
    let auth = Auth::jwt(RESOURCE, issuer.url())
        .require_scopes(["mcp"])
        .scope_includes("orders:write", ["orders:read", "mcp"]);
    let http = orders(auth).await;
    let refused = bearer(&http, &issuer.token("ada", RESOURCE, "orders:read"))
        .call("whoami", json!({}))
        .await;
    assert_eq!(refused.status, 403);
    assert!(challenge(&refused).contains("scope=\"mcp\""), "{refused:?}");
    let writer = bearer(&http, &issuer.token("ada", RESOURCE, "orders:write"));
    assert_eq!(
        writer.call("write_order", json!({ "id": 1 })).await.status,
        200
    );
}

#[tokio::test]
async fn a_rule_of_the_program_hides_components() {
    let tokens = StaticTokens::new()
        .token("ada-token", Principal::new("ada"))
        .token("ops-token", Principal::new("ops"));
    let server = FastMcp::new("orders")
        .auth(Auth::new(RESOURCE, "https://login.example.com", tokens))
        .docket(Docket::memory("orders"))
        .visible(|caller, component| {
            let is_ops = caller.principal().is_some_and(|it| it.subject() == "ops");
            assert!(component.name() != "read_orders", "a rule that panics");
            !component.tags().contains(&"internal") || is_ops
        });
    let http = Http::new(&serve(server).await);
    let (ada, ops) = (bearer(&http, "ada-token"), bearer(&http, "ops-token"));
    assert_eq!(names(&ada, "tools/list", "tools", "name").await, ["whoami"]);
    assert_eq!(
        names(&ops, "tools/list", "tools", "name").await,
        ["reindex", "whoami"]
    );
    let refused = ada.call("reindex", json!({})).await;
    assert!(
        refused.text.contains("unknown tool `reindex`"),
        "{refused:?}"
    );
    assert_eq!(ops.call("reindex", json!({})).await.status, 200);
    let wrong = bearer(&http, "ada-tokem").call("whoami", json!({})).await;
    assert_eq!(wrong.status, 401);
}

#[tokio::test]
async fn keys_rotate_and_invented_keys_cause_few_requests() {
    let (issuer, http) = secured().await;
    let first = issuer.token("ada", RESOURCE, "");
    assert_eq!(
        bearer(&http, &first).call("whoami", json!({})).await.status,
        200
    );
    let two = SigningKey::new("two");
    issuer.set_keys(vec![issuer.key(), two]);
    let second = issuer.token("ada", RESOURCE, "");
    let calls = (0..20)
        .map(|_| bearer(&http, &second))
        .map(|caller| async move { caller.call("whoami", json!({})).await.status.as_u16() });
    let statuses = futures_util::future::join_all(calls).await;
    assert!(statuses.iter().all(|status| *status == 200), "{statuses:?}");
    assert_eq!(issuer.key_requests(), 2);
    for number in 0..20 {
        let invented = SigningKey::new(&format!("invented-{number}"));
        let token = invented.sign(&issuer.claims("eve", RESOURCE, ""));
        assert_eq!(
            bearer(&http, &token).call("whoami", json!({})).await.status,
            401
        );
    }
    assert_eq!(issuer.key_requests(), 2);
    // The old key stays in use until the issuer withdraws it.
    assert_eq!(
        bearer(&http, &first).call("whoami", json!({})).await.status,
        200
    );
}

#[tokio::test]
async fn an_issuer_that_is_down_costs_nobody_its_token() {
    let issuer = Issuer::start().await;
    for behaviour in [
        Keys::Status(500),
        Keys::Status(302),
        Keys::Body("no json".to_owned()),
        Keys::Body(json!({ "keys": [] }).to_string()),
        Keys::Body(format!("{{\"keys\":[{}]}}", "1,".repeat(600_000))),
    ] {
        issuer.set_behaviour(behaviour.clone());
        let http = orders(Auth::jwt(RESOURCE, issuer.url())).await;
        let token = issuer.token("ada", RESOURCE, "");
        let refused = bearer(&http, &token).call("whoami", json!({})).await;
        assert_eq!(refused.status, 503, "{behaviour:?}: {refused:?}");
        assert_eq!(refused.headers["retry-after"], "5");
        assert_eq!(challenge(&refused), "");
        // A request without a token needs no keys.
        assert_eq!(answer(http.get()).await.status, 401);
    }
    issuer.set_behaviour(Keys::Good);
    let http = orders(Auth::jwt(RESOURCE, issuer.url())).await;
    let caller = bearer(&http, &issuer.token("ada", RESOURCE, ""));
    assert_eq!(caller.call("whoami", json!({})).await.status, 200);
    issuer.set_behaviour(Keys::Status(500));
    assert_eq!(caller.call("whoami", json!({})).await.status, 200);
}

#[tokio::test]
async fn a_silent_issuer_is_given_up() {
    let issuer = Issuer::start().await;
    issuer.set_behaviour(Keys::Silent);
    let http = orders(Auth::jwt(RESOURCE, issuer.url())).await;
    let caller = bearer(&http, &issuer.token("ada", RESOURCE, ""));
    let calls = (0..5).map(|_| caller.call("whoami", json!({})));
    for refused in futures_util::future::join_all(calls).await {
        assert_eq!(refused.status, 503, "{refused:?}");
    }
    assert_eq!(issuer.key_requests(), 1);
}

/// Accepts the tokens of two issuers.
struct Either([JwtVerifier; 2]);
impl fastmcp::auth::TokenVerifier for Either {
    async fn verify(&self, token: &str) -> Result<Principal, fastmcp::auth::TokenError> {
        match self.0[0].verify(token).await {
            Ok(principal) => Ok(principal),
            Err(_) => self.0[1].verify(token).await,
        }
    }
}

#[tokio::test]
async fn sessions_and_tasks_belong_to_the_issuers_subject() {
    let issuers = [Issuer::start().await, Issuer::start().await];
    let verifiers = [&issuers[0], &issuers[1]].map(|it| JwtVerifier::new(it.url(), RESOURCE));
    let auth = Auth::new(RESOURCE, issuers[0].url(), Either(verifiers))
        .authorization_server(issuers[1].url());
    let http = orders(auth).await;
    let scope = "orders:write";
    let [ada, impostor] =
        [&issuers[0], &issuers[1]].map(|it| bearer(&http, &it.token("ada", RESOURCE, scope)));
    let tasks = json!({ "io.modelcontextprotocol/clientCapabilities": { "extensions": { "io.modelcontextprotocol/tasks": {} } } });
    let created = answer(ada.modern(
        "tools/call",
        json!({ "name": "ship", "arguments": { "id": 7 }, "_meta": tasks }),
    ))
    .await;
    let id = created.message()["result"]["taskId"]
        .as_str()
        .unwrap_or_else(|| panic!("{created:?}"))
        .to_owned();
    let get = |http: &Http| http.modern("tasks/get", json!({ "taskId": id, "_meta": tasks }));
    assert_eq!(answer(get(&ada)).await.status, 200);
    let refused = answer(get(&impostor)).await;
    assert!(refused.text.contains("task not found"), "{refused:?}");
    // The same caller without the scope.
    let withdrawn = bearer(&http, &issuers[0].token("ada", RESOURCE, "orders:read"));
    let refused = answer(get(&withdrawn)).await;
    assert!(refused.text.contains("task not found"), "{refused:?}");

    let session = ada.session().await;
    let mut other = impostor.clone();
    other
        .headers
        .insert("mcp-session-id", session.headers["mcp-session-id"].clone());
    other.headers.insert(
        "mcp-protocol-version",
        session.headers["mcp-protocol-version"].clone(),
    );
    let refused = answer(other.post(message(2, "tools/list", json!({})))).await;
    assert_eq!(refused.status, 404, "{refused:?}");
}

#[tokio::test]
async fn opaque_tokens_are_introspected() {
    let issuer = Issuer::start().await;
    let endpoint = format!("{}/introspect", issuer.url());
    let verifier = IntrospectionVerifier::new(&endpoint, issuer.url(), RESOURCE)
        .client("orders server", "s:cret");
    let http = orders(Auth::new(RESOURCE, issuer.url(), verifier)).await;
    let caller = bearer(&http, "opaque");
    issuer.set_introspection(json!({ "active": false }));
    assert_eq!(caller.call("whoami", json!({})).await.status, 401);
    issuer.set_introspection(json!({
        "active": true, "iss": issuer.url(), "aud": [RESOURCE], "sub": "ada", "client_id": "cli", "scope": "orders:read",
    }));
    let called = caller.call("whoami", json!({})).await;
    assert!(called.text.contains("via cli: orders:read"), "{called:?}");
    issuer.set_introspection(json!(["active"]));
    assert_eq!(caller.call("whoami", json!({})).await.status, 503);
    let requests = issuer.introspection_requests();
    assert_eq!(requests.len(), 3);
    // "orders server" and "s:cret", form-encoded before base64 (RFC 6749, section 2.3.1).
    assert_eq!(
        requests[0],
        "Basic b3JkZXJzK3NlcnZlcjpzJTNBY3JldA== token=opaque&token_type_hint=access_token"
    );
}

#[tokio::test]
async fn invalid_options_prevent_the_start() {
    for (auth, expected) in [
        (
            Auth::jwt("http://mcp.example.com/mcp", "https://login.example.com"),
            "`resource` is",
        ),
        (Auth::jwt(RESOURCE, "login"), "`issuer` is `login`"),
        (
            Auth::new(
                RESOURCE,
                "https://l.example",
                JwtVerifier::new("https://l.example", RESOURCE).jwks_url("keys"),
            ),
            "`jwks_url` is `keys`",
        ),
        (
            Auth::new(
                RESOURCE,
                "https://l.example",
                JwtVerifier::new("https://l.example", ""),
            ),
            "`audience` is ``",
        ),
    ] {
        let server = FastMcp::new("orders")
            .auth(auth)
            .docket(Docket::memory("orders"));
        let error = server.start().await.expect_err("an error");
        assert!(matches!(error, StartError::InvalidAuth(_)), "{error:?}");
        assert!(error.to_string().contains(expected), "{error}");
    }
}

#[tokio::test]
async fn a_router_of_the_program_serves_the_metadata() {
    let issuer = Issuer::start().await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let server = FastMcp::new("orders")
        .auth(Auth::jwt(RESOURCE, issuer.url()))
        .http(HttpOptions::new().path("/team/mcp"))
        .docket(Docket::memory("orders"))
        .start()
        .await
        .unwrap();
    let app = server
        .http_router()
        .route("/health", axum::routing::get(async || "ok"));
    tokio::spawn(async move { axum::serve(listener, app).await });
    let get = async |path: &str| {
        reqwest::get(format!("http://{address}{path}"))
            .await
            .unwrap()
            .status()
    };
    assert_eq!(get("/.well-known/oauth-protected-resource/mcp").await, 200);
    assert_eq!(get("/.well-known/oauth-protected-resource").await, 200);
    assert_eq!(get("/health").await, 200);
    assert_eq!(get("/team/mcp").await, 401);
    let http = Http::new(&format!("http://{address}/team/mcp"));
    let token = issuer.token("ada", RESOURCE, "");
    assert_eq!(
        bearer(&http, &token).call("whoami", json!({})).await.status,
        200
    );
    let _ = tokio::time::timeout(Duration::from_secs(5), server.shutdown()).await;
}
