//! [`JsonLines`]: a connection of newline-delimited JSON-RPC over standard input and output, or any
//! other pair of byte streams.
//!
//! The protocol library's own transport ignores lines that are not JSON, so the sender of an invalid
//! request would wait forever. This one responds to every line that may be a request:
//!
//! | line | response |
//! |---|---|
//! | a message | the server's |
//! | not JSON, or JSON that cannot be represented (`1e999999`, a lone surrogate, too deep) | -32700 |
//! | JSON that is not a message | -32600 |
//! | a request whose parameters do not fit its method | -32602 |
//! | longer than [`MAX_LINE_LENGTH`], or with [too many values](message_size) | -32600 |
//! | a request with the ID of one that has no response yet | -32600 |
//! | a request while the server shuts down | -32603 |
//! | an unknown notification, or a response that cannot be decoded | none: JSON-RPC answers neither |
//!
//! A response contains the request ID if the line has one. Valid lines are parsed once; [`scan`] reads
//! only invalid ones. Common calls are answered by the [fast path](fast_calls), and their lines are not parsed as
//! messages at all.
//!
//! The connection stops reading while the client does not read the responses (see [`MAX_QUEUED`]).
//! When the client ends its input or the server drains, the requests in flight have a grace period.
//!
//! [`MAX_QUEUED`]: load::MAX_QUEUED

pub(crate) mod fast_calls;
pub(crate) mod in_flight;
pub(crate) mod incoming;
pub(crate) mod lines;
pub(crate) mod load;
pub(crate) mod output;
pub(crate) mod reused_ids;
pub(crate) mod scan;

use std::borrow::Cow;
use std::io;
use std::ops::ControlFlow;
use std::time::Duration;

use rmcp::RoleServer;
use rmcp::model::{ClientRequest, ErrorData, JsonRpcMessage};
use rmcp::service::{RxJsonRpcMessage, TxJsonRpcMessage};
use rmcp::transport::Transport;
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt};
use tokio::time::Instant;
use tokio_util::sync::DropGuard;

use crate::protocol::connection::Connection;
use crate::protocol::fast_path::FastCall;
use crate::transport::json_lines::fast_calls::FastCalls;
use crate::transport::json_lines::in_flight::{Ticket, id_of_response};
use crate::transport::json_lines::incoming::{Incoming, parse};
use crate::transport::json_lines::lines::{Lines, MAX_LINE_LENGTH, Read};
use crate::transport::json_lines::load::{Load, Received, SharedLoad};
use crate::transport::json_lines::output::Output;
use crate::transport::json_lines::reused_ids::ReusedIds;
use crate::transport::json_lines::scan::ScannedMessage;
use crate::transport::message_size;
use crate::transport::stop::Stop;

/// The time that requests in flight have to finish after the client has ended its input.
const GRACE_AT_END: Duration = Duration::from_secs(5);

/// The time that a closing connection waits for responses to invalid lines.
const CLOSE_PATIENCE: Duration = Duration::from_millis(200);

/// One connection.
pub(crate) struct JsonLines<R, W> {
    lines: Lines<R>,
    output: Output<W>,
    reused_ids: ReusedIds,
    fast: FastCalls,
    stop: Stop,
    /// The number of values that any message may have.
    max_values: usize,
    /// The end of the grace period, once the connection stops.
    deadline: Option<Instant>,
    /// `true` if the client has ended its input.
    ended: bool,
    _closed_on_drop: DropGuard,
}

