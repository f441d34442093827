//! Fuzzes HTTP with hostile messages, headers, sessions and connections.

use std::io::{BufRead, BufReader};
use std::time::{Duration, Instant};

use fastmcp_tests::hostile::Hostile;
use fastmcp_tests::http::{Http, LEGACY, MODERN, answer};
use reqwest::{RequestBuilder, Response};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio::time::timeout;

use crate::plan;
use crate::process::Target;

/// The time limit of a response. A server that exceeds it counts as hanging.
const PATIENCE: Duration = Duration::from_mins(1);

/// The number of concurrent attacks.
const AT_ONCE: usize = 16;

struct Attack {
    address: String,
    http: Http,
    sessions: Vec<Http>,
    hostile: Hostile,
    running: JoinSet<()>,
}

const HEADERS: [&str; 9] = [
    "mcp-session-id",
    "mcp-protocol-version",
    "mcp-method",
    "mcp-name",
    "mcp-param-text",
    "last-event-id",
    "accept",
    "content-type",
    "origin",
];

const HEADER_VALUES: [&str; 16] = [
    "",
    " ",
    "0",
    "0/0",
    "99999999999999999999/1",
    "-1",
    MODERN,
    LEGACY,
    "2099-01-01",
    "tools/call",
    "tasks/get",
    "echo",
    "=?base64?!!!?=",
    "=?base64?ZWNobw==?=",
    "text/event-stream",
    "application/json;q=0, */*",
];

/// Bytes that are not a complete request.
const CONNECTIONS: [&str; 12] = [
    "",
    "\r\n\r\n",
    "GET",
    "\u{16}\u{3}\u{1}\u{2}\u{0}\u{1}",
    "POST /mcp HTTP/1.1\r\n\r\n",
    "POST /mcp HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n{",
    "POST /mcp HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n{}",
    "POST /mcp HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n{}",
    "POST /mcp HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n",
    "POST /mcp HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab",
    "POST /mcp HTTP/9.9\r\nHost: localhost\r\n\r\n",
    "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
];

/// Reads a response to its end.
async fn read(request: RequestBuilder, what: &str) {
    answer_to(request, what).await;
}

/// Reads a response to its end; returns `None` if the client could not send the request.
async fn answer_to(request: RequestBuilder, what: &str) -> Option<(u16, String)> {
    let response = timeout(PATIENCE, request.send()).await;
    let response = response.unwrap_or_else(|_| panic!("no answer to {what}"));
    // The client cannot send a request that HTTP cannot represent, so there is no response.
    let response = response.ok()?;
    check(&response, what);
    let status = response.status().as_u16();
    let body = timeout(PATIENCE, response.text()).await;
    let body = body.unwrap_or_else(|_| panic!("the answer has no end: {what}"));
    Some((status, body.unwrap_or_default()))
}

fn check(response: &Response, what: &str) {
    let status = response.status();
    assert!(!status.is_server_error(), "{status} to {what}");
}

impl Attack {
    fn on(address: &str, seed: u64) -> Self {
        Self {
            address: address.to_owned(),
            http: Http::new(&format!("http://{address}/mcp")),
            sessions: Vec::new(),
            hostile: Hostile::new(seed),
            running: JoinSet::new(),
        }
    }

    /// Returns a client with or without a session.
    fn client(&mut self) -> Http {
        match self.hostile.random().usize(..6) {
            at if at < self.sessions.len() => self.sessions[at].clone(),
            _ => self.http.clone(),
        }
    }

    /// Starts an attack concurrently with the others.
    async fn run(&mut self, attack: impl Future<Output = ()> + Send + 'static) {
        while self.running.len() >= AT_ONCE {
            self.join().await;
        }
        self.running.spawn(attack);
    }

    async fn join(&mut self) {
        if let Some(Err(error)) = self.running.join_next().await {
            std::panic::resume_unwind(error.into_panic());
        }
    }

    async fn message(&mut self) {
        let (client, message) = (self.client(), self.hostile.message());
        // A session may end during the request.
        let is_stateless = !client.headers.contains_key("mcp-session-id");
        let due = message.due.filter(|_| is_stateless);
        let shown = String::from_utf8_lossy(&message.bytes).into_owned();
        let mut request = client.post(message.bytes);
        let body: Value = serde_json::from_str(&shown).unwrap_or_default();
        if self.hostile.random().bool() {
            request = request.header("mcp-protocol-version", MODERN);
        }
        for (header, value) in [
            ("mcp-method", &body["method"]),
            ("mcp-name", &body["params"]["name"]),
        ] {
            if let Some(value) = value.as_str().filter(|_| self.hostile.random().bool()) {
                request = request.header(header, value.as_bytes());
            }
        }
        self.run(async move {
            let answer = answer_to(request, &shown).await;
            if let (Some(id), Some((200, body))) = (due, answer) {
                let is_answered = body.contains(&format!("\"id\":{id}"));
                assert!(is_answered, "{shown} was answered with {body}");
            }
        })
        .await;
    }

