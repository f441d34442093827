//! An OpenTelemetry collector that keeps what it receives: OTLP over HTTP, in protobuf.

use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::routing::post;
use opentelemetry_proto::tonic::collector::metrics::v1::ExportMetricsServiceRequest;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::KeyValue;
use opentelemetry_proto::tonic::common::v1::any_value::Value;
use opentelemetry_proto::tonic::metrics::v1::Metric;
use opentelemetry_proto::tonic::trace::v1::Span;
use prost::Message;
use tokio::net::TcpListener;

/// A span, with the name of the service that has sent it.
#[derive(Debug, Clone)]
pub struct ReceivedSpan {
    /// The name of the service.
    pub service: String,
    /// The span.
    pub span: Span,
}

/// What a collector has received.
#[derive(Debug, Default)]
struct Received {
    spans: Vec<ReceivedSpan>,
    metrics: Vec<Metric>,
}

/// A collector on a port of this machine.
#[derive(Debug, Clone)]
pub struct Collector {
    /// The base of its address.
    pub url: String,
    received: Arc<Mutex<Received>>,
}

impl Collector {
    /// Starts a collector.
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("an address");
        let received = Arc::new(Mutex::new(Received::default()));
        let app = Router::new()
            .route("/v1/traces", post(traces))
            .route("/v1/metrics", post(metrics))
            .with_state(Arc::clone(&received));
        tokio::spawn(async move { axum::serve(listener, app).await });
        Self {
            url: format!("http://{address}"),
            received,
        }
    }

    /// Returns all spans that have been received.
    #[must_use]
    pub fn spans(&self) -> Vec<ReceivedSpan> {
        lock(&self.received).spans.clone()
    }

    /// Returns the metrics of this name.
    #[must_use]
    pub fn metrics(&self, name: &str) -> Vec<Metric> {
        let received = lock(&self.received);
        let metrics = received.metrics.iter();
        metrics.filter(|it| it.name == name).cloned().collect()
    }
}

impl ReceivedSpan {
    /// Returns an attribute as text.
    #[must_use]
    pub fn attribute(&self, name: &str) -> Option<String> {
        attribute(&self.span.attributes, name)
    }
}

/// Returns an attribute as text.
#[must_use]
pub fn attribute(attributes: &[KeyValue], name: &str) -> Option<String> {
    let found = attributes.iter().find(|it| it.key == name)?;
    Some(match found.value.as_ref()?.value.as_ref()? {
        Value::StringValue(text) => text.clone(),
        Value::IntValue(number) => number.to_string(),
        Value::DoubleValue(number) => number.to_string(),
        Value::BoolValue(flag) => flag.to_string(),
        other => format!("{other:?}"),
    })
}

fn lock(received: &Mutex<Received>) -> std::sync::MutexGuard<'_, Received> {
    received.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn traces(State(received): State<Arc<Mutex<Received>>>, body: Bytes) {
    let request = ExportTraceServiceRequest::decode(body).expect("a request of OTLP");
    for resource in request.resource_spans {
        let attributes = resource.resource.unwrap_or_default().attributes;
        let service = attribute(&attributes, "service.name").unwrap_or_default();
        for span in resource.scope_spans.into_iter().flat_map(|it| it.spans) {
            let service = service.clone();
            lock(&received).spans.push(ReceivedSpan { service, span });
        }
    }
}

async fn metrics(State(received): State<Arc<Mutex<Received>>>, body: Bytes) {
    let request = ExportMetricsServiceRequest::decode(body).expect("a request of OTLP");
    let scopes = request.resource_metrics.into_iter();
    let metrics = scopes
        .flat_map(|resource| resource.scope_metrics)
        .flat_map(|scope| scope.metrics);
    lock(&received).metrics.extend(metrics);
}
