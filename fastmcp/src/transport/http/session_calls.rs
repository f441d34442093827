//! [`SessionCalls`]: the calls of sessions that are answered without the protocol library.
//!
//! A call that returns at once gets its whole event stream as one body. Any other call runs in a task of its own, so that
//! a client that disconnects can come back for the response, as for the requests that the library handles.

use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use axum::body::Body;
use axum::http::Response;
use futures_util::{FutureExt, StreamExt};
use rmcp::transport::streamable_http_server::session::ServerSseMessage;
use tokio_util::sync::CancellationToken;
use tracing::Instrument;

use crate::protocol::fast_path::answer::Answer;
use crate::protocol::fast_path::{FastCall, FastPath};
use crate::transport::http::event_stream::stream;
use crate::transport::http::keep_alive::{KeepAliveBody, event_stream};
use crate::transport::http::options::HttpOptions;
use crate::transport::http::replay::{EventLog, Reader, ReplayFrom};
use crate::transport::http::session::{Activity, ReservedId, Session};

/// Runs the calls of sessions.
#[derive(Clone)]
pub(crate) struct SessionCalls {
    path: Arc<FastPath>,
    retry: Duration,
    keep_alive: Option<Duration>,
    /// Cancelled when the endpoint closes all streams.
    closed: CancellationToken,
}

/// The parts of a call that end with it.
struct Started {
    session: Arc<Session>,
    number: u64,
    log: Arc<EventLog>,
    reserved: ReservedId,
    _activity: Activity,
}

impl Started {
    /// Ends the call. A cancelled one has no answer.
    fn end(self, answer: Option<Answer>) {
        // The ID is free before the client can read the response.
        drop(self.reserved);
        if let Some(answer) = answer {
            let message = answer.into_message();
            self.log.push(ServerSseMessage::from_message(message));
        }
        self.log.end();
        self.session.requests.complete(self.number);
        self.session.requests.remove_expired_logs();
    }
}

impl SessionCalls {
    pub(crate) fn new(
        path: Arc<FastPath>,
        options: &HttpOptions,
        closed: CancellationToken,
    ) -> Self {
        Self {
            path,
            retry: options.retry,
            keep_alive: options.keep_alive,
            closed,
        }
    }

    /// Returns the response to a call, or the start of its event stream. `None` if a request with the same ID is in
    /// flight. The call runs when the future is awaited.
    pub(crate) fn start(
        &self,
        session: Arc<Session>,
        call: FastCall,
    ) -> Option<impl Future<Output = Response<Body>> + Send + 'static + use<>> {
        let cancelled = CancellationToken::new();
        let reserved = session.reserve_call(call.id.clone(), cancelled.clone())?;
        let this = self.clone();
        Some(async move {
            let (number, log) = session.add_call_log();
            let reader = if session.is_primed() {
                log.read_primed(ReplayFrom::Start, this.retry)
            } else {
                log.read(ReplayFrom::Start)
            };
            let started = Started {
                number,
                log,
                reserved,
                _activity: session.activity(),
                session,
            };
            this.run(started, call, cancelled, reader).await
        })
    }

    async fn run(
        self,
        started: Started,
        call: FastCall,
        cancelled: CancellationToken,
        reader: Reader,
    ) -> Response<Body> {
        let mut body = self.path.run(call);
        if let Poll::Ready(answer) = futures_util::poll!(&mut body) {
            started.end(Some(answer));
            return event_stream(Body::from(all_events(reader)));
        }
        let (session, activity) = (Arc::clone(&started.session), started.session.activity());
        let run = async move {
            let answer = tokio::select! {
                answer = body => Some(answer),
                () = cancelled.cancelled() => None,
                () = session.closed.cancelled() => None,
            };
            started.end(answer);
        };
        tokio::spawn(run.in_current_span());
        let events = stream(reader, activity).map(|event| {
            let mut text = Vec::new();
            write_event(&mut text, &event);
            Ok::<_, axum::Error>(text)
        });
        let closed = self.closed.clone();
        let events = events.take_until(async move { closed.cancelled().await });
        let response = event_stream(Body::from_stream(events));
        KeepAliveBody::wrap(response, None, self.keep_alive)
    }
}

/// Returns the text of all events of a log that has ended.
fn all_events(mut reader: Reader) -> Vec<u8> {
    let mut text = Vec::with_capacity(256);
    while let Some(Some(event)) = reader.recv().now_or_never() {
        write_event(&mut text, &event);
    }
    text
}

/// Writes an event like the protocol library.
fn write_event(text: &mut Vec<u8>, event: &ServerSseMessage) {
    text.extend_from_slice(b"data: ");
    if let Some(message) = &event.message
        && let Err(error) = serde_json::to_writer(&mut *text, &**message)
    {
        tracing::error!(%error, "cannot encode an event");
    }
    if let Some(id) = &event.event_id {
        text.extend_from_slice(b"\nid: ");
        text.extend_from_slice(id.as_bytes());
    }
    if let Some(retry) = event.retry {
        text.extend_from_slice(format!("\nretry: {}", retry.as_millis()).as_bytes());
    }
    text.extend_from_slice(b"\n\n");
}
