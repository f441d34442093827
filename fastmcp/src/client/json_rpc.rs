//! [`JsonRpc`]: a connection of newline-delimited JSON-RPC over a pair of byte streams.
//!
//! It is written without the client of the protocol library, which every server would then compile.

#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::panic::AssertUnwindSafe;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use serde_json::{Map, Value, json};
use tokio::io::{
    AsyncBufRead, AsyncBufReadExt, AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, BufReader,
};
use tokio::sync::{mpsc, oneshot};
use tokio::task::{AbortHandle, JoinSet};

use crate::client::builder::Options;
use crate::client::connection::{Connection, Outgoing};
use crate::client::error::{ClientError, connection_error};
use crate::client::handlers::Handlers;
use crate::client::member::take;
use crate::client::notices::Notices;
use crate::context::meta::CLIENT_CAPABILITIES;
#[cfg(feature = "client")]
use crate::context::meta::TASKS;
use crate::mcp::Implementation;

pub(crate) type Reader = Box<dyn AsyncRead + Send + Unpin>;
pub(crate) type Writer = Box<dyn AsyncWrite + Send + Unpin>;

// The keys of `_meta` in revisions without sessions (MCP 2026-07-28, "Per-request metadata").
const PROTOCOL_VERSION: &str = "io.modelcontextprotocol/protocolVersion";
const CLIENT_INFO: &str = "io.modelcontextprotocol/clientInfo";
const SERVER_INFO: &str = "io.modelcontextprotocol/serverInfo";

type Answer = Result<Value, ClientError>;

/// The maximum length of a message of the server in bytes.
const MAX_LINE: u64 = 64 * 1024 * 1024;

/// The requests without a response, by ID; `None` after the server has closed the connection.
type Pending = Arc<Mutex<Option<HashMap<u64, oneshot::Sender<Answer>>>>>;

/// A connection over a pair of byte streams. Dropping it closes both.
pub(crate) struct JsonRpc {
    /// Messages to the task that writes. A full pipe must not block a caller's drop.
    outgoing: mpsc::UnboundedSender<Value>,
    pending: Pending,
    next_id: AtomicU64,
    /// The `_meta` of each request, in a revision without sessions.
    meta: Option<Value>,
    notices: Notices,
    server_info: Option<Implementation>,
    /// `true` if the server declares the extension for tasks.
    #[cfg(feature = "client")]
    makes_tasks: bool,
    tasks: [AbortHandle; 2],
}

/// Opens a connection: sends `initialize`, or `server/discover` in a revision without sessions, and waits
/// for the response.
pub(crate) async fn open(
    read: Reader,
    write: Writer,
    options: Options,
) -> Result<JsonRpc, ClientError> {
    let capabilities = options.capabilities();
    let client = json!({ "name": env!("CARGO_PKG_NAME"), "version": env!("CARGO_PKG_VERSION") });
    let has_session = options.protocol.has_initialize();
    let (outgoing, messages) = mpsc::unbounded_channel();
    let pending: Pending = Arc::new(Mutex::new(Some(HashMap::new())));
    let writer = tokio::spawn(write_messages(write, messages));
    let reader = Incoming {
        outgoing: outgoing.clone(),
        pending: Arc::clone(&pending),
        handlers: options.handlers,
        notices: options.notices.clone(),
    };
    let reader = tokio::spawn(reader.read(read));
    let mut connection = JsonRpc {
        outgoing,
        pending,
        next_id: AtomicU64::new(0),
        meta: (!has_session).then(|| {
            json!({
                (PROTOCOL_VERSION): options.protocol,
                (CLIENT_INFO): client,
                (CLIENT_CAPABILITIES): capabilities,
            })
        }),
        notices: options.notices,
        server_info: None,
        #[cfg(feature = "client")]
        makes_tasks: false,
        tasks: [writer.abort_handle(), reader.abort_handle()],
    };
    if !has_session {
        let mut result = connection.request("server/discover", json!({})).await?;
        #[cfg(feature = "client")]
        {
            connection.makes_tasks = result["capabilities"]["extensions"][TASKS].is_object();
        }
        let server_info = take(&mut take(&mut result, "_meta"), SERVER_INFO);
        connection.server_info = serde_json::from_value(server_info).map_err(connection_error)?;
        return Ok(connection);
    }
    let params = json!({
        "protocolVersion": options.protocol,
        "capabilities": capabilities,
        "clientInfo": client,
    });
    let mut result = connection.request("initialize", params).await?;
    connection.server_info =
        Some(serde_json::from_value(take(&mut result, "serverInfo")).map_err(connection_error)?);
    let initialized = json!({ "jsonrpc": "2.0", "method": "notifications/initialized" });
    // Fails only if the connection has ended, which the next request reports.
    let _ = connection.outgoing.send(initialized);
    Ok(connection)
}

