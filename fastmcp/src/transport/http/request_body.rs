//! Reads request bodies within their limits.

use std::error::Error;
use std::time::Duration;

use axum::body::{Body, HttpBody};
use axum::http::header::{CONTENT_LENGTH, EXPECT};
use axum::http::{HeaderMap, Response, StatusCode};
use bytes::{Bytes, BytesMut};
use http_body_util::{BodyExt, LengthLimitError};

use crate::transport::http::response::{Refusal, refusal, slow_body};

/// The limits of a request body.
#[derive(Debug, Clone, Copy)]
pub(crate) struct BodyLimits {
    pub(crate) bytes: usize,
    pub(crate) time: Duration,
}

impl BodyLimits {
    /// Reads a body to its end. `Err` is the response to a body beyond the limits.
    pub(crate) async fn read(self, headers: &HeaderMap, mut body: Body) -> Result<Bytes, Refusal> {
        let length = headers.get(CONTENT_LENGTH);
        let length = length.and_then(|length| length.to_str().ok()?.parse::<u64>().ok());
        if length.is_some_and(|length| length > self.bytes as u64) {
            self.discard(headers, body);
            return Err(self.too_large().into());
        }
        match tokio::time::timeout(self.time, self.collect(&mut body)).await {
            Err(_) => Err(slow_body().into()),
            Ok(Ok(Some(bytes))) => Ok(bytes),
            Ok(Ok(None)) => {
                self.discard(headers, body);
                Err(self.too_large().into())
            }
            Ok(Err(error)) => Err(self.unreadable(&error).into()),
        }
    }

    /// Returns the whole body; `None` if it is too large.
    async fn collect(self, body: &mut Body) -> Result<Option<Bytes>, axum::Error> {
        let mut collected = BytesMut::new();
        while let Some(frame) = body.frame().await {
            let Ok(data) = frame?.into_data() else {
                continue;
            };
            if data.len() > self.bytes.saturating_sub(collected.len()) {
                return Ok(None);
            }
            if collected.is_empty() && body.is_end_stream() {
                return Ok(Some(data));
            }
            collected.extend_from_slice(&data);
        }
        Ok(Some(collected.freeze()))
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
