//! Tasks over HTTP: owners (T34), the stored parts of a request, the headers of `tasks/*` (T28).

use axum::Router;
use axum::extract::Request;
use axum::middleware::{self, Next};
use axum::response::Response;
use fastmcp::dependencies::{Extension, Headers};
use fastmcp::prelude::*;
use fastmcp::{HttpOptions, Principal, Server};
use fastmcp_tests::http::{Http, answer};
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::stage::{NOT_FOUND, able, builder};

/// A value that a layer inserts and that cannot be serialized.
#[derive(Clone)]
struct Secret;

/// Returns the caller.
#[tool(task)]
async fn caller(
    principal: Option<Principal>,
    headers: Option<Headers>,
    secret: Option<Extension<Secret>>,
) -> String {
    let header = |name: &str| {
        let value = headers.as_ref().and_then(|headers| headers.get(name));
        value.unwrap_or("nothing").to_owned()
    };
    let tenant = principal
        .as_ref()
        .and_then(|it| it.claim::<String>("tenant"));
    format!(
        "{} of {}, {}, {}, {}, {}",
        principal.as_ref().map_or("nobody", Principal::subject),
        tenant.as_deref().unwrap_or("none"),
        header("x-language"),
        header("authorization"),
        header("cookie"),
        secret.is_some(),
    )
}

/// Sets the principal to the name in `Authorization`.
async fn authenticate(mut request: Request, next: Next) -> Response {
    let name = request.headers().get("authorization");
    let name = name
        .and_then(|name| name.to_str().ok())
        .map(ToOwned::to_owned);
    if let Some(name) = name {
        let claims = json!({ "tenant": format!("the house of {name}") });
        let claims = claims.as_object().cloned().unwrap_or_default();
        let principal = Principal::new(name).with_claims(claims);
        request.extensions_mut().insert(principal);
        request.extensions_mut().insert(Secret);
    }
    next.run(request).await
}

async fn serve(options: HttpOptions) -> (Server, Http) {
    let server = builder()
        .docket(Docket::memory("tasks"))
        .task_headers(["X-Language"])
        .http(options);
    let server = server.start().await.unwrap();
    let app = Router::new()
        .nest_service("/mcp", server.http_service())
        .layer(middleware::from_fn(authenticate));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, app).await });
    (server, Http::new(&format!("http://{address}/mcp")))
}

fn declared(mut params: Value) -> Value {
    params["_meta"] = json!({ "io.modelcontextprotocol/clientCapabilities": able() });
    params
}

async fn ask(http: &Http, method: &str, params: Value) -> Value {
    answer(http.modern(method, declared(params)))
        .await
        .message()
}

async fn start(http: &Http, tool: &str) -> String {
    let params = json!({ "name": tool, "arguments": {} });
    let handle = ask(http, "tools/call", params).await;
    handle["result"]["taskId"]
        .as_str()
        .expect("a task")
        .to_owned()
}

async fn completed(http: &Http, id: &str) -> Value {
    loop {
        let task = ask(http, "tasks/get", json!({ "taskId": id })).await["result"].take();
        if task["status"] != "working" {
            return task;
        }
        tokio::task::yield_now().await;
    }
}

/// T34 and T29: a task belongs to the caller that created it. Other callers get "not found".
#[tokio::test]
async fn a_task_belongs_to_its_caller() {
    let (_server, anonymous) = serve(HttpOptions::new()).await;
    let ada = anonymous.clone().with("authorization", "ada");
    let bob = anonymous.clone().with("authorization", "bob");
    for (owner, others) in [(&ada, [&bob, &anonymous]), (&anonymous, [&ada, &bob])] {
        let id = start(owner, "endless").await;
        let none = ask(owner, "tasks/get", json!({ "taskId": "0".repeat(64) })).await;
        for other in others {
            for (method, params) in [
                ("tasks/get", json!({ "taskId": id })),
                (
                    "tasks/update",
                    json!({ "taskId": id, "inputResponses": {} }),
                ),
                ("tasks/cancel", json!({ "taskId": id })),
            ] {
                let refused = ask(other, method, params).await;
                assert_eq!(refused["error"]["code"], NOT_FOUND, "{method}: {refused}");
                assert_eq!(refused["error"], none["error"], "{method}");
            }
        }
        let task = ask(owner, "tasks/get", json!({ "taskId": id })).await;
        assert_eq!(task["result"]["status"], "working", "nobody has ended it");
        ask(owner, "tasks/cancel", json!({ "taskId": id })).await;
        assert_eq!(completed(owner, &id).await["status"], "cancelled");
    }
}

