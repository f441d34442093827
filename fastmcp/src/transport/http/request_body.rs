//! Reads request bodies within their limits.

use std::error::Error;
use std::time::Duration;

use axum::body::{Body, HttpBody};
use axum::http::header::{CONTENT_LENGTH, EXPECT};
use axum::http::{HeaderMap, Response, StatusCode};
use bytes::{Bytes, BytesMut};
use http_body_util::{BodyExt, LengthLimitError};

use crate::transport::http::body_memory::{CountedBytes, NoMemory, UNCOUNTED};
use crate::transport::http::response::{Refusal, refusal, slow_body, unavailable};

/// The reason why a body was not read to its end.
enum BodyError {
    TooLarge,
    NoMemory,
    Unreadable(axum::Error),
}

/// The reason for a body for which there is no memory.
pub(crate) const NO_MEMORY: &str = "the server receives too many large requests at once";

/// The first capacity of a buffer for a large body of unknown length.
const FIRST_CAPACITY: usize = 64 * 1024;

/// The limits of a request body.
#[derive(Debug, Clone, Copy)]
pub(crate) struct BodyLimits {
    pub(crate) bytes: usize,
    pub(crate) time: Duration,
}

impl BodyLimits {
    /// Reads a body to its end, and counts its memory. `Err` is the response to a body beyond the limits.
    pub(crate) async fn read(
        self,
        headers: &HeaderMap,
        mut body: Body,
        memory: &mut CountedBytes,
    ) -> Result<Bytes, Refusal> {
        let length = headers.get(CONTENT_LENGTH);
        let length = length.and_then(|length| length.to_str().ok()?.parse::<u64>().ok());
        if length.is_some_and(|length| length > self.bytes as u64) {
            self.discard(headers, body);
            return Err(self.too_large().into());
        }
        let length = length.and_then(|length| usize::try_from(length).ok());
        let collected = self.collect(&mut body, length, memory);
        let refused = match tokio::time::timeout(self.time, collected).await {
            Err(_) if memory.waits() => unavailable(None, NO_MEMORY),
            Err(_) => return Err(slow_body().into()),
            Ok(Ok(bytes)) => return Ok(bytes),
            Ok(Err(BodyError::Unreadable(error))) => return Err(self.unreadable(&error).into()),
            Ok(Err(BodyError::TooLarge)) => self.too_large(),
            Ok(Err(BodyError::NoMemory)) => unavailable(None, NO_MEMORY),
        };
        self.discard(headers, body);
        Err(refused.into())
    }

    /// Returns the whole body. `length` is its length if the client has announced it.
    async fn collect(
        self,
        body: &mut Body,
        length: Option<usize>,
        memory: &mut CountedBytes,
    ) -> Result<Bytes, BodyError> {
        let mut collected = BytesMut::new();
        // The number of bytes that the buffer may hold. A larger buffer takes its memory first. While there is none,
        // the server does not read, so that the client waits too.
        let mut capacity = UNCOUNTED;
        loop {
            let frame = tokio::select! {
                biased;
                () = memory.given_up() => return Err(BodyError::NoMemory),
                frame = body.frame() => frame,
            };
            let Some(frame) = frame else {
                return Ok(frozen(collected));
            };
            let Ok(data) = frame.map_err(BodyError::Unreadable)?.into_data() else {
                continue;
            };
            memory.has_part();
            let arrived = collected.len() + data.len();
            if arrived > self.bytes {
                return Err(BodyError::TooLarge);
            }
            if arrived > capacity {
                let larger = length.unwrap_or((2 * arrived).max(FIRST_CAPACITY));
                let larger = larger.clamp(arrived, self.bytes);
                let before = if capacity == UNCOUNTED { 0 } else { capacity };
                let taken = memory.take(larger - before).await;
                taken.map_err(|NoMemory| BodyError::NoMemory)?;
                capacity = larger;
            }
            if collected.is_empty() && body.is_end_stream() {
                return Ok(data);
            }
            if collected.capacity() < arrived {
                // `BytesMut::reserve` could double the capacity.
                let room = length.map_or(capacity, |length| length.clamp(arrived, capacity));
                let mut larger = BytesMut::with_capacity(room);
                larger.extend_from_slice(&collected);
                collected = larger;
            }
            collected.extend_from_slice(&data);
        }
    }

    /// Reads the rest of the body of a refused request in the background. Many clients read the
    /// response only after they have sent the whole body, and closing the connection before would
    /// destroy the response.
    pub(crate) fn discard(self, headers: &HeaderMap, mut body: Body) {
        // A client that waits for permission to send its body does not send it.
        if body.is_end_stream() || headers.contains_key(EXPECT) {
            return;
        }
        tokio::spawn(tokio::time::timeout(self.time, async move {
            while let Some(Ok(_)) = body.frame().await {}
        }));
    }

    fn too_large(self) -> Response<Body> {
        let text = format!("the body is larger than {} bytes", self.bytes);
        refusal(StatusCode::PAYLOAD_TOO_LARGE, text)
    }

    /// Returns the response to a body that cannot be read to its end.
    fn unreadable(self, error: &axum::Error) -> Response<Body> {
        // A limit of a layer in front of the server wraps its error in another one.
        let mut cause: Option<&(dyn Error + 'static)> = Some(error);
        while let Some(error) = cause {
            if error.is::<LengthLimitError>() {
                return self.too_large();
            }
            cause = error.source();
        }
        tracing::debug!(%error, "a request body is incomplete");
        refusal(StatusCode::BAD_REQUEST, "the body is incomplete")
    }
}

/// Returns the bytes of a buffer. A buffer that is mostly empty does not keep its memory.
fn frozen(collected: BytesMut) -> Bytes {
    if collected.len() < collected.capacity() / 2 {
        Bytes::copy_from_slice(&collected)
    } else {
        collected.freeze()
    }
}