impl JsonRpc {
    /// Adds the metadata of the connection to a request. The keys of `_meta` in `params` are kept.
    fn add_meta(&self, params: &mut Value) {
        if let Some(Value::Object(meta)) = &self.meta {
            for (key, value) in meta {
                // A request may have capabilities of its own.
                if params["_meta"].get(key).is_none() {
                    params["_meta"][key] = value.clone();
                }
            }
        }
    }

    /// Sends a request, and waits for its response.
    async fn exchange(&self, request: Outgoing) -> Answer {
        let Outgoing {
            method,
            mut params,
            progress,
            ..
        } = request;
        self.add_meta(&mut params);
        let id = self.next_id.fetch_add(1, Ordering::Relaxed);
        let _followed = progress.map(|sink| {
            let token = Value::from(id);
            let followed = self.notices.follow(&token, sink);
            params["_meta"]["progressToken"] = token;
            followed
        });
        let (respond, response) = oneshot::channel();
        lock(&self.pending)
            .as_mut()
            .ok_or_else(closed)?
            .insert(id, respond);
        // Sent after the entry exists, so that its response finds it.
        let mut request = Request {
            connection: self,
            id,
            is_answered: false,
        };
        let message = json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params });
        self.outgoing.send(message).map_err(|_| closed())?;
        let answer = response.await.map_err(|_| closed())?;
        request.is_answered = true;
        answer
    }
}

impl Connection for JsonRpc {
    fn send(&self, request: Outgoing) -> BoxFuture<'_, Answer> {
        self.exchange(request).boxed()
    }

    fn post(&self, method: &'static str, mut params: Value) {
        self.add_meta(&mut params);
        let id = self.next_id.fetch_add(1, Ordering::Relaxed);
        // Its response finds no request, and is dropped.
        let message = json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params });
        let _ = self.outgoing.send(message);
    }

    #[cfg(feature = "client")]
    fn is_closed(&self) -> bool {
        lock(&self.pending).is_none()
    }

    fn listens(&self) -> bool {
        self.meta.is_some()
    }

    #[cfg(feature = "client")]
    fn makes_tasks(&self) -> bool {
        self.makes_tasks
    }

    fn server_info(&self) -> Option<Implementation> {
        self.server_info.clone()
    }

    fn close(&self) -> BoxFuture<'_, ()> {
        self.end();
        std::future::ready(()).boxed()
    }
}

impl JsonRpc {
    /// Closes both streams, and fails the requests that wait.
    fn end(&self) {
        for task in &self.tasks {
            task.abort();
        }
        lock(&self.pending).take();
        self.notices.notify("closed", Value::Null);
    }
}

impl Drop for JsonRpc {
    fn drop(&mut self) {
        self.end();
    }
}

/// A request that waits for its response. Dropping it before the response cancels it, as clients do.
struct Request<'a> {
    connection: &'a JsonRpc,
    id: u64,
    is_answered: bool,
}

impl Drop for Request<'_> {
    fn drop(&mut self) {
        if self.is_answered {
            return;
        }
        if let Some(pending) = &mut *lock(&self.connection.pending) {
            pending.remove(&self.id);
        }
        let params = json!({ "requestId": self.id });
        let cancelled =
            json!({ "jsonrpc": "2.0", "method": "notifications/cancelled", "params": params });
        let _ = self.connection.outgoing.send(cancelled);
    }
}

