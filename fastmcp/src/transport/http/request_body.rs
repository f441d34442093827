//! Reads request bodies within their limits.

use std::error::Error;
use std::time::Duration;

use axum::body::{Body, HttpBody};
use axum::http::header::{CONTENT_LENGTH, EXPECT};
use axum::http::{HeaderMap, Response, StatusCode};
use bytes::{Bytes, BytesMut};
use http_body_util::{BodyExt, LengthLimitError};

use crate::transport::http::body_memory::{CountedBytes, NoMemory};
use crate::transport::http::response::{Refusal, refusal, slow_body, unavailable};

/// The reason why a body was not read to its end.
enum BodyError {
    TooLarge,
    NoMemory,
    Unreadable(axum::Error),
}

/// The reason for a body for which there is no memory.
pub(crate) const NO_MEMORY: &str = "the server receives too many large requests at once";

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
        // One allocation of the right size: growing buffers would take twice the memory. It is empty until bytes arrive.
        let expected = length.and_then(|length| usize::try_from(length).ok());
        let buffer = BytesMut::with_capacity(expected.unwrap_or_default());
        let collected = self.collect(&mut body, buffer, memory);
        let refused = match tokio::time::timeout(self.time, collected).await {
            Err(_) => return Err(slow_body().into()),
            Ok(Ok(bytes)) => return Ok(bytes),
            Ok(Err(BodyError::Unreadable(error))) => return Err(self.unreadable(&error).into()),
            Ok(Err(BodyError::TooLarge)) => self.too_large(),
            Ok(Err(BodyError::NoMemory)) => unavailable(None, NO_MEMORY),
        };
        self.discard(headers, body);
        Err(refused.into())
    }

    /// Returns the whole body.
    async fn collect(
        self,
        body: &mut Body,
        mut collected: BytesMut,
        memory: &mut CountedBytes,
    ) -> Result<Bytes, BodyError> {
        loop {
            let frame = tokio::select! {
                biased;
                () = memory.given_up() => return Err(BodyError::NoMemory),
                frame = body.frame() => frame,
            };
            let Some(frame) = frame else {
                return Ok(collected.freeze());
            };
            let Ok(data) = frame.map_err(BodyError::Unreadable)?.into_data() else {
                continue;
            };
            if data.len() > self.bytes.saturating_sub(collected.len()) {
                return Err(BodyError::TooLarge);
            }
            memory
                .add(data.len())
                .map_err(|NoMemory| BodyError::NoMemory)?;
            if collected.is_empty() && body.is_end_stream() {
                return Ok(data);
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
