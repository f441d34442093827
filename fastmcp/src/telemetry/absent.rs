//! The spans and metrics of requests without the feature `telemetry`: nothing.

use crate::telemetry::request::{Ended, Request};

/// The place of a request in a trace.
#[derive(Debug, Clone, Default)]
pub(crate) struct TraceOrigin;

impl TraceOrigin {
    pub(crate) fn of_metadata(_: Option<&[u8]>) -> Self {
        Self
    }

    #[cfg(feature = "http")]
    #[expect(clippy::unused_self, reason = "the other one keeps the headers")]
    pub(crate) fn set_http<'a>(&mut self, _: impl Fn(&str) -> Option<&'a str>) {}
}

/// A request that runs.
pub(crate) struct Operation;

impl Operation {
    pub(crate) fn start<'a>(_: &TraceOrigin, _: impl FnOnce() -> Request<'a>) -> Self {
        Self
    }

    #[expect(clippy::unused_self, reason = "the future runs inside of its span")]
    pub(crate) fn run<F: Future>(&self, request: F) -> F {
        request
    }

    #[expect(clippy::unused_self, reason = "the span is ended with it")]
    pub(crate) fn add_content(&self, _: &str, _: impl FnOnce() -> Option<String>) {}

    #[expect(clippy::unused_self, reason = "the span is ended with it")]
    pub(crate) fn end(self, _: impl FnOnce() -> Ended) {}
}

/// Returns the span of a step in the life of a server.
pub(crate) fn step(_: &'static str) -> tracing::Span {
    tracing::Span::none()
}
