//! A client that writes and reads JSON lines itself, to test the messages on the wire.

use std::time::Duration;

use fastmcp::Server;
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, DuplexStream, ReadHalf, WriteHalf};

/// The last revision with sessions.
pub const OF_SESSIONS: &str = "2025-11-25";
/// The first revision without sessions.
pub const OF_ROUNDS: &str = "2026-07-28";

/// The time limit of a response: longer than any response takes, so that only a failing test
/// reaches it.
const PATIENCE: Duration = Duration::from_mins(1);

/// One connection.
pub struct Wire {
    read: BufReader<ReadHalf<DuplexStream>>,
    write: WriteHalf<DuplexStream>,
    /// The client information in each request of the stateless protocol.
    meta: Option<Value>,
    last_id: u64,
    /// Messages that arrived while another was awaited.
    pub notifications: Vec<Value>,
}

impl Wire {
    fn new(server: &Server, meta: Option<Value>) -> Self {
        let (read, write) = tokio::io::split(server.connect());
        Self {
            read: BufReader::new(read),
            write,
            meta,
            last_id: 0,
            notifications: Vec::new(),
        }
    }

    /// Opens a session of a client with these capabilities.
    pub async fn of_sessions(server: &Server, capabilities: Value) -> Self {
        Self::of_revision(server, OF_SESSIONS, capabilities).await
    }

    /// Opens a session of an earlier revision.
    pub async fn of_revision(server: &Server, revision: &str, capabilities: Value) -> Self {
        let mut wire = Self::new(server, None);
        let answer = wire
            .request(
                "initialize",
                json!({
                    "protocolVersion": revision,
                    "capabilities": capabilities,
                    "clientInfo": { "name": "wire", "version": "1" },
                }),
            )
            .await;
        assert!(answer.get("result").is_some(), "{answer}");
        wire.say(json!({ "jsonrpc": "2.0", "method": "notifications/initialized" }))
            .await;
        wire
    }

    /// Returns a client of the stateless protocol with these capabilities.
    pub fn of_rounds(server: &Server, capabilities: Value) -> Self {
        let meta = json!({
            "io.modelcontextprotocol/protocolVersion": OF_ROUNDS,
            "io.modelcontextprotocol/clientCapabilities": capabilities,
        });
        Self::new(server, Some(meta))
    }

    /// Sends one message.
    pub async fn say(&mut self, message: Value) {
        let line = format!("{message}\n");
        self.write.write_all(line.as_bytes()).await.unwrap();
    }

    /// Returns the next message.
    pub async fn hear(&mut self) -> Value {
        let mut line = String::new();
        let read = tokio::time::timeout(PATIENCE, self.read.read_line(&mut line)).await;
        let read = read
            .expect("the server responds within the time limit")
            .unwrap();
        assert!(read > 0, "it has hung up");
        serde_json::from_str(&line).unwrap()
    }

    /// Sends a request and returns its id.
    pub async fn ask(&mut self, method: &str, mut params: Value) -> u64 {
        self.last_id += 1;
        if let Some(meta) = &self.meta {
            for (key, value) in meta.as_object().unwrap() {
                params["_meta"][key] = value.clone();
            }
        }
        let id = self.last_id;
        self.say(json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params }))
            .await;
        id
    }

    /// Sends a request and waits for its response. Notifications that arrive before it are kept.
    pub async fn request(&mut self, method: &str, params: Value) -> Value {
        let id = self.ask(method, params).await;
        loop {
            let message = self.hear().await;
            if message.get("method").is_none() && message["id"] == id {
                return message;
            }
            self.notifications.push(message);
        }
    }

    /// Calls a tool without arguments.
    pub async fn call(&mut self, tool: &str) -> Value {
        self.request("tools/call", json!({ "name": tool, "arguments": {} }))
            .await
    }

    /// Repeats a tool call with the input that it requested: `answered` is the previous response, and
    /// `responses` the requested input.
    pub async fn call_again(&mut self, tool: &str, answered: &Value, responses: Value) -> Value {
        let params = json!({
            "name": tool,
            "arguments": {},
            "requestState": answered["result"]["requestState"],
            "inputResponses": responses,
        });
        self.request("tools/call", params).await
    }

    /// Waits for a request from the server and responds to it.
    pub async fn serve(&mut self, method: &str, result: Value) -> Value {
        let asked = self.hear().await;
        assert_eq!(asked["method"], method, "{asked}");
        self.say(json!({ "jsonrpc": "2.0", "id": asked["id"], "result": result }))
            .await;
        asked["params"].clone()
    }
}
