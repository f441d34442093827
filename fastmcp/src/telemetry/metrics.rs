//! The metrics of requests and sessions. They belong to the process, as its exporters do.

use std::sync::OnceLock;
use std::time::Duration;

use opentelemetry::KeyValue;
use opentelemetry::metrics::{Histogram, Meter};

use crate::docket::telemetry::metrics::BOUNDS;
use crate::telemetry::request::network;

/// The instruments.
pub(crate) struct Metrics {
    pub(crate) operations: Histogram<f64>,
    pub(crate) client_operations: Histogram<f64>,
    sessions: Histogram<f64>,
}

static METRICS: OnceLock<Metrics> = OnceLock::new();

/// Starts to measure all servers of the process, once.
pub(crate) fn install(meter: &Meter) {
    let seconds = |name: &'static str, description: &'static str| {
        let histogram = meter.f64_histogram(name).with_unit("s");
        let histogram = histogram.with_description(description);
        histogram.with_boundaries(BOUNDS.to_vec()).build()
    };
    METRICS.get_or_init(|| Metrics {
        operations: seconds(
            "mcp.server.operation.duration",
            "Duration of the requests of clients",
        ),
        client_operations: seconds(
            "mcp.client.operation.duration",
            "Duration of the requests that this program sends as a client",
        ),
        sessions: seconds(
            "mcp.server.session.duration",
            "Duration of the sessions of clients",
        ),
    });
}

/// Returns the instruments; `None` if nothing measures.
pub(crate) fn get() -> Option<&'static Metrics> {
    METRICS.get()
}

impl Metrics {
    /// Records a session that has ended.
    pub(crate) fn session(&self, time: Duration, protocol: &str, is_http: bool) {
        let (transport, name) = network(is_http);
        let mut attributes = vec![
            KeyValue::new("mcp.protocol.version", protocol.to_owned()),
            KeyValue::new("network.transport", transport),
        ];
        attributes.extend(name.map(|name| KeyValue::new("network.protocol.name", name)));
        self.sessions.record(time.as_secs_f64(), &attributes);
    }
}
