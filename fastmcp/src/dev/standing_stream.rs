//! [`Standing`]: a stream of notifications that stays open while servers come and go.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use bytes::Bytes;
use http_body_util::BodyExt;
use hyper::body::Incoming;
use tokio::sync::mpsc;

use crate::context::change::ListKind;
use crate::dev::client_request::{ClientRequest, is_event_stream};
use crate::dev::events::{Events, event};
use crate::dev::http_front::HttpFront;
use crate::dev::response_body::{Exchange, Piece, stream};
use crate::dev::session::{LISTEN, list_changed, list_changed_for};
use crate::dev::upstream::Upstream;

/// The number of events that wait for a client which does not read.
const MAX_QUEUED: usize = 64;

/// The time after the end of its streams in which a server that stops has ended.
const ENDS: Duration = Duration::from_secs(1);

/// A `GET` of a session, or a `subscriptions/listen` request.
pub(super) struct Standing {
    /// The request that opens the stream again.
    pub(super) request: ClientRequest,
    /// The server that sends now.
    pub(super) server: Arc<Upstream>,
}

/// The reason why the stream of one server ends.
enum Ended {
    /// Another server gets the requests.
    Replaced(Arc<Upstream>, Vec<ListKind>),
    /// The server or the client has ended the stream.
    Closed,
}

/// Returns the body of the response. Its beginning is that of the first server.
pub(super) fn body(
    front: Arc<HttpFront>,
    standing: Standing,
    first: Incoming,
    mut exchange: Exchange,
) -> Body {
    let (client, receiver) = mpsc::channel(MAX_QUEUED);
    tokio::spawn(async move {
        let mut bytes = 0;
        follow(&front, standing, first, &client, &mut bytes).await;
        exchange.end(bytes, "ok");
    });
    stream(receiver)
}

async fn follow(
    front: &Arc<HttpFront>,
    mut standing: Standing,
    first: Incoming,
    client: &mpsc::Sender<Piece>,
    bytes: &mut usize,
) {
    let mut body = Some(first);
    let mut is_repeated = false;
    loop {
        let ended = standing
            .pass(front, body.take(), is_repeated, client, bytes)
            .await;
        let Ended::Replaced(server, changed) = ended else {
            return;
        };
        standing.server = server;
        is_repeated = true;
        // Opened before the client learns of the change, so that it misses no notification.
        let opened = standing.request.send_to(&standing.server).await;
        let opened = opened.ok().map(|(response, _)| response.into_parts());
        body = opened
            .filter(|(parts, _)| is_event_stream(parts))
            .map(|(_, body)| body);
        for list in changed {
            let listen = &standing.request.message;
            let message = if listen["method"] == LISTEN {
                list_changed_for(listen, list)
            } else {
                Some(list_changed(list))
            };
            let Some(text) = message.as_ref().map(event) else {
                continue;
            };
            *bytes += text.len();
            if client.send(Ok(text)).await.is_err() {
                return;
            }
        }
    }
}

impl Standing {
    /// Passes the events of one server on.
    async fn pass(
        &self,
        front: &HttpFront,
        mut body: Option<Incoming>,
        is_repeated: bool,
        client: &mpsc::Sender<Piece>,
        bytes: &mut usize,
    ) -> Ended {
        let number = self.server.number();
        let mut current = front.current.subscribe();
        let mut events = Events::new(number);
        loop {
            let data = tokio::select! {
                frame = next(&mut body) => frame,
                () = client.closed() => return Ended::Closed,
                replaced = current.wait_for(|it| it.server.as_ref().is_some_and(|it| it.number() != number)) => {
                    let Ok(replaced) = replaced else { return Ended::Closed };
                    let Some(server) = replaced.server.clone() else { continue };
                    let all = vec![ListKind::Tools, ListKind::Resources, ListKind::Prompts];
                    let changed = if replaced.since == number { replaced.changed.clone() } else { all };
                    return Ended::Replaced(server, changed);
                }
            };
            let Some(data) = data else {
                // The server has ended the stream: for good, unless the server itself ends.
                body = None;
                let lives = tokio::time::timeout(ENDS, self.server.child.ended())
                    .await
                    .is_err();
                if lives
                    && front
                        .current
                        .borrow()
                        .server
                        .as_ref()
                        .is_some_and(|it| it.number() == number)
                {
                    return Ended::Closed;
                }
                continue;
            };
            events.push(&data);
            while let Some(event) = events.next() {
                // The client has got the acknowledgement of the first server.
                let is_acknowledged =
                    event.message["method"] == "notifications/subscriptions/acknowledged";
                if is_repeated && is_acknowledged {
                    continue;
                }
                *bytes += event.text.len();
                if client.send(Ok(event.text)).await.is_err() {
                    return Ended::Closed;
                }
            }
        }
    }
}

/// Returns the next data of a body; `None` at its end. Without a body, there is only the next server.
async fn next(body: &mut Option<Incoming>) -> Option<Bytes> {
    match body {
        Some(body) => {
            let frame = body.frame().await?.ok()?;
            Some(frame.into_data().unwrap_or_default())
        }
        None => std::future::pending().await,
    }
}
