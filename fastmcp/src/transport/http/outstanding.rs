//! [`Outstanding`]: bounds the messages of a request without a session that its client has not read.

use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};

use axum::body::{Body, HttpBody};
use bytes::Bytes;
use http_body::Frame;
use tokio::sync::Notify;

use crate::context::stream_capacity::StreamCapacity;
use crate::transport::http::lock::lock;

/// The size in bytes of the messages that may wait before the handler waits.
const MAX_BYTES: usize = 512 * 1024;

/// The bytes that a handler has sent and that its client has not read.
#[derive(Default)]
pub(crate) struct Outstanding {
    /// `None` once the response is gone.
    bytes: Mutex<Option<usize>>,
    /// Notified when the client has read or is gone.
    read: Notify,
}

impl Outstanding {
    pub(crate) fn new() -> Arc<Self> {
        Arc::new(Self {
            bytes: Mutex::new(Some(0)),
            read: Notify::new(),
        })
    }

    /// Returns the handle with which the handler waits before it sends a message.
    pub(crate) fn capacity(self: &Arc<Self>) -> StreamCapacity {
        let outstanding = Arc::clone(self);
        StreamCapacity(Arc::new(move |size| {
            let outstanding = Arc::clone(&outstanding);
            Box::pin(async move { outstanding.reserve(size).await })
        }))
    }

    async fn reserve(&self, size: usize) {
        loop {
            // Created before the check: it also completes if the client reads in between.
            let read = self.read.notified();
            if let Some(bytes) = &mut *lock(&self.bytes) {
                // A message that is larger than the limit is sent alone.
                if *bytes == 0 || *bytes + size <= MAX_BYTES {
                    *bytes += size;
                    return;
                }
            } else {
                return;
            }
            read.await;
        }
    }

    fn has_read(&self, size: usize) {
        if let Some(bytes) = &mut *lock(&self.bytes) {
            // The stream also has the response, which is not counted.
            *bytes = bytes.saturating_sub(size);
        }
        self.read.notify_waiters();
    }
}

/// The body of the response.
pub(crate) struct CountedBody {
    body: Body,
    outstanding: Arc<Outstanding>,
}

impl CountedBody {
    pub(crate) fn new(body: Body, outstanding: Arc<Outstanding>) -> Self {
        Self { body, outstanding }
    }
}

impl Drop for CountedBody {
    fn drop(&mut self) {
        *lock(&self.outstanding.bytes) = None;
        self.outstanding.read.notify_waiters();
    }
}

impl HttpBody for CountedBody {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let frame = Pin::new(&mut self.body).poll_frame(cx);
        if let Poll::Ready(Some(Ok(frame))) = &frame
            && let Some(data) = frame.data_ref()
        {
            self.outstanding.has_read(data.len());
        }
        frame
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> http_body::SizeHint {
        self.body.size_hint()
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_handler_waits_for_a_client_that_does_not_read() {
        let outstanding = Outstanding::new();
        let StreamCapacity(reserve) = outstanding.capacity();
        let waits = async |size| {
            let reserved = tokio::time::timeout(Duration::from_secs(1), reserve(size));
            reserved.await.is_err()
        };
        assert!(!waits(2 * MAX_BYTES).await, "a large message is sent alone");
        assert!(waits(1).await);
        outstanding.has_read(2 * MAX_BYTES - 1);
        assert!(!waits(1).await);
        assert!(waits(MAX_BYTES).await);
        drop(CountedBody::new(Body::empty(), outstanding));
        assert!(!waits(MAX_BYTES).await, "the client has disconnected");
    }
}