/// The name of a principal never equals the owner of anonymous tasks.
#[tokio::test]
async fn no_user_name_equals_the_anonymous_owner() {
    let (_server, anonymous) = serve(HttpOptions::new()).await;
    let id = start(&anonymous, "endless").await;
    for name in ["null", "anonymous", "None", "\"\""] {
        let named = anonymous.clone().with("authorization", name);
        let refused = ask(&named, "tasks/get", json!({ "taskId": id })).await;
        assert_eq!(refused["error"]["code"], NOT_FOUND, "{name}: {refused}");
    }
}

/// The body sees the caller and the allowed headers. No other header is stored.
#[tokio::test]
async fn the_body_sees_the_request_without_its_secrets() {
    let (server, http) = serve(HttpOptions::new()).await;
    let ada = http
        .with("authorization", "ada")
        .with("cookie", "session=token")
        .with("x-auth-token", "secret-1")
        .with("api-key", "secret-2")
        .with("x-forwarded-access-token", "secret-3")
        .with("cf-access-jwt-assertion", "secret-4")
        .with("x-session", "secret-5")
        .with("x-language", "latin");
    let params = json!({ "name": "caller", "arguments": {} });
    let direct = answer(ada.modern("tools/call", params)).await.tool_text();
    assert_eq!(
        direct,
        "ada of the house of ada, latin, ada, session=token, true"
    );
    let id = start(&ada, "caller").await;
    let task = completed(&ada, &id).await;
    let said = &task["result"]["content"][0]["text"];
    assert_eq!(
        said,
        "ada of the house of ada, latin, nothing, nothing, false"
    );

    // The docket does not contain the secret either.
    server.docket().unwrap().pause().await.unwrap();
    start(&ada, "caller").await;
    server.worker().unwrap().shutdown();
    server.docket().unwrap().resume().await.unwrap();
    let lease_duration = std::time::Duration::from_mins(1);
    let claim = fastmcp::docket::backend::Claim::new("reads".into(), 1, lease_duration, 3);
    let claimed = server
        .docket()
        .unwrap()
        .backend()
        .claim(claim)
        .await
        .unwrap();
    let body = String::from_utf8_lossy(&claimed[0].envelope);
    assert!(
        body.contains("latin") && !body.contains("session=token"),
        "{body}"
    );
    assert!(
        !body.contains("secret-") && !body.contains("user-agent"),
        "{body}"
    );
}

#[tokio::test]
async fn an_invalid_name_of_a_stored_header_is_an_error_at_the_start() {
    let server = builder().task_headers(["x-tenant", "x tenant"]);
    let error = server.start().await.unwrap_err();
    assert!(error.to_string().contains("`x tenant`"), "{error}");
}

/// T28: the header `Mcp-Name` is the task's ID. It may be missing unless the server requires it.
#[tokio::test]
async fn the_name_header_of_a_task_is_its_id() {
    for (options, missing) in [
        (HttpOptions::new(), 200),
        (HttpOptions::new().require_task_name(true), 400),
    ] {
        let (_server, http) = serve(options).await;
        let id = start(&http, "endless").await;
        for (method, params) in [
            ("tasks/get", json!({ "taskId": id })),
            (
                "tasks/update",
                json!({ "taskId": id, "inputResponses": {} }),
            ),
            ("tasks/cancel", json!({ "taskId": id })),
        ] {
            let params = declared(params);
            let right = answer(http.modern(method, params.clone())).await;
            assert_eq!(right.status, 200, "{method}");
            let without = answer(http.modern_without_name(method, params.clone())).await;
            assert_eq!(without.status, missing, "{method}");
            if missing == 400 {
                assert_eq!(without.code(), -32020);
            }
            let other = http
                .modern_without_name(method, params)
                .header("Mcp-Name", "other");
            let other = answer(other).await;
            assert_eq!(
                (other.status.as_u16(), other.code()),
                (400, -32020),
                "{method}"
            );
        }
    }
}

/// T3: the error for a client that does not declare the extension has its own HTTP status.
#[tokio::test]
async fn a_missing_extension_has_its_http_status() {
    let (_server, http) = serve(HttpOptions::new()).await;
    let refused = http.call("report", json!({ "year": 1 })).await;
    assert_eq!((refused.status.as_u16(), refused.code()), (400, -32021));
}
