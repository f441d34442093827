//! The requests about events, which the protocol library does not know.

use std::sync::Arc;
use std::time::Duration;

use rmcp::model::{
    CustomNotification, CustomRequest, CustomResult, ErrorCode, ErrorData, ServerNotification,
};
use serde_json::{Value, json};
use tokio::time::Instant;

use crate::context::stream_capacity::StreamCapacity;
use crate::events::requests::{answer, is_method};
use crate::events::server::EventServer;
use crate::events::stream::{Message, Stream};
use crate::events::wire;
use crate::protocol::caller::caller;
use crate::protocol::client_channel::PeerChannel;
use crate::protocol::connection::{Connection, RequestContext, Response};
use crate::protocol::convert::error_data;
use crate::protocol::request::OriginalId;

/// The time between two looks at the history of a stream.
const LOOK: Duration = Duration::from_secs(1);
/// The longest time without a notification. A client takes a stream for dead after a minute.
const HEARTBEAT: Duration = Duration::from_secs(15);

impl Connection {
    /// Answers a request about events. `None` if it is about something else, or the server has no events.
    pub(crate) async fn events(
        &self,
        request: &CustomRequest,
        context: &RequestContext,
    ) -> Option<Response<CustomResult>> {
        let server = self.server.events.as_ref()?;
        if request.method == wire::STREAM {
            return Some(stream(server, request, context).await);
        }
        if !is_method(&request.method) {
            return None;
        }
        let caller = caller(context);
        let answered = answer(server, &request.method, request.params.as_ref(), &caller);
        let answered = tokio::select! {
            answered = answered => answered,
            () = context.ct.cancelled() => return Some(Err(cancelled())),
        };
        Some(answered.map(CustomResult).map_err(error_data))
    }
}

fn cancelled() -> ErrorData {
    ErrorData::new(ErrorCode::INTERNAL_ERROR, "the request was cancelled", None)
}

/// Sends events until the client or the server ends the stream.
async fn stream(
    server: &Arc<EventServer>,
    request: &CustomRequest,
    context: &RequestContext,
) -> Response<CustomResult> {
    let caller = caller(context);
    let opened = Stream::open(Arc::clone(server), request.params.as_ref(), caller);
    let (mut stream, first) = opened.await.map_err(error_data)?;
    let original = context.extensions.get::<OriginalId>();
    let id = original.map_or(&context.id, |OriginalId(id)| id);
    let meta = json!({ wire::META_SUBSCRIPTION: id });
    let channel = PeerChannel {
        peer: context.peer.clone(),
        progress_token: None,
        log_level: None,
        asking_unsupported: None,
        capacity: capacity(context),
    };
    let send = async |message: Message| {
        let mut params = message.params;
        params.insert("_meta".to_owned(), meta.clone());
        let notification = CustomNotification::new(message.method, Some(Value::Object(params)));
        channel
            .send(ServerNotification::CustomNotification(notification))
            .await;
    };
    let run = async {
        send(first).await;
        let mut quiet_since = Instant::now();
        loop {
            match stream.next().await {
                Ok(messages) => {
                    for message in messages {
                        send(message).await;
                        quiet_since = Instant::now();
                    }
                }
                Err(error) => return Err(error_data(error)),
            }
            if quiet_since.elapsed() >= HEARTBEAT {
                send(stream.heartbeat()).await;
                quiet_since = Instant::now();
            }
            if !stream.has_more() {
                tokio::time::sleep(LOOK).await;
            }
        }
    };
    tokio::select! {
        ended = run => ended,
        () = context.ct.cancelled() => {
            Ok(CustomResult(json!({ "resultType": "complete", "_meta": meta })))
        }
    }
}

#[cfg(feature = "http")]
fn capacity(context: &RequestContext) -> Option<StreamCapacity> {
    let parts = context.extensions.get::<axum::http::request::Parts>()?;
    parts.extensions.get().cloned()
}

#[cfg(not(feature = "http"))]
fn capacity(_: &RequestContext) -> Option<StreamCapacity> {
    None
}
