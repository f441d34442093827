//! Telemetry of a server: its option, and the gauges of its docket.

use std::time::Duration;

use tokio_util::sync::CancellationToken;

use crate::docket::handle::Docket;
use crate::docket::telemetry::metrics;
use crate::server::builder::FastMcp;
use crate::telemetry::options::Telemetry;

/// The interval of the gauges. Exporters send them once per minute by default, and Prometheus asks every few seconds.
const INTERVAL: Duration = Duration::from_secs(10);

impl FastMcp {
    /// Sets the options of [telemetry](crate::guide::telemetry): spans and metrics for OpenTelemetry. Without this call,
    /// the standard environment variables decide, such as `OTEL_EXPORTER_OTLP_ENDPOINT=http://collector:4318`.
    ///
    /// ```
    /// use fastmcp::FastMcp;
    /// use fastmcp::telemetry::Telemetry;
    ///
    /// let server = FastMcp::new("reports").telemetry(Telemetry::new().otlp("http://collector:4318"));
    /// # let _ = server;
    /// ```
    pub fn telemetry(mut self, telemetry: Telemetry) -> Self {
        self.0.telemetry = telemetry;
        self
    }
}

/// Sets the gauges of a docket until the server stops. Does nothing if nothing measures.
pub(crate) fn observe(docket: Option<&Docket>, stopping: &CancellationToken) {
    let (Some(metrics), Some(docket)) = (metrics::get(), docket.cloned()) else {
        return;
    };
    let stopping = stopping.clone();
    tokio::spawn(async move {
        loop {
            // An unreachable docket is logged by its worker, and its gauges keep their values.
            if let Ok(stats) = docket.stats().await {
                metrics.observe(docket.name(), &stats);
            }
            tokio::select! {
                () = stopping.cancelled() => return,
                () = tokio::time::sleep(INTERVAL) => {}
            }
        }
    });
}