async fn write_messages(mut write: Writer, mut messages: mpsc::UnboundedReceiver<Value>) {
    while let Some(message) = messages.recv().await {
        let line = format!("{message}\n");
        let written = async {
            write.write_all(line.as_bytes()).await?;
            write.flush().await
        };
        // The reader finds the end of the connection and fails the requests.
        if written.await.is_err() {
            return;
        }
    }
}

/// The messages of the server.
struct Incoming {
    outgoing: mpsc::UnboundedSender<Value>,
    pending: Pending,
    handlers: Handlers,
    notices: Notices,
}

impl Incoming {
    async fn read(self, read: Reader) {
        // Dropped at the end of the connection, which stops the handlers.
        let mut answers = JoinSet::new();
        let mut lines = BufReader::new(read);
        let mut line = Vec::new();
        // The response in a longer line is lost, and its request would wait for ever, so the connection ends.
        while next_line(&mut lines, &mut line).await {
            while answers.try_join_next().is_some() {}
            // A program may print other lines to its standard output.
            let Ok(Value::Object(mut message)) = serde_json::from_slice(&line) else {
                continue;
            };
            match (message.remove("method"), message.remove("id")) {
                (Some(method), Some(id)) => {
                    let params = message.remove("params").unwrap_or_default();
                    answers.spawn(reply(
                        self.handlers.clone(),
                        method,
                        params,
                        id,
                        self.outgoing.clone(),
                    ));
                }
                (Some(method), None) => {
                    let params = message.remove("params").unwrap_or_default();
                    let method = method.as_str().unwrap_or_default();
                    self.notices.notify(method, params);
                }
                (None, id) => self.respond(id, message),
            }
        }
        // Dropping the senders fails the requests that wait.
        lock(&self.pending).take();
        self.notices.notify("closed", Value::Null);
    }

    /// Passes a response to the request that waits for it.
    fn respond(&self, id: Option<Value>, mut message: Map<String, Value>) {
        let respond = id.and_then(|id| id.as_u64()).and_then(|id| {
            let mut pending = lock(&self.pending);
            pending.as_mut()?.remove(&id)
        });
        let answer = match message.remove("error") {
            Some(error) => Err(ClientError::refused(error)),
            None => Ok(message.remove("result").unwrap_or_default()),
        };
        // The caller may have dropped its future.
        let _ = respond.map(|respond| respond.send(answer));
    }
}

/// Reads the next line. `false` if the connection has ended, or the line is too long.
async fn next_line(lines: &mut (impl AsyncBufRead + Unpin), line: &mut Vec<u8>) -> bool {
    line.clear();
    let mut limited = lines.take(MAX_LINE);
    let read = limited.read_until(b'\n', line).await;
    // The last line of a program may lack its end.
    matches!(read, Ok(1..)) && (line.ends_with(b"\n") || limited.limit() > 0)
}

/// Responds to a request of the server. A handler that panics must not leave the server waiting.
async fn reply(
    handlers: Handlers,
    method: Value,
    params: Value,
    id: Value,
    outgoing: mpsc::UnboundedSender<Value>,
) {
    let method = method.as_str().unwrap_or_default();
    let answer = AssertUnwindSafe(handlers.answer(method, params));
    let answer = answer.catch_unwind().await;
    let error = |code: i32, message: &str| {
        let error = json!({ "code": code, "message": message });
        json!({ "jsonrpc": "2.0", "id": id, "error": error })
    };
    let reply = match answer {
        Ok(Some(result)) => json!({ "jsonrpc": "2.0", "id": id, "result": result }),
        Ok(None) => error(-32601, "the client does not have this method"),
        Err(_) => error(-32603, "the handler of the client panicked"),
    };
    // Fails only if the connection has ended.
    let _ = outgoing.send(reply);
}

fn closed() -> ClientError {
    connection_error("the server has closed the connection")
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
