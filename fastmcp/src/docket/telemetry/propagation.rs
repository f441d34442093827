//! Converts the trace context of spans to and from the headers of W3C Trace Context.

use opentelemetry::propagation::{Extractor, TextMapPropagator};
use opentelemetry::trace::{SpanContext, TraceContextExt, TraceFlags};
use opentelemetry_sdk::propagation::TraceContextPropagator;
use tracing::Span;
use tracing_opentelemetry::OpenTelemetrySpanExt;

use crate::docket::model::submission::TraceContext;

/// The length of a `traceparent` of version 00. Those of later versions are at least as long.
const LENGTH: usize = 55;

struct Headers<'a> {
    traceparent: &'a str,
    tracestate: Option<&'a str>,
}

impl Extractor for Headers<'_> {
    fn get(&self, key: &str) -> Option<&str> {
        match key {
            "traceparent" => Some(self.traceparent),
            "tracestate" => self.tracestate,
            _ => None,
        }
    }

    fn keys(&self) -> Vec<&str> {
        vec!["traceparent", "tracestate"]
    }
}

/// Parses a trace context. A malformed one is ignored, because it comes from a client.
pub(crate) fn parse(traceparent: &str, tracestate: Option<&str>) -> Option<SpanContext> {
    let headers = Headers {
        traceparent,
        tracestate,
    };
    let empty = opentelemetry::Context::new();
    let context = TraceContextPropagator::new().extract_with_context(&empty, &headers);
    let parsed = context.span().span_context().clone();
    // The propagator accepts flags of one digit, which W3C Trace Context does not allow.
    if parsed.is_valid() && traceparent.len() >= LENGTH {
        return Some(parsed);
    }
    tracing::debug!("ignored a malformed `traceparent`");
    None
}

/// Returns the context of a span; `None` if nothing records it.
pub(crate) fn span_context(span: &Span) -> Option<SpanContext> {
    let context = span.context();
    let context = context.span().span_context().clone();
    context.is_valid().then_some(context)
}

/// Returns the context of a span in the form of headers.
pub(crate) fn headers(context: &SpanContext) -> TraceContext {
    let flags = context.trace_flags() & TraceFlags::SAMPLED;
    let state = context.trace_state().header();
    TraceContext {
        traceparent: format!(
            "00-{}-{}-{:02x}",
            context.trace_id(),
            context.span_id(),
            flags.to_u8()
        ),
        tracestate: (!state.is_empty()).then_some(state),
    }
}

/// Makes a remote span the parent of one that has not been entered.
pub(crate) fn set_parent(span: &Span, parent: SpanContext) {
    let parent = opentelemetry::Context::new().with_remote_span_context(parent);
    // Fails only if no layer records the span.
    let _ = span.set_parent(parent);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_context_is_written_as_it_was_read_and_malformed_ones_are_ignored() {
        let text = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
        for (parent, state) in [(text, None), (text, Some("vendor=1,other=2"))] {
            let context = parse(parent, state).unwrap();
            let written = headers(&context);
            assert_eq!(written.traceparent, parent);
            assert_eq!(written.tracestate.as_deref(), state);
        }
        let zeros = "00-00000000000000000000000000000000-00f067aa0ba902b7-01";
        let long = "0".repeat(100_000);
        for malformed in ["", "00", "00-x-y-01", zeros, &text[..54], &long, "ü-ü-ü-ü"] {
            assert_eq!(parse(malformed, None), None, "{malformed:.60}");
        }
    }
}
