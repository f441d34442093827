//! [`Operation`]: the span and the metric of one request, by the semantic conventions for MCP.
//!
//! The names are those of `open-telemetry/semantic-conventions-genai`, `docs/gen-ai/mcp.md` (status: development).

use std::time::Instant;

use opentelemetry::KeyValue;
use opentelemetry::trace::SpanContext;
use serde::Deserialize;
use tracing::field::Empty;
use tracing::instrument::Instrumented;
use tracing::{Instrument, Level, Span};
use tracing_opentelemetry::OpenTelemetrySpanExt;

#[cfg(feature = "http")]
use crate::docket::telemetry::propagation::span_context;
use crate::docket::telemetry::propagation::{parse, set_parent};
use crate::telemetry::layer::TARGET;
use crate::telemetry::request::{Ended, Request, Target, network};
use crate::telemetry::{metrics, pipeline};

/// The maximum length of an attribute with arguments or results in bytes. Exporters queue thousands of spans.
const MAX_CONTENT: usize = 8 * 1024;

/// The place of a request in a trace.
#[derive(Debug, Clone, Default)]
pub(crate) struct TraceOrigin {
    /// The parent that the client names in `params._meta`.
    metadata: Option<SpanContext>,
    /// The span of the HTTP request: one of a layer of the program, or that of the client.
    http: Option<SpanContext>,
    is_http: bool,
    /// The session and the revision of the protocol in the headers, for calls that the protocol library does not see.
    session: Option<Box<str>>,
    protocol: Option<Box<str>>,
}

/// The members of `params._meta` that name the parent of a request (SEP-414).
#[derive(Deserialize)]
struct TraceMetadata {
    traceparent: Option<String>,
    tracestate: Option<String>,
}

impl TraceOrigin {
    /// Reads the parent from the text of `params._meta`.
    pub(crate) fn of_metadata(metadata: Option<&[u8]>) -> Self {
        let is_traced = || tracing::enabled!(target: TARGET, Level::INFO);
        let metadata = metadata.filter(|_| is_traced());
        let metadata = metadata.and_then(|it| serde_json::from_slice::<TraceMetadata>(it).ok());
        metadata.map_or_else(Self::default, |it| {
            Self::new(it.traceparent.as_deref(), it.tracestate.as_deref())
        })
    }

    pub(crate) fn new(traceparent: Option<&str>, tracestate: Option<&str>) -> Self {
        Self {
            metadata: traceparent.and_then(|parent| parse(parent, tracestate)),
            ..Self::default()
        }
    }

    /// Adds the span of the HTTP request: the current one if it is recorded, or else the one of its headers.
    #[cfg(feature = "http")]
    pub(crate) fn set_http<'a>(&mut self, header: impl Fn(&str) -> Option<&'a str>) {
        self.is_http = true;
        if !tracing::enabled!(target: TARGET, Level::INFO) {
            return;
        }
        self.session = header("mcp-session-id").map(Into::into);
        self.protocol = header("mcp-protocol-version").map(Into::into);
        let of_headers = || parse(header("traceparent")?, header("tracestate"));
        self.http = span_context(&Span::current()).or_else(of_headers);
    }

    /// Adds the span of an HTTP request that [`set_http`](Self::set_http) has determined.
    #[cfg(feature = "http")]
    pub(crate) fn with_http(self, http: &Self) -> Self {
        Self {
            metadata: self.metadata,
            http: http.http.clone(),
            is_http: true,
            ..Self::default()
        }
    }

    /// Makes the parent of the request the parent of its span. The span of the HTTP request is only a link if the
    /// client names another parent.
    fn apply(&self, span: &Span) {
        match (&self.metadata, &self.http) {
            (Some(parent), http) => {
                set_parent(span, parent.clone());
                if let Some(http) = http.clone().filter(|http| http != parent) {
                    span.add_link(http);
                }
            }
            (None, Some(http)) => set_parent(span, http.clone()),
            (None, None) => {}
        }
    }
}

/// A request that runs.
pub(crate) struct Operation {
    span: Span,
    /// The start and the attributes of the metric; `None` if nothing measures.
    measured: Option<(Instant, Vec<KeyValue>)>,
}