impl<R: AsyncRead + Unpin, W: AsyncWrite + Send + Unpin + 'static> JsonLines<R, W> {
    pub(crate) fn new(read: R, write: W, stop: Stop, connection: &Connection) -> Self {
        let output = Output::new(write);
        Self {
            lines: Lines::new(read),
            _closed_on_drop: output.closed.clone().drop_guard(),
            output,
            reused_ids: ReusedIds::default(),
            fast: FastCalls::new(connection),
            stop,
            max_values: connection.server.dispatcher.settings.max_values,
            deadline: None,
            ended: false,
        }
    }

    /// Reads into the buffer, while the client reads the responses. Returns false at the end of the input.
    /// Cancellation-safe.
    async fn fill(&mut self) -> io::Result<bool> {
        let load = &self.output.load;
        let has_room = load.read().has_room();
        if self.ended {
            if self.lines.is_empty() {
                std::future::pending::<()>().await;
            }
            load.wait_for(Load::has_room).await;
            return Ok(true);
        }
        if !has_room {
            tokio::select! {
                () = load.wait_for(Load::has_room) => {}
                // The lines in the buffer are handled if there is room before the grace period ends.
                () = self.lines.ended() => return Ok(false),
            }
        }
        self.lines.fill().await
    }

    /// Waits until there is something to do. Breaks if the connection is closed. Cancellation-safe.
    async fn wait(&mut self) -> ControlFlow<()> {
        let deadline = self.deadline;
        let load = self.output.load.clone();
        let closed = self.output.closed.clone();
        let drain = self.stop.drain.clone();
        // The lines that the client wrote before it ended its input are handled once there is room for them.
        let has_lines = self.ended && !self.lines.is_empty();
        let filled = tokio::select! {
            () = closed.cancelled() => return ControlFlow::Break(()),
            () = finished(&load, deadline, has_lines) => {
                // Returning would make the library wait for requests that never end.
                self.stop.close.cancel();
                return std::future::pending().await;
            }
            () = drain.cancelled(), if deadline.is_none() => {
                self.deadline = Some(Instant::now() + self.stop.grace);
                return ControlFlow::Continue(());
            }
            filled = self.fill() => filled,
        };
        match filled {
            Ok(true) => ControlFlow::Continue(()),
            Ok(false) => {
                self.ended = true;
                self.deadline
                    .get_or_insert_with(|| Instant::now() + GRACE_AT_END);
                ControlFlow::Continue(())
            }
            Err(error) => {
                tracing::error!(%error, "cannot read from the connection");
                ControlFlow::Break(())
            }
        }
    }

    /// Handles the lines in the buffer, up to one that the fast path leaves to the library. Returns `None` if more has
    /// to be read first, or if the client does not read the responses.
    fn next_buffered(&mut self) -> Option<Incoming> {
        let mut is_full = false;
        while self.output.load.read().has_room() {
            while !is_full && let Some(line) = self.lines.buffered() {
                let length = line.len();
                let Some(call) = self.fast_call(line) else {
                    break;
                };
                self.lines.skip(length);
                is_full = self.fast.add(call);
            }
            if is_full {
                self.fast.start(&self.output);
                is_full = false;
                continue;
            }
            let read = match self.lines.take() {
                // The last line may lack its newline.
                None if self.ended && !self.lines.line.is_empty() => Read::Line,
                None => break,
                Some(read) => read,
            };
            if let Read::Line = read
                && let Some(call) = self.fast_call(&self.lines.line)
            {
                self.lines.clear();
                is_full = self.fast.add(call);
                continue;
            }
            // Calls start in the order of their lines.
            self.fast.start(&self.output);
            return Some(self.accept(&read));
        }
        self.fast.start(&self.output);
        None
    }

    /// Returns whether requests are rejected. Those that a client wrote before it ended its input are answered.
    fn is_stopping(&self) -> bool {
        self.deadline.is_some() && !self.ended
    }

    /// Returns the call that a line requests, if the fast path answers it.
    fn fast_call(&self, line: &[u8]) -> Option<(FastCall, Ticket)> {
        // A stopping connection rejects requests, and the library sees all invalid ones.
        if self.is_stopping() || !message_size::fits(line, self.max_values) {
            return None;
        }
        let call = self.fast.accept(line)?;
        let name = call.tool.entry.entry.name;
        let ticket = self.output.load.accept(&call.id, name)?;
        Some((call, ticket))
    }

    /// Returns the response to a line, or the message for the library.
    fn accept(&mut self, read: &Read) -> Incoming {
        let incoming = if let Read::TooLong = read {
            let id = ScannedMessage::scan(&self.lines.line).id;
            let text = format!("the message is longer than {MAX_LINE_LENGTH} bytes");
            Incoming::Invalid(ErrorData::invalid_request(text, None), id)
        } else {
            parse(&self.lines.line, self.max_values)
        };
        self.lines.clear();
        let Incoming::Message(mut message) = incoming else {
            return incoming;
        };
        if let JsonRpcMessage::Request(request) = &*message
            && self.is_stopping()
        {
            let error = ErrorData::internal_error("the server is shutting down", None);
            return Incoming::Invalid(error, Some(request.id.clone()));
        }
        match self.output.load.received(&message) {
            Received::Accepted => {
                if let JsonRpcMessage::Request(request) = &*message
                    && let ClientRequest::InitializeRequest(_) = request.request
                {
                    self.fast.initializes();
                }
                self.reused_ids.receive(&mut message);
                return Incoming::Message(message);
            }
            Received::Handled => return Incoming::Ignored,
            Received::Duplicate => {}
        }
        let JsonRpcMessage::Request(request) = *message else {
            return Incoming::Ignored;
        };
        let text = format!("a request with the ID {} is in flight", request.id);
        tracing::info!(id = %request.id, "rejected a request with the ID of one in flight");
        Incoming::Invalid(ErrorData::invalid_request(text, None), Some(request.id))
    }
}

