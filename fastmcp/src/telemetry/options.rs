//! [`Telemetry`]: the options of telemetry.

use std::fmt::Display;

/// The options of telemetry, for [`FastMcp::telemetry`](crate::FastMcp::telemetry).
///
/// Without any option, the standard environment variables decide, as in a program that does not call
/// `FastMcp::telemetry`. Options in code take precedence over them, except for `OTEL_SDK_DISABLED`. The exporters
/// belong to the process: the first server that starts determines them.
///
/// ```
/// use fastmcp::FastMcp;
/// use fastmcp::telemetry::Telemetry;
///
/// let server = FastMcp::new("reports")
///     .telemetry(Telemetry::new().otlp("http://collector:4318").prometheus("127.0.0.1:9464"));
/// # let _ = server;
/// ```
#[derive(Debug, Clone, Default)]
#[must_use = "pass it to `FastMcp::telemetry`"]
pub struct Telemetry {
    pub(crate) otlp: Option<String>,
    pub(crate) prometheus: Option<Prometheus>,
    pub(crate) contents: Option<bool>,
    pub(crate) metrics_of_program: bool,
}

/// The way in which Prometheus gets the metrics.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Prometheus {
    /// From a route of the program.
    Text,
    /// From a listener at this address.
    Served(String),
}

impl Telemetry {
    /// Returns the options without any of the settings below.
    pub fn new() -> Self {
        Self::default()
    }

    /// Exports spans and metrics to an OpenTelemetry collector, with OTLP over HTTP. `url` is its base, such as
    /// `http://localhost:4318`.
    ///
    /// A collector that is unreachable or refuses data does not affect the server: the data is dropped, and a warning
    /// is logged at most once per minute.
    pub fn otlp(mut self, url: impl Into<String>) -> Self {
        self.otlp = Some(url.into());
        self
    }

    /// Serves metrics for Prometheus at `http://{address}/metrics`.
    pub fn prometheus(mut self, address: impl Display) -> Self {
        self.prometheus = Some(Prometheus::Served(address.to_string()));
        self
    }

    /// Collects metrics for Prometheus without serving them: a route of the program returns
    /// [`prometheus_text`](crate::telemetry::prometheus_text).
    pub fn prometheus_text(mut self) -> Self {
        self.prometheus = Some(Prometheus::Text);
        self
    }

    /// Records metrics with the meter provider that the program has set with
    /// `opentelemetry::global::set_meter_provider` (`opentelemetry` 0.33), and creates no exporters for metrics.
    ///
    /// Spans need no option: a program with a layer of `tracing-opentelemetry` 0.34 in its subscriber gets the spans of
    /// this crate.
    pub fn metrics_of_program(mut self) -> Self {
        self.metrics_of_program = true;
        self
    }

    /// Sets whether spans contain the arguments and results of tools, and the arguments of prompts, up to 8 KiB each;
    /// by default not, because they may contain personal data and secrets. Without this option, the environment variable
    /// `OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT=true` enables it.
    pub fn record_contents(mut self, record: bool) -> Self {
        self.contents = Some(record);
        self
    }
}
