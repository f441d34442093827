//! [`FastCalls`]: the calls of a connection that the [fast path](crate::protocol::fast_path) answers.
//!
//! The calls of one read are a batch. A batch runs in one task, which polls each body once and writes the responses
//! of those that returned with one write. A body that waits continues in a task of its own, and so do the bodies of
//! tools that are not [quick](crate::protocol::fast_path::pace::Pace). The reader never polls a body, so a body that
//! blocks its thread does not delay the reading of messages.

use std::sync::{Arc, OnceLock};
use std::task::Poll;
use std::time::{Duration, Instant};

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use rmcp::RoleServer;
use rmcp::model::{JsonRpcMessage, ProtocolVersion, ServerResult};
use rmcp::service::TxJsonRpcMessage;
use tokio::io::AsyncWrite;
use tracing::Instrument;

use crate::context::lazy::ContextSource;
use crate::protocol::connection::Connection;
use crate::protocol::fast_path::answer::Answer;
use crate::protocol::fast_path::{FastCall, FastPath, FastTool, Lifecycle};
use crate::transport::json_lines::in_flight::Ticket;
use crate::transport::json_lines::load::RunningBatch;
use crate::transport::json_lines::output::Output;

/// The number of calls in a batch. It bounds the responses that are kept while the client does not read.
const MAX_BATCH: usize = 16;

/// The number of bytes of responses after which a batch writes.
const MAX_UNWRITTEN: usize = 64 * 1024;

/// The time after which a batch writes the responses that it has. A debug build does the same work more slowly.
const MAX_DELAY: Duration = Duration::from_millis(if cfg!(debug_assertions) { 20 } else { 1 });

/// The calls of a connection that the fast path answers.
pub(crate) struct FastCalls {
    path: Option<Arc<FastPath>>,
    /// Creates the contexts of calls in a session, once the protocol library has handled a request of it.
    live: Arc<OnceLock<Arc<dyn ContextSource>>>,
    handshake: Handshake,
    batch: Vec<(FastCall, Ticket)>,
}

/// The state of the handshake with the client. The protocol library must see all messages of the handshake, because
/// their order decides which lifecycle the connection has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Handshake {
    /// The connection may still get either lifecycle.
    Open,
    /// The client has initialized a session of a protocol before 2026-07-28.
    Session,
    /// Each request declares its protocol.
    PerRequest,
    /// The client has initialized twice; only the library knows what that means.
    Unknown,
}

impl FastCalls {
    pub(crate) fn new(connection: &Connection) -> Self {
        Self {
            path: connection.server.fast_path.clone(),
            live: Arc::clone(&connection.live),
            handshake: Handshake::Open,
            batch: Vec::new(),
        }
    }

    /// Returns the call that a line requests, or `None` if the library has to handle it.
    pub(crate) fn accept(&self, line: &[u8]) -> Option<FastCall> {
        let lifecycle = match self.handshake {
            Handshake::Open | Handshake::Unknown => return None,
            Handshake::Session => Lifecycle::Session(self.live.get()),
            Handshake::PerRequest => Lifecycle::PerRequest,
        };
        self.path.as_ref()?.accept(line, lifecycle)
    }

    /// Adds a call to the batch. Returns true if the batch is full.
    pub(crate) fn add(&mut self, call: (FastCall, Ticket)) -> bool {
        self.batch.push(call);
        self.batch.len() >= MAX_BATCH
    }

    /// Runs the batch in a task.
    pub(crate) fn start<W: AsyncWrite + Send + Unpin + 'static>(&mut self, output: &Output<W>) {
        if let Some(path) = &self.path
            && !self.batch.is_empty()
        {
            let batch = std::mem::take(&mut self.batch);
            let running = output.load.start_batch();
            let run = run(Arc::clone(path), batch, output.clone(), running);
            tokio::spawn(run.in_current_span());
        }
    }

    /// Learns from a message of the server which lifecycle the connection has.
    pub(crate) fn sent(&mut self, message: &TxJsonRpcMessage<RoleServer>) {
        let JsonRpcMessage::Response(response) = message else {
            return;
        };
        self.handshake = match (&response.result, self.handshake) {
            (ServerResult::InitializeResult(result), Handshake::Open) => {
                if result.protocol_version.as_str() < ProtocolVersion::V_2026_07_28.as_str() {
                    Handshake::Session
                } else {
                    Handshake::Unknown
                }
            }
            (ServerResult::InitializeResult(_), _) => Handshake::Unknown,
            // The library responds to these requests before it chooses a lifecycle.
            (ServerResult::EmptyResult(_) | ServerResult::DiscoverResult(_), handshake) => {
                handshake
            }
            (_, Handshake::Open) => Handshake::PerRequest,
            (_, handshake) => handshake,
        };
    }

    /// Learns that the client initializes, perhaps again.
    pub(crate) fn initializes(&mut self) {
        if self.handshake != Handshake::Open {
            self.handshake = Handshake::Unknown;
        }
    }
}