/// Waits until the connection has to close. Without a deadline, it serves. With lines that are not handled yet, it is
/// not idle.
async fn finished(load: &SharedLoad, deadline: Option<Instant>, has_lines: bool) {
    let Some(deadline) = deadline else {
        return std::future::pending().await;
    };
    tokio::select! {
        () = load.wait_for(Load::is_idle), if !has_lines => {}
        () = tokio::time::sleep_until(deadline) => {
            for request in load.read().unfinished() {
                tracing::warn!(request, "a request did not finish before its connection closed");
            }
        }
    }
}

impl<R, W> Transport<RoleServer> for JsonLines<R, W>
where
    R: AsyncRead + Send + Unpin + 'static,
    W: AsyncWrite + Send + Unpin + 'static,
{
    type Error = io::Error;

    fn name() -> Cow<'static, str> {
        "json lines".into()
    }

    fn send(
        &mut self,
        mut message: TxJsonRpcMessage<RoleServer>,
    ) -> impl Future<Output = io::Result<()>> + Send + 'static {
        self.reused_ids.send(&mut message);
        self.fast.sent(&message);
        let request = id_of_response(&message);
        self.output.clone().send(message, request)
    }

    async fn receive(&mut self) -> Option<RxJsonRpcMessage<RoleServer>> {
        loop {
            let Some(incoming) = self.next_buffered() else {
                match self.wait().await {
                    ControlFlow::Continue(()) => continue,
                    ControlFlow::Break(()) => return None,
                }
            };
            match incoming {
                Incoming::Message(message) => return Some(*message),
                Incoming::Invalid(error, id) => {
                    tracing::debug!(error = %error.message, "rejected a line");
                    let response = TxJsonRpcMessage::<RoleServer>::error(error, id);
                    // `receive` may be dropped at any `.await`, so it cannot write.
                    self.output.respond(&response);
                    tokio::task::yield_now().await;
                }
                Incoming::Ignored => {}
            }
        }
    }

    async fn close(&mut self) -> io::Result<()> {
        let load = &self.output.load;
        let _ = tokio::time::timeout(CLOSE_PATIENCE, load.wait_for(Load::is_written)).await;
        // Ends all writers, so that the lock is free.
        self.output.closed.cancel();
        let mut write = self.output.write.lock().await;
        match tokio::time::timeout(CLOSE_PATIENCE, write.shutdown()).await {
            Ok(closed) => closed,
            Err(_) => Err(io::ErrorKind::TimedOut.into()),
        }
    }
}
