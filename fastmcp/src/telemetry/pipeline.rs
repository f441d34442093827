//! [`install`]: starts the exporters of the process. [`flush`]: sends what they have not sent yet.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use opentelemetry::metrics::{Meter, MeterProvider};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::metrics::SdkMeterProvider;
use opentelemetry_sdk::trace::SdkTracerProvider;
use tokio::sync::oneshot;

use crate::telemetry::environment::Plan;
use crate::telemetry::layer::SCOPE;
use crate::telemetry::options::{Prometheus, Telemetry};
use crate::telemetry::{exporters, layer, metrics, prometheus};

/// The time that a stopping server waits for the exporters.
const FLUSH_TIMEOUT: Duration = Duration::from_secs(5);

static PIPELINE: OnceLock<Pipeline> = OnceLock::new();

static CONTENTS: AtomicBool = AtomicBool::new(false);

/// The providers of the process. They are never dropped: their clients must not be dropped by an asynchronous task.
#[derive(Default)]
struct Pipeline {
    tracer: Option<SdkTracerProvider>,
    meter: Option<SdkMeterProvider>,
}

/// Returns whether spans contain arguments and results.
pub(crate) fn records_contents() -> bool {
    CONTENTS.load(Ordering::Relaxed)
}

/// Starts the exporters, unless another server of the process has. `server` is the name of the service, unless the
/// environment sets one.
pub(crate) async fn install(options: &Telemetry, server: &str) {
    if PIPELINE.get().is_some() {
        return;
    }
    let plan = Plan::read(options);
    for problem in &plan.problems {
        tracing::warn!("{problem}");
    }
    CONTENTS.store(plan.contents, Ordering::Relaxed);
    if plan.is_empty() {
        return;
    }
    let server = server.to_owned();
    // The clients of exporters block, so they cannot be created by an asynchronous task.
    blocking(move || {
        PIPELINE.get_or_init(|| Pipeline::new(&plan, server));
    })
    .await;
}

impl Pipeline {
    fn new(plan: &Plan, server: String) -> Self {
        let mut resource = Resource::builder();
        if plan.names_service {
            resource = resource.with_service_name(server);
        }
        let resource = resource.build();
        let mut pipeline = Self::default();
        if let Some(exporter) = plan
            .traces
            .as_ref()
            .and_then(|it| usable(exporters::spans(it)))
        {
            let provider = SdkTracerProvider::builder()
                .with_resource(resource.clone())
                .with_batch_exporter(exporter)
                .build();
            layer::install(&provider);
            pipeline.tracer = Some(provider);
        }
        let exporter = plan
            .metrics
            .as_ref()
            .and_then(|it| usable(exporters::metrics(it)));
        let registry = plan
            .prometheus
            .as_ref()
            .map(|address| (prometheus::reader(), address));
        if plan.metrics_of_program {
            measure(&opentelemetry::global::meter(SCOPE));
        } else if exporter.is_some() || registry.is_some() {
            let mut provider = SdkMeterProvider::builder().with_resource(resource);
            if let Some(exporter) = exporter {
                provider = provider.with_periodic_exporter(exporter);
            }
            if let Some((reader, address)) = registry
                && let Some(reader) = usable(reader)
            {
                provider = provider.with_reader(reader);
                if let Prometheus::Served(address) = address {
                    usable(prometheus::serve(address));
                }
            }
            let provider = provider.build();
            measure(&provider.meter(SCOPE));
            pipeline.meter = Some(provider);
        }
        pipeline
    }
}

fn measure(meter: &Meter) {
    metrics::install(meter);
    crate::docket::telemetry::metrics::install(meter);
}

/// Logs an error. Telemetry that cannot start does not stop the server.
fn usable<T>(result: Result<T, String>) -> Option<T> {
    result
        .inspect_err(|error| tracing::warn!("telemetry is incomplete: {error}"))
        .ok()
}

/// Sends what the exporters have not sent yet, within [`FLUSH_TIMEOUT`].
pub(crate) async fn flush() {
    let Some(pipeline) = PIPELINE.get() else {
        return;
    };
    let flushed = blocking(|| {
        // Their errors have been logged by the exporters.
        if let Some(tracer) = &pipeline.tracer {
            let _ = tracer.force_flush();
        }
        if let Some(meter) = &pipeline.meter {
            let _ = meter.force_flush();
        }
    });
    if tokio::time::timeout(FLUSH_TIMEOUT, flushed).await.is_err() {
        tracing::warn!("the last spans and metrics were not sent within {FLUSH_TIMEOUT:?}");
    }
}

/// Runs `work` on a thread of its own. The runtime would wait for the end of a thread of its pool, however long a
/// collector takes.
async fn blocking(work: impl FnOnce() + Send + 'static) {
    let (done, ended) = oneshot::channel();
    let dispatch = tracing::dispatcher::get_default(Clone::clone);
    let thread = std::thread::Builder::new().name("fastmcp-telemetry".to_owned());
    let started = thread.spawn(move || {
        tracing::dispatcher::with_default(&dispatch, work);
        let _ = done.send(());
    });
    match started {
        Ok(_) => {
            let _ = ended.await;
        }
        Err(error) => tracing::warn!(%error, "cannot start the thread of telemetry"),
    }
}