    /// Sends a valid request with wrong headers.
    async fn headers(&mut self) {
        let client = self.client();
        let mut request = client.modern(
            "tools/call",
            json!({ "name": "echo", "arguments": { "text": "x" } }),
        );
        for _ in 0..self.hostile.random().u8(1..5) {
            let name = self.hostile.one_of(&HEADERS);
            let value = self.hostile.one_of(&HEADER_VALUES);
            request = request.header(name, value);
        }
        self.run(async move { read(request, "wrong headers").await })
            .await;
    }

    /// Sends calls that share an id, are cancelled, or are abandoned.
    async fn calls(&mut self) {
        let Some(session) = self.sessions.first().cloned() else {
            return;
        };
        let id = self.hostile.random().u32(..50);
        let kind = self.hostile.random().u8(..4);
        self.run(async move {
            let call = || session.legacy_call(id, "dawdle", json!({}));
            let cancel = json!({
                "jsonrpc": "2.0", "method": "notifications/cancelled", "params": { "requestId": id },
            });
            let cancel = read(session.post(cancel.to_string()), "a cancellation");
            match kind {
                0 => drop(tokio::join!(read(call(), "a cancelled call"), cancel)),
                1 => drop(tokio::join!(read(call(), "a call"), read(call(), "its id again"))),
                2 => {
                    let _ = timeout(Duration::from_millis(5), call().send()).await;
                }
                _ => {
                    let (first, ()) = tokio::join!(call().send(), cancel);
                    drop(first);
                }
            }
        })
        .await;
    }

    /// Opens streams, resumes them at arbitrary events, and abandons them.
    async fn stream(&mut self) {
        let client = self.client();
        let mut request = client.get();
        if self.hostile.random().bool() {
            request = request.header("last-event-id", self.hostile.one_of(&HEADER_VALUES));
        }
        self.run(async move {
            let response = timeout(PATIENCE, request.send()).await.expect("an answer");
            if let Ok(mut response) = response {
                check(&response, "a stream");
                let _ = timeout(Duration::from_millis(5), response.chunk()).await;
            }
        })
        .await;
    }

    /// Opens a connection and sends something other than HTTP.
    async fn connection(&mut self) {
        let said = match self.hostile.random().u8(..3) {
            0 => self.hostile.message().bytes,
            _ => self.hostile.one_of(&CONNECTIONS).as_bytes().to_vec(),
        };
        let address = self.address.clone();
        let waits = self.hostile.random().bool();
        self.run(async move {
            let mut stream = TcpStream::connect(address).await.expect("it listens");
            let _ = stream.write_all(&said).await;
            if waits {
                let _ = stream.shutdown().await;
                let ended = timeout(PATIENCE, stream.read_to_end(&mut Vec::new())).await;
                let _ = ended.unwrap_or_else(|_| panic!("left open: {}", said.escape_ascii()));
            }
        })
        .await;
    }

    async fn session(&mut self) {
        if self.sessions.len() == 4 || self.hostile.random().u8(..4) == 0 {
            if !self.sessions.is_empty() {
                let at = self.hostile.random().usize(..self.sessions.len());
                let session = self.sessions.remove(at);
                if self.hostile.random().bool() {
                    self.run(async move { read(session.delete(), "a session's end").await })
                        .await;
                }
            }
            return;
        }
        let session = self.http.session().await;
        self.sessions.push(session);
    }

    /// Returns the number of open sessions, which shows that the server still responds.
    async fn sessions_open(&self) -> u64 {
        let answer = timeout(PATIENCE, self.http.call("sessions", json!({}))).await;
        let answer = answer.expect("it still answers");
        let open = &answer.message()["result"]["structuredContent"]["result"];
        open.as_u64().unwrap_or_else(|| panic!("{answer:?}"))
    }

    async fn step(&mut self) {
        match self.hostile.random().u8(..20) {
            0..=7 => self.message().await,
            8..=10 => self.headers().await,
            11..=12 => self.calls().await,
            13..=14 => self.stream().await,
            15..=17 => self.connection().await,
            18 => self.session().await,
            _ => drop(self.sessions_open().await),
        }
    }
}

/// Waits until the condition holds.
async fn until(what: &str, mut is_so: impl AsyncFnMut() -> bool) {
    let start = Instant::now();
    while !is_so().await {
        assert!(start.elapsed() < PATIENCE, "never: {what}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn http_survives_hostile_requests() {
    let (seeds, steps) = plan(600);
    for seed in seeds {
        println!("WIRE_FUZZ_SEED={seed}");
        let mut target = Target::start(&["http"]);
        let stdout = target.child.stdout.take().expect("it is piped");
        let mut address = String::new();
        BufReader::new(stdout)
            .read_line(&mut address)
            .expect("its address");
        let mut attack = Attack::on(address.trim(), seed);
        let mut before = None;
        for step in 0..steps {
            if step == steps / 5 {
                before = target.resources();
            }
            attack.step().await;
        }
        while !attack.running.is_empty() {
            attack.join().await;
        }
        // A client that disconnects without `DELETE` leaves a session that expires.
        until("no session is left", async || {
            attack.sessions_open().await == 0
        })
        .await;
        assert_eq!(answer(attack.http.get()).await.status, 400);
        drop(attack);
        if let Some(before) = before {
            until("no more than before", async || {
                target
                    .resources()
                    .is_none_or(|after| after.is_within_limits_of(before))
            })
            .await;
        }
        target.finish();
    }
}
