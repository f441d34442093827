//! [`KeepAliveBody`]: an event stream that sends comments while it is silent.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::{Body, HttpBody};
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::http::{HeaderMap, HeaderValue, Response};
use bytes::Bytes;
use futures_util::future::BoxFuture;
use http_body::Frame;
use tokio::time::{Instant, Sleep};

/// A comment, which clients ignore.
const COMMENT: &[u8] = b":\n\n";

const EVENT_STREAM: HeaderValue = HeaderValue::from_static("text/event-stream");

/// An event stream. Proxies and clients close connections on which nothing is sent.
pub(crate) struct KeepAliveBody {
    /// Sent before the stream.
    first: Option<Bytes>,
    stream: Stream,
    /// The interval of comments; `None` for no comments.
    every: Option<Duration>,
    silence: Pin<Box<Sleep>>,
}

enum Stream {
    /// The response is not there yet.
    Pending(BoxFuture<'static, Response<Body>>),
    Body(Body),
    /// The response is JSON, which becomes one event.
    Json(Body, Vec<u8>),
    End,
}

impl KeepAliveBody {
    fn new(stream: Stream, every: Option<Duration>) -> Self {
        Self {
            first: None,
            stream,
            every,
            silence: Box::pin(tokio::time::sleep(every.unwrap_or_default())),
        }
    }

    /// Returns an event stream for a response that took longer than `every`.
    pub(crate) fn pending(
        response: BoxFuture<'static, Response<Body>>,
        every: Duration,
    ) -> Response<Body> {
        let mut body = Self::new(Stream::Pending(response), Some(every));
        body.first = Some(Bytes::from_static(COMMENT));
        event_stream(Body::new(body))
    }

    /// Adds comments to a response that is an event stream, and sends `first` before it.
    pub(crate) fn wrap(
        response: Response<Body>,
        first: Option<Bytes>,
        every: Option<Duration>,
    ) -> Response<Body> {
        if !is_event_stream(response.headers()) {
            return response;
        }
        response.map(|body| {
            let mut body = Self::new(Stream::Body(body), every);
            body.first = first;
            Body::new(body)
        })
    }

    /// Returns the next part of the stream, without comments.
    fn poll_stream(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes, axum::Error>>> {
        loop {
            match &mut self.stream {
                Stream::Pending(response) => match response.as_mut().poll(cx) {
                    Poll::Pending => return Poll::Pending,
                    Poll::Ready(response) if is_event_stream(response.headers()) => {
                        self.stream = Stream::Body(response.into_body());
                    }
                    Poll::Ready(response) => {
                        self.stream = Stream::Json(response.into_body(), b"data: ".to_vec());
                    }
                },
                Stream::Body(body) => match Pin::new(body).poll_frame(cx) {
                    Poll::Pending => return Poll::Pending,
                    Poll::Ready(Some(Ok(frame))) => {
                        if let Ok(data) = frame.into_data() {
                            return Poll::Ready(Some(Ok(data)));
                        }
                    }
                    Poll::Ready(end) => {
                        self.stream = Stream::End;
                        return Poll::Ready(end.and_then(Result::err).map(Err));
                    }
                },
                Stream::Json(body, event) => match Pin::new(body).poll_frame(cx) {
                    Poll::Pending => return Poll::Pending,
                    Poll::Ready(Some(Ok(frame))) => {
                        if let Ok(data) = frame.into_data() {
                            event.extend_from_slice(&data);
                        }
                    }
                    Poll::Ready(Some(Err(error))) => {
                        self.stream = Stream::End;
                        return Poll::Ready(Some(Err(error)));
                    }
                    Poll::Ready(None) => {
                        event.extend_from_slice(b"\n\n");
                        let event = std::mem::take(event);
                        self.stream = Stream::End;
                        return Poll::Ready(Some(Ok(event.into())));
                    }
                },
                Stream::End => return Poll::Ready(None),
            }
        }
    }
}

impl HttpBody for KeepAliveBody {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let this = self.get_mut();
        if let Some(first) = this.first.take() {
            return Poll::Ready(Some(Ok(Frame::data(first))));
        }
        let next = this.poll_stream(cx);
        let Some(every) = this.every else {
            return next.map(|part| part.map(|part| part.map(Frame::data)));
        };
        if let Poll::Ready(part) = next {
            this.silence.as_mut().reset(Instant::now() + every);
            return Poll::Ready(part.map(|part| part.map(Frame::data)));
        }
        if this.silence.as_mut().poll(cx).is_pending() {
            return Poll::Pending;
        }
        this.silence.as_mut().reset(Instant::now() + every);
        Poll::Ready(Some(Ok(Frame::data(Bytes::from_static(COMMENT)))))
    }
}

/// Returns a response whose body is an event stream, which proxies neither store nor delay.
pub(crate) fn event_stream(body: Body) -> Response<Body> {
    let mut response = Response::new(body);
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, EVENT_STREAM);
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    headers.insert("x-accel-buffering", HeaderValue::from_static("no"));
    response
}

/// Returns whether a response with these headers is an event stream.
pub(crate) fn is_event_stream(headers: &HeaderMap) -> bool {
    headers
        .get(CONTENT_TYPE)
        .is_some_and(|kind| kind.as_bytes().starts_with(EVENT_STREAM.as_bytes()))
}
