//! [`TrackedBody`]: a response body whose request counts as in flight until the body has been sent.

use std::pin::Pin;
use std::task::{Context, Poll};

use axum::body::{Body, HttpBody};
use bytes::Bytes;
use http_body::{Frame, SizeHint};
use pin_project_lite::pin_project;
use tokio_util::task::task_tracker::TaskTrackerToken;

pin_project! {
    /// Holds the token until the body is sent or the client disconnects.
    pub(crate) struct TrackedBody {
        #[pin]
        body: Body,
        in_flight: Option<TaskTrackerToken>,
    }
}

impl TrackedBody {
    pub(crate) fn new(body: Body, in_flight: Option<TaskTrackerToken>) -> Self {
        Self { body, in_flight }
    }
}

impl HttpBody for TrackedBody {
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
