//! Limits of connections, of request bodies, of sessions and of subscriptions.

use std::sync::Arc;
use std::time::Duration;

use axum::middleware;
use fastmcp::prelude::*;
use fastmcp::{HttpOptions, Server};
use fastmcp_tests::http::{Events, Http, answer, authenticate, message};
use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;

/// Ends a test that would wait forever. No test depends on its length.
const GUARD: Duration = Duration::from_mins(1);

#[tool]
async fn wait(gate: State<Arc<Semaphore>>) -> &'static str {
    gate.acquire().await.unwrap().forget();
    "through"
}

struct Stage {
    address: String,
    http: Http,
    gate: Arc<Semaphore>,
}

async fn serve(options: HttpOptions) -> Stage {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let gate = Arc::new(Semaphore::new(0));
    let server = FastMcp::new("limits")
        .state(Arc::clone(&gate))
        .http(options);
    let server: Server = server.start().await.unwrap();
    tokio::spawn(async move { server.serve_http(listener).await });
    Stage {
        http: Http::new(&format!("http://{address}/mcp")),
        address,
        gate,
    }
}

/// Sends bytes and returns what arrives until the server closes the connection.
async fn until_closed(address: &str, bytes: &[u8]) -> String {
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(bytes).await.unwrap();
    let mut response = Vec::new();
    let read = stream.read_to_end(&mut response);
    let read = tokio::time::timeout(GUARD, read).await;
    // A reset also closes the connection.
    let _ = read.expect("the server closes the connection");
    String::from_utf8_lossy(&response).into_owned()
}

const HEAD: &str = "POST /mcp HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n\
                    Accept: */*\r\n";

#[tokio::test]
async fn slow_clients_are_disconnected() {
    let short = Duration::from_millis(100);
    let long = Duration::from_mins(10);
    let quick = |options: HttpOptions| options.header_timeout(long).body_timeout(long);
    // Each limit alone.
    let header = serve(HttpOptions::new().header_timeout(short).idle_timeout(long)).await;
    assert_eq!(until_closed(&header.address, b"").await, "");
    assert_eq!(until_closed(&header.address, HEAD.as_bytes()).await, "");

    let idle = serve(quick(HttpOptions::new()).idle_timeout(short)).await;
    let get = "GET /other HTTP/1.1\r\nHost: localhost\r\n\r\n";
    let response = until_closed(&idle.address, get.as_bytes()).await;
    assert!(response.starts_with("HTTP/1.1 404"), "{response}");

    let body = serve(HttpOptions::new().body_timeout(short).idle_timeout(long)).await;
    let half = format!("{HEAD}Content-Length: 100\r\n\r\n{{");
    let response = until_closed(&body.address, half.as_bytes()).await;
    assert!(response.starts_with("HTTP/1.1 408"), "{response}");
    assert!(response.contains("did not arrive in time"), "{response}");
}

#[tokio::test]
async fn a_running_call_is_not_slow() {
    let short = Duration::from_millis(50);
    let options = HttpOptions::new()
        .header_timeout(short)
        .body_timeout(short)
        .idle_timeout(short)
        .write_timeout(short);
    let stage = serve(options).await;
    let http = stage.http.clone();
    let call = tokio::spawn(async move { http.call("wait", json!({})).await });
    tokio::time::sleep(short * 10).await;
    stage.gate.add_permits(1);
    assert_eq!(call.await.unwrap().tool_text(), "through");
}

#[tokio::test]
async fn a_client_that_does_not_read_is_disconnected() {
    let options = HttpOptions::new().write_timeout(Duration::from_millis(200));
    let stage = serve(options).await;
    let mut stream = TcpStream::connect(&stage.address).await.unwrap();
    // Many requests on one connection, each with a response, until the buffers are full.
    let request = format!(
        "GET /{} HTTP/1.1\r\nHost: localhost\r\n\r\n",
        "x".repeat(4000)
    );
    let requests = request.repeat(100);
    let blocked = async { while stream.write_all(requests.as_bytes()).await.is_ok() {} };
    tokio::time::timeout(GUARD, blocked)
        .await
        .expect("the server closes the connection");
}

#[tokio::test]
async fn idle_connections_give_way_to_new_ones() {
    let stage = serve(HttpOptions::new().max_connections(2)).await;
    let silent = [
        TcpStream::connect(&stage.address).await.unwrap(),
        TcpStream::connect(&stage.address).await.unwrap(),
    ];
    let ping = stage.http.modern("tools/list", json!({}));
    let answered = tokio::time::timeout(GUARD, answer(ping)).await;
    assert_eq!(answered.expect("a connection closes").status, 200);
    drop(silent);
}

#[tokio::test]
async fn busy_connections_do_not() {
    let stage = serve(HttpOptions::new().max_connections(1)).await;
    let http = stage.http.clone();
    let call = tokio::spawn(async move { http.call("wait", json!({})).await });
    let other = Http::new(&format!("http://{}/mcp", stage.address));
    let other = tokio::spawn(async move { answer(other.modern("tools/list", json!({}))).await });
    // Longer than a connection has to be idle before it gives way.
    tokio::time::sleep(Duration::from_millis(1500)).await;
    assert!(!call.is_finished() && !other.is_finished());
    stage.gate.add_permits(1);
    assert_eq!(call.await.unwrap().tool_text(), "through");
    assert_eq!(other.await.unwrap().status, 200);
}

/// Serves an application whose callers have names.
async fn serve_users(options: HttpOptions) -> (Server, Http) {
    let server = FastMcp::new("limits").state(Arc::new(Semaphore::new(0)));
    let server = server.http(options).start().await.unwrap();
    let app = axum::Router::new()
        .nest_service("/mcp", server.http_service())
        .layer(middleware::from_fn(authenticate));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, app).await });
    (server, Http::new(&format!("http://{address}/mcp")))
}

