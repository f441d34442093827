//! Metrics in the text format of Prometheus, and a listener that serves them.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use opentelemetry_prometheus::PrometheusExporter;
use prometheus::{Registry, TextEncoder};

/// The maximum size of the head of a request in bytes.
const MAX_HEAD: usize = 8 * 1024;

/// The time that a client has for its request, and for reading the response.
const TIMEOUT: Duration = Duration::from_secs(5);

static REGISTRY: OnceLock<Registry> = OnceLock::new();

/// Returns the metrics of the process in the text format of Prometheus; `None` unless a server with
/// [`Telemetry::prometheus`](crate::telemetry::Telemetry::prometheus) or
/// [`prometheus_text`](crate::telemetry::Telemetry::prometheus_text) has started. The media type is
/// `text/plain; version=0.0.4`.
#[must_use]
pub fn prometheus_text() -> Option<String> {
    let registry = REGISTRY.get()?;
    let text = TextEncoder::new().encode_to_string(&registry.gather());
    text.inspect_err(|error| tracing::warn!(%error, "cannot encode the metrics"))
        .ok()
}

/// Returns the reader that collects the metrics.
pub(crate) fn reader() -> Result<PrometheusExporter, String> {
    let registry = REGISTRY.get_or_init(Registry::new);
    let exporter = opentelemetry_prometheus::exporter();
    let exporter = exporter.with_registry(registry.clone()).build();
    exporter.map_err(|error| format!("the reader for Prometheus cannot be created: {error}"))
}

/// Serves the metrics at `http://{address}/metrics`, on a thread of its own.
pub(crate) fn serve(address: &str) -> Result<(), String> {
    let failed = |error| format!("cannot serve metrics for Prometheus at {address}: {error}");
    let listener = TcpListener::bind(address).map_err(failed)?;
    let thread = std::thread::Builder::new().name("fastmcp-prometheus".to_owned());
    let serve = move || {
        for stream in listener.incoming() {
            match stream {
                // A client that is too slow or disconnects gets nothing.
                Ok(stream) => drop(respond(stream)),
                // For example, the process has no file descriptors left.
                Err(_) => std::thread::sleep(Duration::from_millis(100)),
            }
        }
    };
    thread.spawn(serve).map_err(failed)?;
    Ok(())
}

fn respond(mut stream: TcpStream) -> std::io::Result<()> {
    let start = Instant::now();
    stream.set_read_timeout(Some(TIMEOUT))?;
    stream.set_write_timeout(Some(TIMEOUT))?;
    let mut head = Vec::new();
    let mut part = [0; 1024];
    while !head.windows(4).any(|end| end == b"\r\n\r\n") {
        let length = stream.read(&mut part)?;
        if length == 0 || head.len() + length > MAX_HEAD || start.elapsed() > TIMEOUT {
            return Ok(());
        }
        head.extend_from_slice(&part[..length]);
    }
    let is_metrics = [&b"GET /metrics "[..], b"GET /metrics?"]
        .iter()
        .any(|line| head.starts_with(line));
    let (status, body) = match prometheus_text().filter(|_| is_metrics) {
        Some(text) => ("200 OK", text),
        None => ("404 Not Found", "the metrics are at /metrics\n".to_owned()),
    };
    write!(
        stream,
        "HTTP/1.1 {status}\r\ncontent-type: text/plain; version=0.0.4\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
        body.len()
    )
}
