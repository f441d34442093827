//! [`TrackedBody`]: a response body that keeps its response in the counters of the server.

use std::pin::Pin;
use std::task::{Context, Poll};

use axum::body::{Body, HttpBody};
use bytes::Bytes;
use http_body::{Frame, SizeHint};
use pin_project_lite::pin_project;
use tokio_util::task::task_tracker::TaskTrackerToken;

use crate::transport::http::body_memory::CountedBytes;
use crate::transport::http::stream_limits::OpenStream;

/// Held until the body is written or its client disconnects.
#[derive(Default)]
pub(crate) struct Held {
    /// The request is in flight.
    pub(crate) in_flight: Option<TaskTrackerToken>,
    /// The response is a `subscriptions/listen` stream.
    pub(crate) stream: Option<OpenStream>,
    /// The body of the request still takes memory.
    pub(crate) body: Option<CountedBytes>,
}

pin_project! {
    /// A body that keeps a value until it is dropped.
    pub(crate) struct TrackedBody<T> {
        #[pin]
        body: Body,
        held: T,
    }
}

impl<T> TrackedBody<T> {
    pub(crate) fn new(body: Body, held: T) -> Self {
        Self { body, held }
    }
}

impl<T> HttpBody for TrackedBody<T> {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        self.project().body.poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