#[tokio::test]
async fn a_principal_can_fill_only_its_own_share_of_sessions() {
    let options = HttpOptions::new()
        .max_sessions(5)
        .max_sessions_per_principal(2);
    let (server, http) = serve_users(options).await;
    let (ada, bob) = (
        http.clone().with("x-user", "ada"),
        http.clone().with("x-user", "bob"),
    );
    let status = async |session: &Http| {
        let ping = session.post(message(1, "ping", json!({})));
        answer(ping).await.status.as_u16()
    };
    let of_bob = bob.session().await;
    let mut of_ada = Vec::new();
    for _ in 0..20 {
        of_ada.push(ada.session().await);
    }
    assert_eq!(server.http_service().sessions(), 3);
    assert_eq!(status(&of_ada[0]).await, 404);
    assert_eq!(status(&of_ada[18]).await, 200);
    assert_eq!(status(&of_ada[19]).await, 200);
    assert_eq!(status(&of_bob).await, 200);
    // Anonymous callers share the rest.
    for _ in 0..20 {
        http.session().await;
    }
    assert_eq!(server.http_service().sessions(), 5);
    assert_eq!(status(&of_bob).await, 200);
    bob.session().await;
    assert_eq!(server.http_service().sessions(), 5);
}

#[tokio::test]
async fn subscriptions_are_limited() {
    let options = HttpOptions::new()
        .max_subscriptions(3)
        .max_subscriptions_per_principal(1);
    let (_server, http) = serve_users(options).await;
    let listen = |http: &Http| {
        let filter = json!({ "notifications": { "toolsListChanged": true } });
        http.modern("subscriptions/listen", filter)
    };
    let (ada, bob) = (
        http.clone().with("x-user", "ada"),
        http.clone().with("x-user", "bob"),
    );
    let of_ada = Events::of(listen(&ada)).await;
    let refused = answer(listen(&ada)).await;
    assert_eq!(refused.status, 503, "{refused:?}");
    assert_eq!(refused.headers["retry-after"], "1");
    let others = [
        Events::of(listen(&bob)).await,
        Events::of(listen(&http)).await,
    ];
    assert_eq!(answer(listen(&http)).await.status, 503);
    drop(of_ada);
    let again = tokio::time::timeout(GUARD, async {
        while listen(&http).send().await.unwrap().status() != 200 {
            tokio::task::yield_now().await;
        }
    });
    again.await.expect("a closed stream does not count");
    drop(others);
}

/// Sends a request whose body never ends, and returns the connection.
async fn half_sent(address: &str, bytes: usize) -> TcpStream {
    let mut stream = TcpStream::connect(address).await.unwrap();
    let head = format!("{HEAD}Content-Length: {}\r\n\r\n", bytes + 10);
    stream.write_all(head.as_bytes()).await.unwrap();
    stream.write_all(&vec![b' '; bytes]).await.unwrap();
    stream
}

/// Reads until the end of the head of the response.
async fn response_head(stream: &mut TcpStream) -> String {
    let mut response = Vec::new();
    let read = async {
        while !response.windows(4).any(|end| end == b"\r\n\r\n") {
            response.push(stream.read_u8().await.unwrap());
        }
    };
    tokio::time::timeout(GUARD, read).await.expect("a response");
    String::from_utf8_lossy(&response).into_owned()
}

#[tokio::test]
async fn half_sent_bodies_have_a_budget_and_the_slowest_give_way() {
    const MIB: usize = 1 << 20;
    let options = HttpOptions::new()
        .max_body_bytes(MIB)
        .max_body_memory(4 * MIB)
        .body_timeout(GUARD * 10);
    let stage = serve(options).await;
    let (slow, call) = (0..6, |bytes| {
        let text = "x".repeat(bytes);
        let list = json!({ "_meta": { "x": text } });
        let answered = answer(stage.http.modern("tools/list", list));
        tokio::time::timeout(GUARD, answered)
    });
    let slow = slow.map(|_| half_sent(&stage.address, MIB - 10));
    let mut slow = futures_util::future::join_all(slow).await;
    // Three fit, and leave memory for smaller bodies.
    for _ in 0..3 {
        assert_eq!(call(100_000).await.expect("an answer").status, 200);
    }
    // Three others wait until the first give way.
    let responses = slow.iter_mut().map(response_head);
    let mut responses: FuturesUnordered<_> = responses.collect();
    for _ in 0..3 {
        let head = responses.next().await.unwrap();
        assert!(head.starts_with("HTTP/1.1 503"), "{head}");
        assert!(head.contains("retry-after: 1"), "{head}");
    }
    drop(responses);
    for _ in 0..2 {
        assert_eq!(call(900_000).await.expect("an answer").status, 200);
    }
    drop(slow);
}

#[tokio::test]
async fn bodies_of_unknown_length_are_accepted() {
    const MIB: usize = 1 << 20;
    let options = HttpOptions::new().max_body_bytes(MIB).max_body_memory(MIB);
    let stage = serve(options).await;
    for bytes in [10, 100_000, 900_000] {
        let list = json!({ "_meta": { "x": "x".repeat(bytes) } });
        let request = stage.http.modern("tools/list", list);
        let body = request.try_clone().unwrap().build().unwrap();
        let body = body.body().unwrap().as_bytes().unwrap().to_vec();
        let parts: Vec<_> = body.chunks(50_000).map(<[u8]>::to_vec).collect();
        let parts = futures_util::stream::iter(parts.into_iter().map(Ok::<_, std::io::Error>));
        let request = request.body(reqwest::Body::wrap_stream(parts));
        assert_eq!(answer(request).await.status, 200, "{bytes}");
    }
}
