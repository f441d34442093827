//! The bodies of responses, which are counted for the log of requests.

use std::sync::Arc;

use axum::body::Body;
use axum::http::header::CONTENT_TYPE;
use axum::http::{Response, response};
use bytes::Bytes;
use futures_util::StreamExt;
use http_body_util::BodyExt;
use hyper::body::Incoming;
use serde_json::Value;
use tokio::sync::mpsc;

use crate::dev::events::Events;
use crate::dev::http_sessions::HttpSession;
use crate::dev::record::{Begun, Record};
use crate::dev::upstream::{InFlight, collect, with_body};

/// The number of events that wait for a client which does not read.
const MAX_QUEUED: usize = 16;

/// A piece of a body. An error ends the connection, so that the client does not take a part for the whole.
pub(super) type Piece = Result<Bytes, std::io::Error>;

/// A request and its response, until the response is complete.
pub(super) struct Exchange {
    pub(super) record: Arc<Record>,
    pub(super) server: u64,
    pub(super) begun: Option<Begun>,
    /// The session, and the ID of the request.
    pub(super) session: Option<(Arc<HttpSession>, Value)>,
    pub(super) in_flight: Option<InFlight>,
}

impl Exchange {
    /// Logs the request.
    pub(super) fn end(&mut self, bytes_out: usize, outcome: &'static str) {
        if let Some((session, id)) = self.session.take() {
            session.ended_request(&id);
        }
        if let Some(begun) = self.begun.take() {
            self.record.ended(begun, bytes_out, outcome, self.server);
        }
        self.in_flight = None;
    }
}

impl Drop for Exchange {
    fn drop(&mut self) {
        self.end(0, "cancelled");
    }
}

/// Returns the outcome of a message that is a response.
fn outcome(message: &Value) -> &'static str {
    let is_error = message["error"].is_object() || message["result"]["isError"] == true;
    if is_error { "error" } else { "ok" }
}

/// Returns a response that is not a stream of events.
pub(super) async fn whole(
    parts: response::Parts,
    body: Incoming,
    mut exchange: Exchange,
) -> Response<Body> {
    let kind = parts
        .headers
        .get(CONTENT_TYPE)
        .and_then(|it| it.to_str().ok());
    let is_json = kind.is_some_and(|kind| kind.starts_with("application/json"));
    if !is_json && exchange.begun.is_none() {
        // Any other path of the server, for example a file.
        let stream = body.into_data_stream().map(move |piece| {
            let _exchange = &exchange;
            piece
        });
        return with_body(parts, Body::from_stream(stream));
    }
    match collect(body).await {
        Some(body) => {
            let message = serde_json::from_slice(&body).unwrap_or_default();
            let outcome = if parts.status.is_success() {
                outcome(&message)
            } else {
                "error"
            };
            exchange.end(body.len(), outcome);
            with_body(parts, body)
        }
        None => {
            exchange.end(0, "error");
            let broken = futures_util::stream::once(async {
                Piece::Err(std::io::ErrorKind::UnexpectedEof.into())
            });
            with_body(parts, Body::from_stream(broken))
        }
    }
}

/// Returns a stream of events.
pub(super) fn events(body: Incoming, mut exchange: Exchange) -> Body {
    let (sender, receiver) = mpsc::channel(MAX_QUEUED);
    tokio::spawn(async move {
        let mut total = Total::default();
        let pumped = pump(body, exchange.server, &sender, &mut total).await;
        match pumped {
            Pumped::Complete => exchange.end(total.bytes, total.outcome.unwrap_or("ok")),
            Pumped::Broken if total.outcome.is_none() => {
                exchange.end(total.bytes, "error");
                let _ = sender
                    .send(Err(std::io::ErrorKind::UnexpectedEof.into()))
                    .await;
            }
            Pumped::Broken => exchange.end(total.bytes, "ok"),
            Pumped::ClientGone => exchange.end(total.bytes, total.outcome.unwrap_or("cancelled")),
        }
    });
    stream(receiver)
}

/// What has passed through a stream.
#[derive(Debug, Default)]
pub(super) struct Total {
    pub(super) bytes: usize,
    outcome: Option<&'static str>,
}

/// The reason why a stream ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Pumped {
    Complete,
    /// The server has closed the connection before the end.
    Broken,
    ClientGone,
}

/// Passes events on until the stream ends or the client closes it.
async fn pump(
    mut body: Incoming,
    server: u64,
    client: &mpsc::Sender<Piece>,
    total: &mut Total,
) -> Pumped {
    let mut events = Events::new(server);
    loop {
        let frame = tokio::select! {
            frame = body.frame() => frame,
            () = client.closed() => return Pumped::ClientGone,
        };
        let data = match frame {
            Some(Ok(frame)) => frame.into_data().unwrap_or_default(),
            Some(Err(_)) => return Pumped::Broken,
            None => return Pumped::Complete,
        };
        events.push(&data);
        while let Some(event) = events.next() {
            if !event.message["id"].is_null() && !event.message["method"].is_string() {
                total.outcome = Some(outcome(&event.message));
            }
            total.bytes += event.text.len();
            if client.send(Ok(event.text)).await.is_err() {
                return Pumped::ClientGone;
            }
        }
    }
}

/// Returns the body that is read from a channel.
pub(super) fn stream(receiver: mpsc::Receiver<Piece>) -> Body {
    let next = |mut receiver: mpsc::Receiver<Piece>| async move {
        let piece = receiver.recv().await?;
        Some((piece, receiver))
    };
    Body::from_stream(futures_util::stream::unfold(receiver, next))
}
