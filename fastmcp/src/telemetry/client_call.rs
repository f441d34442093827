//! [`ClientCall`]: the span and the metric of a request that this program sends as a client.

use std::time::Instant;

use opentelemetry::KeyValue;
use serde_json::{Value, json};
use tracing::field::Empty;
use tracing::instrument::Instrumented;
use tracing::{Instrument, Span};

use crate::docket::telemetry::propagation::{headers, span_context};
use crate::telemetry::layer::TARGET;
use crate::telemetry::metrics;
use crate::telemetry::request::Ended;

/// A request that waits for its response.
pub(crate) struct ClientCall {
    span: Span,
    start: Instant,
    method: &'static str,
}

impl ClientCall {
    /// Starts the span, and adds its context to `params._meta` (SEP-414).
    pub(crate) fn start(method: &'static str, params: &mut Value) -> Self {
        let is_tool = method == "tools/call";
        let name = params["name"].as_str();
        let span = tracing::info_span!(
            target: TARGET,
            "client request",
            otel.name = name.map_or_else(|| method.to_owned(), |name| format!("{method} {name}")),
            otel.kind = "client",
            otel.status_code = Empty,
            mcp.method.name = method,
            mcp.resource.uri = params["uri"].as_str(),
            gen_ai.operation.name = is_tool.then_some("execute_tool"),
            gen_ai.tool.name = name.filter(|_| is_tool),
            gen_ai.prompt.name = name.filter(|_| method == "prompts/get"),
            rpc.response.status_code = Empty,
            error.type = Empty,
        );
        let is_recorded = !span.is_disabled();
        if is_recorded && let Some(context) = span_context(&span) {
            let context = headers(&context);
            params["_meta"]["traceparent"] = json!(context.traceparent);
            if let Some(state) = context.tracestate {
                params["_meta"]["tracestate"] = json!(state);
            }
        }
        Self {
            span,
            start: Instant::now(),
            method,
        }
    }

    /// Waits for the response inside of the span.
    pub(crate) fn run<F: Future>(&self, request: F) -> Instrumented<F> {
        request.instrument(self.span.clone())
    }

    /// Ends the span. `None` means that there was no response.
    pub(crate) fn end(self, ended: Option<Ended>) {
        let (error, code) = match ended {
            Some(Ended::Successfully) => (None, None),
            Some(Ended::WithToolError) => (Some("tool_error".to_owned()), None),
            Some(Ended::WithError(code)) => (Some(code.to_string()), Some(code.to_string())),
            None => (Some("_OTHER".to_owned()), None),
        };
        if let Some(error) = &error {
            self.span.record("otel.status_code", "error");
            self.span.record("error.type", error);
        }
        if let Some(code) = &code {
            self.span.record("rpc.response.status_code", code);
        }
        if let Some(metrics) = metrics::get() {
            let mut attributes = vec![KeyValue::new("mcp.method.name", self.method)];
            attributes.extend(error.map(|error| KeyValue::new("error.type", error)));
            attributes.extend(code.map(|code| KeyValue::new("rpc.response.status_code", code)));
            let time = self.start.elapsed().as_secs_f64();
            metrics.client_operations.record(time, &attributes);
        }
    }
}