/// Responses that are not written yet.
#[derive(Default)]
struct Unwritten {
    lines: Vec<u8>,
    /// The calls, and the ends of their responses in `lines`.
    calls: Vec<(Ticket, usize)>,
}

impl Unwritten {
    fn add(&mut self, ticket: Ticket, answer: Answer) {
        answer.write(&mut self.lines);
        self.lines.push(b'\n');
        self.calls.push((ticket, self.lines.len()));
    }

    /// Writes the responses to all calls that the client has not cancelled.
    async fn write<W: AsyncWrite + Send + Unpin + 'static>(&mut self, output: &Output<W>) {
        if self.calls.is_empty() {
            return;
        }
        let (queued, cancelled) = output.load.answered(&self.calls);
        for range in cancelled.into_iter().rev() {
            self.lines.drain(range);
        }
        if !self.lines.is_empty() && output.write(&self.lines).await.is_err() {
            tracing::debug!("cannot write the responses of calls");
        }
        drop(queued);
        self.lines.clear();
        self.calls.clear();
    }
}

/// Runs a batch.
async fn run<W: AsyncWrite + Send + Unpin + 'static>(
    path: Arc<FastPath>,
    batch: Vec<(FastCall, Ticket)>,
    output: Output<W>,
    running: RunningBatch,
) {
    let running = Arc::new(running);
    let mut unwritten = Unwritten::default();
    // The clock is read once per call: the end of one is the start of the next.
    let mut last_write = Instant::now();
    let mut now = last_write;
    for (call, ticket) in batch {
        let tool = Arc::clone(&call.tool);
        let mut body = path.run(call);
        if !tool.pace.is_quick() {
            let running = Arc::clone(&running);
            let body = async move {
                // The call has started: its response is counted before its thread does anything else.
                drop(running);
                match poll_first(&tool, &mut body).await {
                    Poll::Ready(answer) => answer,
                    Poll::Pending => body.await,
                }
            };
            run_alone(body.boxed(), ticket, &output);
            // A spawned task runs next on this thread, and no other thread is woken. If its body blocked the thread, no
            // thread might be left that waits for input. A second task moves the first one to the queue, and wakes a
            // thread.
            tokio::spawn(std::future::ready(()));
            continue;
        }
        let start = now;
        match futures_util::poll!(&mut body) {
            Poll::Ready(answer) => unwritten.add(ticket, answer),
            Poll::Pending => run_alone(body, ticket, &output),
        }
        now = Instant::now();
        tool.pace.record(now - start);
        if unwritten.lines.len() >= MAX_UNWRITTEN || now - last_write >= MAX_DELAY {
            unwritten.write(&output).await;
            now = Instant::now();
            last_write = now;
        }
    }
    unwritten.write(&output).await;
}

/// Polls a body once, and records how long it keeps its thread.
async fn poll_first(tool: &FastTool, body: &mut BoxFuture<'static, Answer>) -> Poll<Answer> {
    let start = Instant::now();
    let first = futures_util::poll!(body);
    tool.pace.record(start.elapsed());
    first
}

/// Runs one call in a task, until the client cancels it or the connection closes.
fn run_alone<W: AsyncWrite + Send + Unpin + 'static>(
    body: BoxFuture<'static, Answer>,
    ticket: Ticket,
    output: &Output<W>,
) {
    let output = output.clone();
    let cancellation = output.closed.child_token();
    if !output.load.set_cancellation(&ticket, &cancellation) {
        return;
    }
    let run = async move {
        let answer = tokio::select! {
            // A cancelled call that has not started does not start.
            biased;
            () = cancellation.cancelled() => return,
            answer = body => answer,
        };
        let mut unwritten = Unwritten::default();
        unwritten.add(ticket, answer);
        unwritten.write(&output).await;
    };
    tokio::spawn(run.in_current_span());
}
