//! The exporters with OTLP. Their failures are logged rarely, and have no other effect.

use std::fmt;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use opentelemetry_otlp::{MetricExporter, SpanExporter, WithExportConfig, WithHttpConfig};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::metrics::Temporality;
use opentelemetry_sdk::metrics::data::ResourceMetrics;
use opentelemetry_sdk::metrics::exporter::PushMetricExporter;
use opentelemetry_sdk::trace::SpanData;

use crate::telemetry::collector_client::CollectorClient;
use crate::telemetry::environment::Otlp;

/// The time between two warnings about one exporter.
const LOG_INTERVAL: Duration = Duration::from_mins(1);

/// An exporter whose failures are logged at most once per [`LOG_INTERVAL`].
pub(crate) struct Quiet<E> {
    exporter: E,
    /// What is exported, for the log.
    what: &'static str,
    address: String,
    last: Mutex<Option<Instant>>,
}

impl<E> Quiet<E> {
    fn new(exporter: E, what: &'static str, otlp: &Otlp) -> Self {
        Self {
            exporter,
            what,
            address: otlp.shown.clone(),
            last: Mutex::default(),
        }
    }

    fn report(&self, result: OTelSdkResult) -> OTelSdkResult {
        if result.is_err() {
            let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
            if last.is_none_or(|last| last.elapsed() >= LOG_INTERVAL) {
                *last = Some(Instant::now());
                // The text of the error may contain the whole address.
                tracing::warn!(
                    "cannot export {} to the collector at {}: it is unreachable or refuses them; they are dropped",
                    self.what,
                    self.address
                );
            }
        }
        result
    }
}

impl<E> fmt::Debug for Quiet<E> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Quiet({} to {})", self.what, self.address)
    }
}

impl opentelemetry_sdk::trace::SpanExporter for Quiet<SpanExporter> {
    async fn export(&self, batch: Vec<SpanData>) -> OTelSdkResult {
        self.report(self.exporter.export(batch).await)
    }

    fn shutdown_with_timeout(&self, timeout: Duration) -> OTelSdkResult {
        opentelemetry_sdk::trace::SpanExporter::shutdown_with_timeout(&self.exporter, timeout)
    }

    fn set_resource(&mut self, resource: &Resource) {
        self.exporter.set_resource(resource);
    }
}

impl PushMetricExporter for Quiet<MetricExporter> {
    async fn export(&self, metrics: &ResourceMetrics) -> OTelSdkResult {
        self.report(self.exporter.export(metrics).await)
    }

    fn force_flush(&self) -> OTelSdkResult {
        self.exporter.force_flush()
    }

    fn shutdown_with_timeout(&self, timeout: Duration) -> OTelSdkResult {
        self.exporter.shutdown_with_timeout(timeout)
    }

    fn temporality(&self) -> Temporality {
        self.exporter.temporality()
    }
}

pub(crate) fn spans(otlp: &Otlp) -> Result<Quiet<SpanExporter>, String> {
    let builder = SpanExporter::builder()
        .with_http()
        .with_http_client(CollectorClient::start()?);
    let builder = match &otlp.url {
        Some(url) => builder.with_endpoint(url),
        None => builder,
    };
    // Its text may contain the whole address.
    let exporter = builder.build().map_err(|_| invalid(otlp))?;
    Ok(Quiet::new(exporter, "spans", otlp))
}

pub(crate) fn metrics(otlp: &Otlp) -> Result<Quiet<MetricExporter>, String> {
    let builder = MetricExporter::builder()
        .with_http()
        .with_http_client(CollectorClient::start()?);
    let builder = match &otlp.url {
        Some(url) => builder.with_endpoint(url),
        None => builder,
    };
    let exporter = builder.build().map_err(|_| invalid(otlp))?;
    Ok(Quiet::new(exporter, "metrics", otlp))
}

fn invalid(otlp: &Otlp) -> String {
    format!(
        "the collector at {} cannot be used: set a URL such as `http://localhost:4318`, and check the other variables \
         `OTEL_EXPORTER_OTLP_…`",
        otlp.shown
    )
}