impl Operation {
    /// Starts the span and the clock. `request` is called only if something records them.
    pub(crate) fn start<'a>(origin: &TraceOrigin, request: impl FnOnce() -> Request<'a>) -> Self {
        let is_traced = tracing::enabled!(target: TARGET, Level::INFO);
        let is_measured = metrics::get().is_some();
        if !is_traced && !is_measured {
            return Self {
                span: Span::none(),
                measured: None,
            };
        }
        let request = request();
        let span = if is_traced {
            span(origin, &request)
        } else {
            Span::none()
        };
        let measured = is_measured.then(|| (Instant::now(), attributes(origin, &request)));
        Self { span, measured }
    }

    /// Runs the request inside of the span.
    pub(crate) fn run<F: Future>(&self, request: F) -> Instrumented<F> {
        request.instrument(self.span.clone())
    }

    /// Adds an attribute with data of the client or the handler, if the options allow it.
    pub(crate) fn add_content(&self, name: &str, content: impl FnOnce() -> Option<String>) {
        if !self.span.is_disabled()
            && pipeline::records_contents()
            && let Some(mut content) = content()
        {
            content.truncate(content.floor_char_boundary(MAX_CONTENT));
            self.span.set_attribute(name.to_owned(), content);
        }
    }

    /// Ends the span and the clock. `ended` is called only if something records them.
    pub(crate) fn end(self, ended: impl FnOnce() -> Ended) {
        if self.span.is_disabled() && self.measured.is_none() {
            return;
        }
        let (error, code) = match ended() {
            Ended::Successfully => (None, None),
            Ended::WithToolError => (Some("tool_error".to_owned()), None),
            Ended::WithError(code) => (Some(code.to_string()), Some(code)),
        };
        if let Some(error) = &error {
            self.span.record("error.type", error);
            // The mistake of a client is not an error of the server. The message of an error may contain arguments,
            // so the status has no description.
            let is_of_server = code.is_none_or(|code| matches!(code, -32_603 | -32_099..=-32_000));
            if is_of_server {
                self.span.record("otel.status_code", "error");
            }
        }
        if let Some(code) = code {
            self.span
                .record("rpc.response.status_code", code.to_string());
        }
        if let (Some((start, mut attributes)), Some(metrics)) = (self.measured, metrics::get()) {
            attributes.extend(error.map(|error| KeyValue::new("error.type", error)));
            attributes.extend(
                code.map(|code| KeyValue::new("rpc.response.status_code", code.to_string())),
            );
            let time = start.elapsed().as_secs_f64();
            metrics.operations.record(time, &attributes);
        }
    }
}

/// Returns the span of a step in the life of a server.
pub(crate) fn step(name: &'static str) -> Span {
    tracing::info_span!(target: TARGET, "server", otel.name = name, otel.kind = "internal")
}

fn span(origin: &TraceOrigin, request: &Request<'_>) -> Span {
    let (network, protocol) = network(origin.is_http);
    let method = request.method;
    let name = match request.target {
        Target::Tool { name, .. } | Target::Prompt { name, .. } => format!("{method} {name}"),
        Target::Resource { .. } | Target::None => method.to_owned(),
    };
    let span = tracing::info_span!(
        target: TARGET,
        "request",
        otel.name = name,
        otel.kind = "server",
        otel.status_code = Empty,
        mcp.method.name = method,
        mcp.protocol.version = request.protocol.as_deref().or(origin.protocol.as_deref()),
        mcp.session.id = request.session.or(origin.session.as_deref()),
        mcp.resource.uri = Empty,
        jsonrpc.request.id = request.id.as_deref(),
        gen_ai.operation.name = Empty,
        gen_ai.tool.name = Empty,
        gen_ai.prompt.name = Empty,
        network.transport = network,
        network.protocol.name = protocol,
        rpc.response.status_code = Empty,
        error.type = Empty,
    );
    match request.target {
        Target::Tool { name, .. } => {
            span.record("gen_ai.operation.name", "execute_tool");
            span.record("gen_ai.tool.name", name);
        }
        Target::Prompt { name, .. } => {
            span.record("gen_ai.prompt.name", name);
        }
        Target::Resource { uri } => {
            span.record("mcp.resource.uri", uri);
        }
        Target::None => {}
    }
    origin.apply(&span);
    span
}

/// Returns the attributes of the metric, whose values are bounded.
fn attributes(origin: &TraceOrigin, request: &Request<'_>) -> Vec<KeyValue> {
    let (network, protocol) = network(origin.is_http);
    let mut attributes = Vec::with_capacity(8);
    attributes.push(KeyValue::new("mcp.method.name", request.method));
    attributes.push(KeyValue::new("network.transport", network));
    attributes.extend(protocol.map(|it| KeyValue::new("network.protocol.name", it)));
    let version = request.protocol.clone();
    attributes.extend(version.map(|it| KeyValue::new("mcp.protocol.version", it)));
    match request.target {
        Target::Tool { name, is_known } => {
            attributes.push(KeyValue::new("gen_ai.operation.name", "execute_tool"));
            if is_known {
                attributes.push(KeyValue::new("gen_ai.tool.name", name.to_owned()));
            }
        }
        Target::Prompt {
            name,
            is_known: true,
        } => {
            attributes.push(KeyValue::new("gen_ai.prompt.name", name.to_owned()));
        }
        _ => {}
    }
    attributes
}
